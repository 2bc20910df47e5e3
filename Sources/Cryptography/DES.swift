private import COpenSSL

/// DES in CBC with PKCS#5 padding, which some vendors still encrypt phone numbers with.
///
/// OpenSSL 3 keeps single DES in its legacy provider, which need not be there; three-key DES with one key thrice is the
/// same cipher.
public struct DESKey: Sendable {
  private let key: [UInt8]

  /// Throws `invalidKeySize` for anything but 8 bytes. Parity bits do not count.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 8 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key + key + key
  }

  /// Throws `cannotDecrypt` where a length or the padding is wrong.
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
