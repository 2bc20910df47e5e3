/// The number and the point of SM2 keys as hexadecimal digits, as many vendors' consoles show them.
private enum SM2KeyText {
  /// PKCS#8 with the curve sm2p256v1 (1.2.156.10197.1.301), before the 32 bytes of the number (RFC 5915 §3).
  static let privatePrefix: [UInt8] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20,
  ]
  /// SubjectPublicKeyInfo with the same curve, before the 64 bytes of the coordinates (RFC 5480 §2).
  static let publicPrefix: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf,
    0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00, 0x04,
  ]

  static func key(_ source: String, _ half: KeyHalf) throws(CryptographyError) -> CurveKeyHandle {
    let text = KeyText(source)
    guard let der = text.hexadecimal.flatMap({ der($0, half) }) else {
      let expected =
        half == .privateHalf
        ? "a private key (PEM, PKCS#8 in Base64, or 64 hexadecimal digits)"
        : "a public key (PEM, X.509 in Base64, or 128 or 130 hexadecimal digits)"
      return try CurveKeyHandle(try text.key(half, expected: expected), .sm2, half)
    }
    guard let key = half.key(der) else { throw .invalidKey }
    return try CurveKeyHandle(key, .sm2, half)
  }

  private static func der(_ bytes: [UInt8], _ half: KeyHalf) -> [UInt8]? {
    switch (half, bytes.count) {
    case (.privateHalf, 32): privatePrefix + bytes
    case (.publicHalf, 64): publicPrefix + bytes
    case (.publicHalf, 65) where bytes[0] == 0x04: publicPrefix + bytes.dropFirst()
    default: nil
    }
  }
}

/// The identifier of a signer that GM/T 0009-2012 §10 specifies as the default.
public let sm2DefaultIdentifier = "1234567812345678"

/// The maximum length of an identifier in bytes: its length in bits is a number of 16 bits (GB/T 32918.2 §5.5).
public let sm2MaximumIdentifierSize = 8191

/// An SM2 private key, for signatures with SM3 (GB/T 32918.2-2016) and decryption (GB/T 32918.4-2016).
public struct SM2PrivateKey: Sendable {
  private let handle: CurveKeyHandle

  /// Reads PEM, PKCS#8 in bare Base64, or 64 hexadecimal digits.
  /// Throws `notAKey`, `notOnCurve` or `invalidKey`.
  public init(_ text: String) throws(CryptographyError) { handle = try SM2KeyText.key(text, .privateHalf) }

  /// Throws `failed`.
  public func sign(
    _ message: [UInt8], identifier: String = sm2DefaultIdentifier, _ form: CurveSignatureForm = .der
  ) throws(CryptographyError) -> [UInt8] {
    guard let signature = handle.sign(message, .sm3, identifier: Array(identifier.utf8)).flatMap(form.encode) else {
      throw .failed("sign")
    }
    return signature
  }

  /// Throws `cannotDecrypt` for every fault.
  public func decrypt(_ ciphertext: [UInt8], _ order: SM2CiphertextOrder) throws(CryptographyError) -> [UInt8] {
    // A ciphertext without the prefix 04 can begin with a coordinate that begins with 04. The digest C3 shows which of
    // the two it is.
    let variants = order == .asn1 ? [false] : ciphertext.first == 0x04 ? [true, false] : [false]
    for hasPrefix in variants {
      guard let asn1 = order.asn1(of: ciphertext, hasPrefix: hasPrefix) else { continue }
      if let message = handle.transform(asn1, encrypts: false) { return message }
    }
    throw .cannotDecrypt
  }
}

/// An SM2 public key, for verification and encryption.
public struct SM2PublicKey: Sendable {
  private let handle: CurveKeyHandle

  /// Reads PEM, X.509 in bare Base64, or the point in 128 hexadecimal digits, or 130 with the prefix 04.
  /// Throws `notAKey`, `notOnCurve` or `invalidKey`.
  public init(_ text: String) throws(CryptographyError) { handle = try SM2KeyText.key(text, .publicHalf) }

  /// The signature can have either form.
  public func verify(
    _ signature: [UInt8], of message: [UInt8], identifier: String = sm2DefaultIdentifier
  ) -> Bool {
    handle.verify(
      CurveSignatureForm.der(of: signature), of: message, .sm3, identifier: Array(identifier.utf8))
  }

  /// Throws `failed`, also for an empty message, which the algorithm does not support.
  public func encrypt(_ message: [UInt8], _ order: SM2CiphertextOrder) throws(CryptographyError) -> [UInt8] {
    guard !message.isEmpty, let ciphertext = handle.transform(message, encrypts: true).flatMap(order.encode) else {
      throw .failed("encrypt")
    }
    return ciphertext
  }
}
