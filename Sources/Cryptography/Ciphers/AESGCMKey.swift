/// A key for AES-256 in Galois/Counter Mode (NIST SP 800-38D) with a nonce of 12 bytes and a tag of 16 bytes. A changed
/// message is detected when it is decrypted.
public struct AESGCMKey: Sendable {
  public static let nonceSize = 12
  public static let tagSize = GCMKey.tagSize

  private let key: GCMKey

  /// Throws `invalidKeySize` unless the key has 32 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 32 else { throw .invalidKeySize(bytes: key.count) }
    self.key = try GCMKey(.aes, key)
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
    return try key.decrypt(
      Array(sealed.dropFirst(Self.nonceSize)), iv: Array(sealed.prefix(Self.nonceSize)), context: context)
  }

  /// The ciphertext and the tag. A nonce must not be used twice with the same key. Throws `failed`.
  func encrypt(_ message: [UInt8], nonce: [UInt8], context: [UInt8]) throws(CryptographyError) -> [UInt8] {
    precondition(nonce.count == Self.nonceSize)
    return try key.encrypt(message, iv: nonce, context: context)
  }
}

extension AESGCMKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AES-256-GCM key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
