private import COpenSSL

/// Why a key or a ciphertext cannot be used. Never says what is in it.
public enum CryptographyError: Error, Equatable, CustomStringConvertible {
  case notAKey(expected: String)
  case notRSA
  case unusableKeyLength(bits: Int)
  case messageTooLong(limit: Int)
  case cannotDecrypt
  case invalidKeySize(bytes: Int)
  case failed(String)

  public var description: String {
    switch self {
    case .notAKey(let expected): "does not parse as \(expected)"
    case .notRSA: "is a key, but not an RSA key"
    case .unusableKeyLength(let bits): "is an RSA key of \(bits) bits; 1024 to 8192 are usable"
    case .messageTooLong(let limit): "message longer than the \(limit) bytes this key can encrypt"
    case .cannotDecrypt: "cannot be decrypted with this key"
    case .invalidKeySize(let bytes): "is a key of \(bytes) bytes, which this cipher does not take"
    case .failed(let what): "OpenSSL cannot \(what)"
    }
  }
}

/// An RSA key's handle in OpenSSL, freed with its last owner. Reading it from several threads is safe.
private final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let size: Int

  init(_ pointer: OpaquePointer) throws(CryptographyError) {
    self.pointer = pointer
    size = numgate_key_size(pointer)
    guard numgate_key_is_rsa(pointer) == 1 else { throw .notRSA }
    let bits = Int(numgate_key_bits(pointer))
    guard (1024...8192).contains(bits) else { throw .unusableKeyLength(bits: bits) }
  }

  deinit { EVP_PKEY_free(pointer) }
}

/// An RSA private key. Signatures and decryption are PKCS#1 v1.5 (RFC 8017 §7.2.2, §8.2).
public struct RSAPrivateKey: Sendable {
  private let handle: KeyHandle

  /// Reads PEM, or PKCS#8 or PKCS#1 in bare Base64 as the vendors' consoles hand it out; blanks are ignored.
  /// Throws `notAKey`, `notRSA` or `unusableKeyLength`.
  public init(_ text: String) throws(CryptographyError) {
    let key: OpaquePointer?
    if text.contains("-----BEGIN") {
      var text = text
      key = text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          numgate_private_key_from_pem($0.baseAddress, Int32(clamping: $0.count))
        }
      }
    } else {
      guard let der = Base64.decode(text.filter { !$0.isWhitespace }), !der.isEmpty else {
        throw .notAKey(expected: "a private key (PEM, or PKCS#8 or PKCS#1 in Base64)")
      }
      key = numgate_private_key_from_der(der, der.count)
    }
    _ = numgate_last_error()
    guard let key else { throw .notAKey(expected: "a private key (PEM, or PKCS#8 or PKCS#1 in Base64)") }
    handle = try KeyHandle(key)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public func sign(_ message: String, _ digest: DigestAlgorithm) throws(CryptographyError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .failed("sign") }
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: handle.size)
    var length = signature.count
    var message = message
    let done = message.withUTF8 { bytes in
      EVP_DigestSignInit(context, nil, Algorithms.shared.digest(digest), nil, handle.pointer) == 1
        && EVP_DigestSign(context, &signature, &length, bytes.baseAddress, bytes.count) == 1
    }
    guard done else {
      _ = numgate_last_error()
      throw .failed("sign")
    }
    return Array(signature.prefix(length))
  }

  /// Decrypts one or more blocks of PKCS#1 v1.5. Throws `cannotDecrypt`, whatever is wrong.
  public func decrypt(_ ciphertext: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty, ciphertext.count % handle.size == 0 else { throw .cannotDecrypt }
    guard let context = numgate_rsa_pkcs1_context(handle.pointer, 1) else { throw .failed("decrypt") }
    defer { EVP_PKEY_CTX_free(context) }
    var plain: [UInt8] = []
    var block = [UInt8](repeating: 0, count: handle.size)
    for start in stride(from: 0, to: ciphertext.count, by: handle.size) {
      var length = block.count
      let done = ciphertext[start..<(start + handle.size)].withUnsafeBufferPointer {
        EVP_PKEY_decrypt(context, &block, &length, $0.baseAddress, $0.count)
      }
      guard done == 1 else {
        _ = numgate_last_error()
        throw .cannotDecrypt
      }
      plain += block.prefix(length)
    }
    numgate_cleanse(&block, block.count)
    return plain
  }
}

/// An RSA public key, for encryption and verification with PKCS#1 v1.5.
public struct RSAPublicKey: Sendable {
  private let handle: KeyHandle

  /// Reads PEM, or X.509 or PKCS#1 in bare Base64; blanks are ignored.
  /// Throws `notAKey`, `notRSA` or `unusableKeyLength`.
  public init(_ text: String) throws(CryptographyError) {
    var key: OpaquePointer?
    if text.contains("-----BEGIN PUBLIC KEY-----") {
      var text = text
      key = text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          numgate_public_key_from_pem($0.baseAddress, Int32(clamping: $0.count))
        }
      }
    } else {
      // Armour of another kind, such as "RSA PUBLIC KEY", wraps DER that is told by its content.
      let body = text.split(whereSeparator: \.isNewline).filter { !$0.contains("-----") }.joined()
      if !text.contains("PRIVATE KEY"), let der = Base64.decode(body.filter { !$0.isWhitespace }), !der.isEmpty {
        key = numgate_public_key_from_der(der, der.count)
      }
    }
    _ = numgate_last_error()
    guard let key else { throw .notAKey(expected: "a public key (PEM, or X.509 or PKCS#1 in Base64)") }
    handle = try KeyHandle(key)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public func verify(_ signature: [UInt8], of message: String, _ digest: DigestAlgorithm) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    var message = message
    let valid = message.withUTF8 { bytes in
      EVP_DigestVerifyInit(context, nil, Algorithms.shared.digest(digest), nil, handle.pointer) == 1
        && EVP_DigestVerify(context, signature, signature.count, bytes.baseAddress, bytes.count) == 1
    }
    _ = numgate_last_error()
    return valid
  }

  /// Encrypts in blocks of at most the key's length less 11 bytes, as the vendors' Java tools do.
  /// The padding is random: OpenSSL draws it. Throws `failed`.
  public func encrypt(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard let context = numgate_rsa_pkcs1_context(handle.pointer, 0) else { throw .failed("encrypt") }
    defer { EVP_PKEY_CTX_free(context) }
    let limit = handle.size - 11
    var ciphertext: [UInt8] = []
    var block = [UInt8](repeating: 0, count: handle.size)
    for start in stride(from: 0, to: max(message.count, 1), by: limit) {
      var length = block.count
      let done = message[start..<min(start + limit, message.count)].withUnsafeBufferPointer {
        EVP_PKEY_encrypt(context, &block, &length, $0.baseAddress, $0.count)
      }
      guard done == 1 else {
        _ = numgate_last_error()
        throw .failed("encrypt")
      }
      ciphertext += block.prefix(length)
    }
    return ciphertext
  }
}
