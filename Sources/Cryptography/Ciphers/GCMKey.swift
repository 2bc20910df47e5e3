private import COpenSSL

/// A key for a block cipher in Galois/Counter Mode (NIST SP 800-38D; RFC 8998 for SM4) with a tag of 16 bytes. The tag
/// authenticates the message and the additional data.
public struct GCMKey: Sendable {
  public enum Algorithm: Sendable {
    case aes, sm4
  }

  public static let tagSize = 16
  /// The supported lengths of an initialization vector, in bytes. 12 is the usual length.
  public static let ivSizes = 1...64

  /// OpenSSL's cipher, which is never freed.
  private struct FetchedCipher: @unchecked Sendable {
    let pointer: OpaquePointer?
  }

  /// Fetched once. nil before OpenSSL 3.1.
  private static let sm4: FetchedCipher = {
    defer { _ = numgate_last_error() }
    return FetchedCipher(pointer: EVP_CIPHER_fetch(nil, "SM4-GCM", nil))
  }()

  private let algorithm: Algorithm
  private let key: [UInt8]

  /// Throws `invalidKeySize` unless the key has 16, 24 or 32 bytes for AES, or 16 for SM4.
  public init(_ algorithm: Algorithm, _ key: [UInt8]) throws(CryptographyError) {
    let isSupported = algorithm == .aes ? AESKey.isSupported(size: key.count) : key.count == 16
    guard isSupported else { throw .invalidKeySize(bytes: key.count) }
    self.algorithm = algorithm
    self.key = key
  }

  /// False for SM4 before OpenSSL 3.1. Encryption and decryption fail in this case.
  public static func isAvailable(_ algorithm: Algorithm) -> Bool { algorithm == .aes || sm4.pointer != nil }

  /// Returns the ciphertext, followed by the tag. An initialization vector must not be used twice with the same key.
  /// Throws `failed`.
  /// - Parameter context: The additional data, which is authenticated and not part of the result.
  public func encrypt(
    _ message: [UInt8], iv: [UInt8], context: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: message.count)
    var tag = [UInt8](repeating: 0, count: Self.tagSize)
    let isEncrypted = withContext(iv, encrypting: true) { cipher in
      Self.process(cipher, message, context, &output)
        && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1
    }
    guard isEncrypted else { throw .failed("encrypt") }
    return output + tag
  }

  /// Throws `cannotDecrypt` if the ciphertext, the tag or the additional data was changed, or belongs to another key or
  /// initialization vector.
  public func decrypt(
    _ ciphertext: [UInt8], tag: [UInt8], iv: [UInt8], context: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard tag.count == Self.tagSize else { throw .cannotDecrypt }
    var tag = tag
    var output = [UInt8](repeating: 0, count: ciphertext.count)
    let isAuthentic = withContext(iv, encrypting: false) { cipher in
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
        && Self.process(cipher, ciphertext, context, &output)
    }
    guard isAuthentic else { throw .cannotDecrypt }
    return output
  }

  /// Decrypts a ciphertext that is followed by its tag. Throws `cannotDecrypt`.
  public func decrypt(
    _ ciphertextAndTag: [UInt8], iv: [UInt8], context: [UInt8] = []
  ) throws(CryptographyError) -> [UInt8] {
    guard ciphertextAndTag.count >= Self.tagSize else { throw .cannotDecrypt }
    return try decrypt(
      ciphertextAndTag.dropLast(Self.tagSize), tag: ciphertextAndTag.suffix(Self.tagSize), iv: iv, context: context)
  }

  private static func process(
    _ cipher: OpaquePointer, _ input: [UInt8], _ context: [UInt8], _ output: inout [UInt8]
  ) -> Bool {
    var length: Int32 = 0
    // The last call writes nothing: GCM has no padding.
    var rest = [UInt8](repeating: 0, count: 16)
    return EVP_CipherUpdate(cipher, nil, &length, context, Int32(context.count)) == 1
      && EVP_CipherUpdate(cipher, &output, &length, input, Int32(input.count)) == 1
      && EVP_CipherFinal_ex(cipher, &rest, &length) == 1
  }

  private func withContext(_ iv: [UInt8], encrypting: Bool, _ body: (OpaquePointer) -> Bool) -> Bool {
    guard Self.ivSizes.contains(iv.count), let cipher, let context = EVP_CIPHER_CTX_new() else { return false }
    defer {
      EVP_CIPHER_CTX_free(context)
      _ = numgate_last_error()
    }
    let direction: Int32 = encrypting ? 1 : 0
    return EVP_CipherInit_ex(context, cipher, nil, nil, nil, direction) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(iv.count), nil) == 1
      && EVP_CipherInit_ex(context, nil, nil, key, iv, direction) == 1
      && body(context)
  }

  private var cipher: OpaquePointer? {
    switch (algorithm, key.count) {
    case (.sm4, _): Self.sm4.pointer
    case (.aes, 16): EVP_aes_128_gcm()
    case (.aes, 24): EVP_aes_192_gcm()
    case (.aes, _): EVP_aes_256_gcm()
    }
  }
}

extension GCMKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { algorithm == .aes ? "AES-\(key.count * 8)-GCM key" : "SM4-GCM key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
