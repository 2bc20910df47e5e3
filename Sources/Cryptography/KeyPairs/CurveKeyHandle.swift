private import COpenSSL

/// OpenSSL's key on an elliptic curve of 256 bits. The key is freed with the last reference.
///
/// A context is created for each use, because an operation takes much longer than that.
final class CurveKeyHandle: @unchecked Sendable {
  enum Curve {
    case sm2, p256

    var title: String { self == .sm2 ? "SM2" : "the curve P-256" }
    fileprivate var openSSLName: String { self == .sm2 ? "SM2" : "prime256v1" }
  }

  private let pointer: OpaquePointer

  /// Frees the key also after an error. Throws `notOnCurve` or `invalidKey`.
  init(_ pointer: OpaquePointer, _ curve: Curve, _ half: KeyHalf) throws(CryptographyError) {
    self.pointer = pointer
    defer { _ = numgate_last_error() }
    var name = [CChar](repeating: 0, count: 64)
    guard numgate_key_curve(pointer, &name, name.count) == 1,
      curve.openSSLName.utf8.elementsEqual(name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    else { throw .notOnCurve(curve.title) }
    guard numgate_key_is_valid(pointer, half == .privateHalf ? 1 : 0) == 1 else { throw .invalidKey }
  }

  deinit { EVP_PKEY_free(pointer) }

  /// A signature in DER; nil if OpenSSL cannot sign.
  /// - Parameter identifier: The signer's identifier of SM2.
  func sign(_ message: [UInt8], _ digest: DigestAlgorithm, identifier: [UInt8]? = nil) -> [UInt8]? {
    withContext(signs: 1, digest, identifier) { context in
      var length = 0
      guard EVP_DigestSign(context, nil, &length, message, message.count) == 1 else { return nil }
      var signature = [UInt8](repeating: 0, count: length)
      guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
      return Array(signature.prefix(length))
    }
  }

  /// - Parameter signature: In DER.
  func verify(
    _ signature: [UInt8], of message: [UInt8], _ digest: DigestAlgorithm, identifier: [UInt8]? = nil
  ) -> Bool {
    withContext(signs: 0, digest, identifier) { context in
      EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    } ?? false
  }

  private func withContext<Result>(
    signs: Int32, _ digest: DigestAlgorithm, _ identifier: [UInt8]?, _ body: (OpaquePointer) -> Result?
  ) -> Result? {
    defer { _ = numgate_last_error() }
    guard let context = numgate_signature_context(pointer, signs, digest.name, identifier, identifier?.count ?? 0)
    else { return nil }
    defer { EVP_MD_CTX_free(context) }
    return body(context)
  }

  /// Encrypts to, or decrypts from, ASN.1. nil if OpenSSL rejects the input.
  func transform(_ input: [UInt8], encrypts: Bool) -> [UInt8]? {
    defer { _ = numgate_last_error() }
    let direction: Int32 = encrypts ? 1 : 0
    var length = 0
    guard numgate_sm2_cipher(pointer, direction, input, input.count, nil, &length) == 1 else { return nil }
    var output = [UInt8](repeating: 0, count: length)
    guard numgate_sm2_cipher(pointer, direction, input, input.count, &output, &length) == 1 else { return nil }
    return Array(output.prefix(length))
  }
}
