private import COpenSSL

/// The reason why a key or a ciphertext cannot be used. Does not contain the key or the ciphertext.
public enum CryptographyError: Error, Equatable, CustomStringConvertible {
  /// `finding` describes the text; nil if its kind is not recognised.
  case notAKey(expected: String, finding: String?)
  case notRSA
  case unusableKeyLength(bits: Int)
  case messageTooLong(limit: Int)
  case cannotDecrypt
  case invalidKeySize(bytes: Int)
  case failed(String)

  public var description: String {
    switch self {
    case .notAKey(let expected, nil): "does not parse as \(expected)"
    case .notAKey(let expected, let finding?): "is \(finding), not \(expected)"
    case .notRSA: "is a key, but not an RSA key"
    case .unusableKeyLength(let bits): "is an RSA key of \(bits) bits; 1024 to 8192 are supported"
    case .messageTooLong(let limit): "message longer than the \(limit) bytes this key can encrypt"
    case .cannotDecrypt: "cannot be decrypted with this key"
    case .invalidKeySize(let bytes): "is a key of \(bytes) bytes, which this cipher does not support"
    case .failed(let what): "OpenSSL cannot \(what)"
    }
  }
}

/// OpenSSL's RSA key and its contexts. The key is freed with the last reference.
private final class KeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let size: Int
  let bits: Int
  private let ciphers: PerThread
  private let signers: [PerThread]

  /// `isPrivate`: decrypts and signs; otherwise it encrypts and verifies.
  init(_ pointer: OpaquePointer, isPrivate: Bool) throws(CryptographyError) {
    self.pointer = pointer
    size = numgate_key_size(pointer)
    bits = Int(numgate_key_bits(pointer))
    // The contexts retain the key. The closures capture its address, because a pointer is not `Sendable`.
    let address = UInt(bitPattern: pointer)
    func contexts(_ use: numgate_rsa_use, _ digest: DigestAlgorithm?) -> PerThread {
      PerThread(
        make: {
          numgate_rsa_context(OpaquePointer(bitPattern: address), use, digest.map(Algorithms.shared.digest))
        }, free: { EVP_PKEY_CTX_free($0) })
    }
    ciphers = contexts(isPrivate ? NUMGATE_RSA_DECRYPT : NUMGATE_RSA_ENCRYPT, nil)
    signers = DigestAlgorithm.allCases.map { contexts(isPrivate ? NUMGATE_RSA_SIGN : NUMGATE_RSA_VERIFY, $0) }
    guard numgate_key_is_rsa(pointer) == 1 else { throw .notRSA }
    guard (1024...8192).contains(bits) else { throw .unusableKeyLength(bits: bits) }
  }

  deinit { EVP_PKEY_free(pointer) }

  /// The public half as SubjectPublicKeyInfo.
  var publicDER: [UInt8] {
    var der = [UInt8](repeating: 0, count: Int(max(0, numgate_public_key_to_der(pointer, nil))))
    precondition(!der.isEmpty && numgate_public_key_to_der(pointer, &der) == der.count, "OpenSSL cannot write a key")
    return der
  }

  /// True if OpenSSL returns 1. Clears its error queue.
  func sign(_ digest: DigestAlgorithm, _ body: (OpaquePointer) -> Int32) -> Bool {
    let done = signers[digest.index].withContext(body) == 1
    if !done { _ = numgate_last_error() }
    return done
  }

  /// Applies a cipher to each block; nil if OpenSSL rejects one.
  func transform(
    _ input: [UInt8], blockSize: Int,
    _ cipher: (OpaquePointer, UnsafeMutablePointer<UInt8>?, inout Int, UnsafeBufferPointer<UInt8>) -> Int32
  ) -> [UInt8]? {
    let blocks = max(1, (input.count + blockSize - 1) / blockSize)
    var isDone = true
    let output = ciphers.withContext { context in
      // A block has at most `size` bytes.
      [UInt8](unsafeUninitializedCapacity: blocks * size) { output, count in
        for block in 0..<blocks where isDone {
          let start = block * blockSize
          var length = size
          isDone = input[start..<min(start + blockSize, input.count)].withUnsafeBufferPointer {
            cipher(context, output.baseAddress.map { $0 + count }, &length, $0) == 1
          }
          if isDone { count += length }
        }
      }
    }
    guard isDone else {
      _ = numgate_last_error()
      return nil
    }
    return output
  }
}

