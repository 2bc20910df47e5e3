private import COpenSSL

/// AES-128, AES-192 or AES-256, depending on the length of the key, with PKCS#7 padding.
public struct AESKey: Sendable {
  public enum Mode: Sendable, Equatable {
    case ecb
    case cbc(iv: [UInt8])
  }

  private let key: [UInt8]

  /// Whether AES has keys of this size, in bytes: 16, 24 or 32.
  public static func isSupported(size: Int) -> Bool { size == 16 || size == 24 || size == 32 }

  /// Throws `invalidKeySize` unless the key has 16, 24 or 32 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard Self.isSupported(size: key.count) else { throw .invalidKeySize(bytes: key.count) }
    self.key = key
  }

  /// Throws `cannotDecrypt` if the length or the padding is wrong.
  public func decrypt(_ ciphertext: [UInt8], _ mode: Mode) throws(CryptographyError) -> [UInt8] {
    guard let cipher = cipher(mode) else { throw .cannotDecrypt }
    return try cipher.decrypt(ciphertext, key)
  }

  /// Throws `failed`.
  public func encrypt(_ message: [UInt8], _ mode: Mode) throws(CryptographyError) -> [UInt8] {
    guard let cipher = cipher(mode) else { throw .failed("encrypt") }
    return try cipher.encrypt(message, key)
  }

  /// nil if the initialisation vector does not have the length of a block.
  private func cipher(_ mode: Mode) -> BlockCipher? {
    switch mode {
    case .ecb: BlockCipher(cipher: ecb, blockSize: 16, iv: [])
    case .cbc(let iv): iv.count == 16 ? BlockCipher(cipher: cbc, blockSize: 16, iv: iv) : nil
    }
  }

  private var ecb: OpaquePointer? {
    switch key.count {
    case 16: EVP_aes_128_ecb()
    case 24: EVP_aes_192_ecb()
    default: EVP_aes_256_ecb()
    }
  }

  private var cbc: OpaquePointer? {
    switch key.count {
    case 16: EVP_aes_128_cbc()
    case 24: EVP_aes_192_cbc()
    default: EVP_aes_256_cbc()
    }
  }
}

extension AESKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AES-\(key.count * 8) key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
