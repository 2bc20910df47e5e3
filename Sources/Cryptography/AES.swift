private import COpenSSL

/// AES-128 and AES-256 with PKCS#7 padding, the key's length choosing between them.
public struct AESKey: Sendable {
  public enum Mode: Sendable, Equatable {
    case ecb
    case cbc(iv: [UInt8])
  }

  private let key: [UInt8]

  /// Throws `invalidKeySize` for anything but 16 or 32 bytes.
  public init(_ key: [UInt8]) throws(CryptographyError) {
    guard key.count == 16 || key.count == 32 else { throw .invalidKeySize(bytes: key.count) }
    self.key = key
  }

  /// Throws `cannotDecrypt` where the length or the padding is wrong.
  public func decrypt(_ ciphertext: [UInt8], _ mode: Mode) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty, ciphertext.count % 16 == 0, let plain = run(ciphertext, mode, encrypting: false) else {
      throw .cannotDecrypt
    }
    return plain
  }

  /// Throws `failed`.
  public func encrypt(_ message: [UInt8], _ mode: Mode) throws(CryptographyError) -> [UInt8] {
    guard let ciphertext = run(message, mode, encrypting: true) else { throw .failed("encrypt") }
    return ciphertext
  }

  private func run(_ input: [UInt8], _ mode: Mode, encrypting: Bool) -> [UInt8]? {
    let cipher: OpaquePointer?
    let iv: [UInt8]
    switch mode {
    case .ecb:
      cipher = key.count == 16 ? EVP_aes_128_ecb() : EVP_aes_256_ecb()
      iv = []
    case .cbc(let vector):
      guard vector.count == 16 else { return nil }
      cipher = key.count == 16 ? EVP_aes_128_cbc() : EVP_aes_256_cbc()
      iv = vector
    }
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    defer {
      EVP_CIPHER_CTX_free(context)
      _ = numgate_last_error()
    }
    var output = [UInt8](repeating: 0, count: input.count + 16)
    var length: Int32 = 0
    guard EVP_CipherInit_ex(context, cipher, nil, key, iv.isEmpty ? nil : iv, encrypting ? 1 : 0) == 1,
      EVP_CipherUpdate(context, &output, &length, input, Int32(input.count)) == 1
    else { return nil }
    var tail: Int32 = 0
    let finished = output.withUnsafeMutableBufferPointer {
      EVP_CipherFinal_ex(context, $0.baseAddress! + Int(length), &tail)
    }
    guard finished == 1 else { return nil }
    return Array(output.prefix(Int(length + tail)))
  }
}

extension AESKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AES-\(key.count * 8) key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
