/// A private key on the curve P-256, for ECDSA (FIPS 186-5 §6).
public struct ECDSAPrivateKey: Sendable {
  private let handle: CurveKeyHandle

  /// Reads PEM, or PKCS#8 or SEC 1 in bare Base64.
  /// Throws `notAKey`, `notOnCurve` or `invalidKey`.
  public init(_ text: String) throws(CryptographyError) {
    let key = try KeyText(text).key(.privateHalf, expected: "a private key (PEM, or PKCS#8 in Base64)")
    handle = try CurveKeyHandle(key, .p256, .privateHalf)
  }

  /// Throws `failed`.
  public func sign(
    _ message: [UInt8], _ digest: DigestAlgorithm, _ form: CurveSignatureForm = .raw
  ) throws(CryptographyError) -> [UInt8] {
    guard let signature = handle.sign(message, digest).flatMap(form.encode) else { throw .failed("sign") }
    return signature
  }
}

/// A public key on the curve P-256.
public struct ECDSAPublicKey: Sendable {
  private let handle: CurveKeyHandle

  /// Reads PEM, or X.509 in bare Base64.
  /// Throws `notAKey`, `notOnCurve` or `invalidKey`.
  public init(_ text: String) throws(CryptographyError) {
    let key = try KeyText(text).key(.publicHalf, expected: "a public key (PEM, or X.509 in Base64)")
    handle = try CurveKeyHandle(key, .p256, .publicHalf)
  }

  /// The signature can have either form.
  public func verify(_ signature: [UInt8], of message: [UInt8], _ digest: DigestAlgorithm) -> Bool {
    handle.verify(CurveSignatureForm.der(of: signature), of: message, digest)
  }
}
