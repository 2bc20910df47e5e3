private import COpenSSL

/// DES in CBC mode with PKCS#5 padding. Some vendors still use it to encrypt phone numbers.
///
/// In OpenSSL 3, single DES is in the legacy provider, which may not be installed. Triple DES with three equal keys is
/// the same cipher.
public struct DESKey: Sendable {
  private let key: [UInt8]

  /// Throws `invalidKeySize` unless the key has 8 bytes. Parity bits are ignored.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 8 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key + key + key
  }

  /// Throws `cannotDecrypt` if a length or the padding is wrong.
  public func decrypt(_ ciphertext: [UInt8], iv: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard iv.count == 8 else { throw .cannotDecrypt }
    return try cipher(iv).decrypt(ciphertext, key)
  }

  /// Throws `failed`.
  public func encrypt(_ message: [UInt8], iv: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard iv.count == 8 else { throw .failed("encrypt") }
    return try cipher(iv).encrypt(message, key)
  }

  private func cipher(_ iv: [UInt8]) -> BlockCipher {
    BlockCipher(cipher: EVP_des_ede3_cbc(), blockSize: 8, iv: iv)
  }
}

extension DESKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "DES key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
