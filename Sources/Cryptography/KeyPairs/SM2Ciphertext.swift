/// The encodings of SM2 ciphertexts (GB/T 32918.4-2016). C1 is a point, C2 the encrypted message, C3 its digest.
public enum SM2CiphertextOrder: String, Sendable, CaseIterable {
  /// The order of GB/T 32918.4-2016.
  case c1c3c2
  /// The order of the draft of 2010.
  case c1c2c3
  /// GM/T 0009-2012 §7.2: a sequence of the coordinates of C1, C3 and C2.
  case asn1

  private static let coordinateSize = 32
  private static let digestSize = 32
  /// The prefix of a point that is not compressed.
  private static let pointPrefix: UInt8 = 0x04

  /// Converts a ciphertext of OpenSSL, which is ASN.1. C1 has the prefix 04. nil if it is malformed.
  func encode(_ asn1: [UInt8]) -> [UInt8]? {
    guard self != .asn1 else { return asn1 }
    var reader = DERReader(asn1)
    guard let members = reader.next(.sequence) else { return nil }
    var inner = DERReader(members)
    guard let x = inner.nextInteger(size: Self.coordinateSize), let y = inner.nextInteger(size: Self.coordinateSize),
      let digest = inner.next(.octetString), let message = inner.next(.octetString)
    else { return nil }
    let point = [Self.pointPrefix] + x + y
    return self == .c1c3c2 ? point + digest + message : point + message + digest
  }

  /// Converts a ciphertext to ASN.1. The prefix 04 of C1 can be missing. nil if the ciphertext is too short.
  func asn1(of ciphertext: [UInt8], hasPrefix: Bool) -> [UInt8]? {
    guard self != .asn1 else { return ciphertext }
    let parts = hasPrefix ? ciphertext.dropFirst() : ciphertext[...]
    let pointSize = 2 * Self.coordinateSize
    guard parts.count > pointSize + Self.digestSize, !hasPrefix || ciphertext.first == Self.pointPrefix else {
      return nil
    }
    let tail = parts.dropFirst(pointSize)
    let (digest, message) =
      self == .c1c3c2
      ? (tail.prefix(Self.digestSize), tail.dropFirst(Self.digestSize))
      : (tail.suffix(Self.digestSize), tail.dropLast(Self.digestSize))
    return DER.encode(
      .sequence,
      DER.encode(integer: parts.prefix(Self.coordinateSize))
        + DER.encode(integer: parts.dropFirst(Self.coordinateSize).prefix(Self.coordinateSize))
        + DER.encode(.octetString, Array(digest)) + DER.encode(.octetString, Array(message)))
  }
}
