private import COpenSSL

/// A key for AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16 bytes. A changed
/// message is detected when it is decrypted.
public struct AESGCMKey: Sendable {
  public static let nonceSize = 12
  public static let tagSize = 16

  private let key: [UInt8]

  /// Throws `invalidKeySize` unless the key has 32 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 32 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key
  }

  /// Encrypts with a random nonce. Returns the nonce, the ciphertext and the tag. The same key must not encrypt more
  /// than 2^32 messages. Throws `failed`.
  /// - Parameter context: Authenticated with the message and not part of the result.
  public func seal(_ message: [UInt8], context: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
    let nonce = SecureRandom.bytes(Self.nonceSize)
    return nonce + (try encrypt(message, nonce: nonce, context: context))
  }

  /// Decrypts the result of `seal`. Throws `cannotDecrypt` if it was changed, or sealed with another key or context.
  public func open(_ sealed: [UInt8], context: [UInt8] = []) throws(CryptographyError) -> [UInt8] {
    guard sealed.count >= Self.nonceSize + Self.tagSize else { throw .cannotDecrypt }
    let ciphertext = Array(sealed[Self.nonceSize..<(sealed.count - Self.tagSize)])
    var output = [UInt8](repeating: 0, count: ciphertext.count)
    var tag = Array(sealed.suffix(Self.tagSize))
    let isAuthentic = withContext { cipher in
      var length: Int32 = 0
      return EVP_DecryptInit_ex2(cipher, EVP_aes_256_gcm(), key, Array(sealed.prefix(Self.nonceSize)), nil) == 1
        && EVP_DecryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1
        && EVP_DecryptUpdate(cipher, &output, &length, ciphertext, Int32(ciphertext.count)) == 1
        && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagSize), &tag) == 1
        && EVP_DecryptFinal_ex(cipher, &tag, &length) == 1
    }
    guard isAuthentic else { throw .cannotDecrypt }
    return output
  }

  /// The ciphertext and the tag. A nonce must not be used twice with the same key. Throws `failed`.
  func encrypt(_ message: [UInt8], nonce: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] {
    precondition(nonce.count == Self.nonceSize)
    var output = [UInt8](repeating: 0, count: message.count)
    var tag = [UInt8](repeating: 0, count: Self.tagSize)
    let isEncrypted = withContext { cipher in
      var length: Int32 = 0
      return EVP_EncryptInit_ex2(cipher, EVP_aes_256_gcm(), key, nonce, nil) == 1
        && EVP_EncryptUpdate(cipher, nil, &length, context, Int32(context.count)) == 1
        && EVP_EncryptUpdate(cipher, &output, &length, message, Int32(message.count)) == 1
        && EVP_EncryptFinal_ex(cipher, &tag, &length) == 1
        && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagSize), &tag) == 1
    }
    guard isEncrypted else { throw .failed("encrypt") }
    return output + tag
  }

  private func withContext(_ body: (OpaquePointer) -> Bool) -> Bool {
    guard let cipher = EVP_CIPHER_CTX_new() else { return false }
    defer {
      EVP_CIPHER_CTX_free(cipher)
      _ = numgate_last_error()
    }
    return body(cipher)
  }
}

extension AESGCMKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AES-256-GCM key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
