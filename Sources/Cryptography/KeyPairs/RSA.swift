private import COpenSSL

/// The padding of RSA signatures.
public enum RSASignaturePadding: Sendable {
  /// PKCS#1 v1.5 (RFC 8017 §8.2).
  case pkcs1
  /// PSS with a salt of the length of the digest, and MGF1 with the same digest (RFC 8017 §8.1).
  case pss
}

/// The padding of RSA ciphertexts.
public enum RSAEncryptionPadding: Sendable, Equatable {
  /// PKCS#1 v1.5 (RFC 8017 §7.2).
  case pkcs1
  /// OAEP with an empty label, and MGF1 with the same digest (RFC 8017 §7.1).
  case oaep(DigestAlgorithm)
}

/// An RSA private key, for signatures and decryption.
public struct RSAPrivateKey: Sendable {
  private let handle: RSAKeyHandle

  /// Reads PEM, or PKCS#8 or PKCS#1 in bare Base64, the format of the vendors' consoles. Line ends may be spaces,
  /// missing, or the two characters `\n`.
  /// Throws `notAKey`, `notRSA`, `unusableKeyLength` or `keyTooShort`.
  public init(
    _ text: String, signatures: RSASignaturePadding = .pkcs1, encryption: RSAEncryptionPadding = .pkcs1
  ) throws(CryptographyError) {
    let key = try KeyText(text).key(.privateHalf)
    handle = try RSAKeyHandle(key, isPrivate: true, signatures: signatures, encryption: encryption)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public var bits: Int { handle.bits }

  /// The public half in DER, as SubjectPublicKeyInfo (X.509): `openssl pkey -pubout -outform DER`.
  public var publicKeyDER: [UInt8] { handle.publicDER }

  /// The public half, to verify PKCS#1 v1.5 signatures of this key. Throws `failed`.
  public var publicKey: RSAPublicKey {
    get throws(CryptographyError) { try RSAPublicKey(der: publicKeyDER) }
  }

  /// Throws `keyTooShort` if the key cannot sign with this digest.
  public func requireLength(for digest: DigestAlgorithm) throws(CryptographyError) {
    try handle.requireLength(for: digest)
  }

  public func sign(_ message: String, _ digest: DigestAlgorithm) throws(CryptographyError) -> [UInt8] {
    try sign(hash: digest.hash(message), digest)
  }

  public func sign(_ message: [UInt8], _ digest: DigestAlgorithm) throws(CryptographyError) -> [UInt8] {
    try sign(hash: digest.hash(message), digest)
  }

  private func sign(hash: [UInt8], _ digest: DigestAlgorithm) throws(CryptographyError) -> [UInt8] {
    var isDone = false
    let signature = [UInt8](unsafeUninitializedCapacity: handle.size) { output, count in
      var length = output.count
      isDone = handle.sign(digest) { EVP_PKEY_sign($0, output.baseAddress, &length, hash, hash.count) }
      count = isDone ? length : 0
    }
    guard isDone else { throw .failed("sign") }
    return signature
  }

  /// Decrypts one or more blocks. Throws `cannotDecrypt` for every fault.
  public func decrypt(_ ciphertext: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty, ciphertext.count % handle.size == 0,
      let plain = handle.transform(
        ciphertext, blockSize: handle.size, { EVP_PKEY_decrypt($0, $1, &$2, $3.baseAddress, $3.count) })
    else { throw .cannotDecrypt }
    return plain
  }
}

/// An RSA public key, for encryption and verification.
public struct RSAPublicKey: Sendable {
  private let handle: RSAKeyHandle

  /// Reads PEM, or X.509 or PKCS#1 in bare Base64. Line ends may be spaces, missing, or the two characters `\n`.
  /// Throws `notAKey`, `notRSA`, `unusableKeyLength` or `keyTooShort`.
  public init(
    _ text: String, signatures: RSASignaturePadding = .pkcs1, encryption: RSAEncryptionPadding = .pkcs1
  ) throws(CryptographyError) {
    let key = try KeyText(text).key(.publicHalf)
    handle = try RSAKeyHandle(key, isPrivate: false, signatures: signatures, encryption: encryption)
  }

  fileprivate init(der: [UInt8]) throws(CryptographyError) {
    guard let key = numgate_public_key_from_der(der, der.count) else { throw .failed("read a public key") }
    handle = try RSAKeyHandle(key, isPrivate: false, signatures: .pkcs1, encryption: .pkcs1)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public var bits: Int { handle.bits }

  /// The key in DER, as SubjectPublicKeyInfo (X.509), independent of the form in which it was read.
  public var der: [UInt8] { handle.publicDER }

  /// Throws `keyTooShort` if the key cannot have signatures with this digest.
  public func requireLength(for digest: DigestAlgorithm) throws(CryptographyError) {
    try handle.requireLength(for: digest)
  }

  public func verify(_ signature: [UInt8], of message: String, _ digest: DigestAlgorithm) -> Bool {
    verify(signature, of: Array(message.utf8), digest)
  }

  public func verify(_ signature: [UInt8], of message: [UInt8], _ digest: DigestAlgorithm) -> Bool {
    let hash = digest.hash(message)
    return handle.sign(digest) { EVP_PKEY_verify($0, signature, signature.count, hash, hash.count) }
  }

  /// Encrypts in blocks of the maximum length, like the vendors' Java tools: the key's length minus 11 bytes for PKCS#1
  /// v1.5, minus twice the digest's length and 2 bytes for OAEP. OpenSSL generates the random padding. Throws `failed`.
  public func encrypt(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard
      let ciphertext = handle.transform(
        message, blockSize: handle.messageSize, { EVP_PKEY_encrypt($0, $1, &$2, $3.baseAddress, $3.count) })
    else { throw .failed("encrypt") }
    return ciphertext
  }
}
