/// The encodings of signatures of elliptic curves with 256 bits: ECDSA and SM2.
public enum CurveSignatureForm: String, Sendable, CaseIterable {
  /// ASN.1: a sequence of r and s.
  case der
  /// r and s with 32 bytes each (RFC 7518 §3.4).
  case raw

  static let rawSize = 64

  /// Converts a signature of OpenSSL, which is DER. nil if it is not a signature of 256 bits.
  func encode(_ der: [UInt8]) -> [UInt8]? {
    guard self == .raw else { return der }
    var reader = DERReader(der)
    guard let numbers = reader.next(.sequence) else { return nil }
    var inner = DERReader(numbers)
    guard let r = inner.nextInteger(size: 32), let s = inner.nextInteger(size: 32), inner.isAtEnd else { return nil }
    return r + s
  }

  /// Converts a signature of either form to DER. A signature of 64 bytes is raw: in DER it would need two numbers that
  /// are about 2^24 times smaller than expected.
  static func der(of signature: [UInt8]) -> [UInt8] {
    guard signature.count == rawSize else { return signature }
    return DER.encode(
      .sequence, DER.encode(integer: signature.prefix(32)) + DER.encode(integer: signature.suffix(32)))
  }
}
