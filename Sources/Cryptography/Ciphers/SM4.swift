private import COpenSSL

/// SM4 (GB/T 32907-2016) with PKCS#7 padding.
public struct SM4Key: Sendable {
  private let key: [UInt8]

  /// Throws `invalidKeySize` unless the key has 16 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 16 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key
  }

  /// Throws `cannotDecrypt` if the length or the padding is wrong.
  public func decrypt(_ ciphertext: [UInt8], _ mode: AESKey.Mode) throws(CryptographyError) -> [UInt8] {
    guard let cipher = cipher(mode) else { throw .cannotDecrypt }
    return try cipher.decrypt(ciphertext, key)
  }

  /// Throws `failed`.
  public func encrypt(_ message: [UInt8], _ mode: AESKey.Mode) throws(CryptographyError) -> [UInt8] {
    guard let cipher = cipher(mode) else { throw .failed("encrypt") }
    return try cipher.encrypt(message, key)
  }

  /// nil if the initialisation vector does not have the length of a block.
  private func cipher(_ mode: AESKey.Mode) -> BlockCipher? {
    switch mode {
    case .ecb: return BlockCipher(cipher: EVP_sm4_ecb(), blockSize: 16, iv: [])
    case .cbc(let iv): return iv.count == 16 ? BlockCipher(cipher: EVP_sm4_cbc(), blockSize: 16, iv: iv) : nil
    }
  }
}

extension SM4Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "SM4 key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
