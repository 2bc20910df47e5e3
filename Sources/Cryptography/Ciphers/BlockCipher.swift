private import COpenSSL

/// One of OpenSSL's block ciphers in one mode, with PKCS#7 padding (RFC 5652 §6.3; identical to PKCS#5 for 8 bytes).
struct BlockCipher {
  /// OpenSSL's description of the cipher.
  let cipher: OpaquePointer?
  /// In bytes.
  let blockSize: Int
  /// Empty if the mode does not use one.
  let iv: [UInt8]

  /// Throws `cannotDecrypt` if the length or the padding is wrong.
  func decrypt(_ ciphertext: [UInt8], _ key: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty, ciphertext.count % blockSize == 0, let plain = run(ciphertext, key, encrypting: false)
    else { throw .cannotDecrypt }
    return plain
  }

  /// Throws `failed`.
  func encrypt(_ message: [UInt8], _ key: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard let ciphertext = run(message, key, encrypting: true) else { throw .failed("encrypt") }
    return ciphertext
  }

  private func run(_ input: [UInt8], _ key: [UInt8], encrypting: Bool) -> [UInt8]? {
    guard let context = EVP_CIPHER_CTX_new() else { return nil }
    defer {
      EVP_CIPHER_CTX_free(context)
      _ = numgate_last_error()
    }
    var output = [UInt8](repeating: 0, count: input.count + blockSize)
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