/// An RSA private key. Signatures and decryption are PKCS#1 v1.5 (RFC 8017 §7.2.2, §8.2).
public struct RSAPrivateKey: Sendable {
  private let handle: KeyHandle

  /// Reads PEM, or PKCS#8 or PKCS#1 in bare Base64, the format of the vendors' consoles. Line ends may be spaces,
  /// missing, or the two characters `\n`.
  /// Throws `notAKey`, `notRSA` or `unusableKeyLength`.
  public init(_ text: String) throws(CryptographyError) {
    let key = try KeyText(text).key(.privateHalf)
    handle = try KeyHandle(key, isPrivate: true)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public var bits: Int { handle.bits }

  /// The public half in DER, as SubjectPublicKeyInfo (X.509): `openssl pkey -pubout -outform DER`.
  public var publicKeyDER: [UInt8] { handle.publicDER }

  /// The public half, to verify signatures of this key. Throws `failed`.
  public var publicKey: RSAPublicKey {
    get throws(CryptographyError) { try RSAPublicKey(der: publicKeyDER) }
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

  /// Decrypts one or more blocks of PKCS#1 v1.5. Throws `cannotDecrypt` for every fault.
  public func decrypt(_ ciphertext: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard !ciphertext.isEmpty, ciphertext.count % handle.size == 0,
      let plain = handle.transform(
        ciphertext, blockSize: handle.size, { EVP_PKEY_decrypt($0, $1, &$2, $3.baseAddress, $3.count) })
    else { throw .cannotDecrypt }
    return plain
  }
}

/// An RSA public key, for encryption and verification with PKCS#1 v1.5.
public struct RSAPublicKey: Sendable {
  private let handle: KeyHandle

  /// Reads PEM, or X.509 or PKCS#1 in bare Base64. Line ends may be spaces, missing, or the two characters `\n`.
  /// Throws `notAKey`, `notRSA` or `unusableKeyLength`.
  public init(_ text: String) throws(CryptographyError) {
    let key = try KeyText(text).key(.publicHalf)
    handle = try KeyHandle(key, isPrivate: false)
  }

  fileprivate init(der: [UInt8]) throws(CryptographyError) {
    guard let key = numgate_public_key_from_der(der, der.count) else { throw .failed("read a public key") }
    handle = try KeyHandle(key, isPrivate: false)
  }

  /// The key's length in bytes: 128 for RSA-1024.
  public var size: Int { handle.size }

  public var bits: Int { handle.bits }

  /// The key in DER, as SubjectPublicKeyInfo (X.509), independent of the form in which it was read.
  public var der: [UInt8] { handle.publicDER }

  public func verify(_ signature: [UInt8], of message: String, _ digest: DigestAlgorithm) -> Bool {
    let hash = digest.hash(message)
    return handle.sign(digest) { EVP_PKEY_verify($0, signature, signature.count, hash, hash.count) }
  }

  /// Encrypts in blocks of at most the key's length minus 11 bytes, like the vendors' Java tools. OpenSSL generates the
  /// random padding. Throws `failed`.
  public func encrypt(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
    guard
      let ciphertext = handle.transform(
        message, blockSize: handle.size - 11, { EVP_PKEY_encrypt($0, $1, &$2, $3.baseAddress, $3.count) })
    else { throw .failed("encrypt") }
    return ciphertext
  }
}
