private import COpenSSL

/// OpenSSL's RSA key and its contexts. The key is freed with the last reference.
final class RSAKeyHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let size: Int
  let bits: Int
  private let ciphers: PerThread
  private let signers: [PerThread]
  private let signatures: RSASignaturePadding
  /// The maximum length of a message in one block of a ciphertext.
  let messageSize: Int

  /// Frees the key also after an error.
  /// - Parameter isPrivate: Decrypts and signs; otherwise it encrypts and verifies.
  init(
    _ pointer: OpaquePointer, isPrivate: Bool, signatures: RSASignaturePadding, encryption: RSAEncryptionPadding
  ) throws(CryptographyError) {
    self.pointer = pointer
    self.signatures = signatures
    size = numgate_key_size(pointer)
    bits = Int(numgate_key_bits(pointer))
    // The contexts retain the key. The closures capture its address, because a pointer is not `Sendable`.
    let address = UInt(bitPattern: pointer)
    func contexts(
      _ use: numgate_rsa_use, _ padding: numgate_rsa_padding, _ digest: DigestAlgorithm?
    ) -> PerThread {
      PerThread(
        make: {
          numgate_rsa_context(OpaquePointer(bitPattern: address), use, padding, digest.map(Algorithms.shared.digest))
        }, free: { EVP_PKEY_CTX_free($0) })
    }
    let cipher = isPrivate ? NUMGATE_RSA_DECRYPT : NUMGATE_RSA_ENCRYPT
    switch encryption {
    case .pkcs1:
      ciphers = contexts(cipher, NUMGATE_RSA_PKCS1, nil)
      messageSize = size - 11
    case .oaep(let digest):
      ciphers = contexts(cipher, NUMGATE_RSA_OAEP, digest)
      messageSize = size - 2 * digest.size - 2
    }
    let padding = signatures == .pss ? NUMGATE_RSA_PSS : NUMGATE_RSA_PKCS1
    signers = DigestAlgorithm.allCases.map {
      contexts(isPrivate ? NUMGATE_RSA_SIGN : NUMGATE_RSA_VERIFY, padding, $0)
    }
    guard numgate_key_is_rsa(pointer) == 1 else { throw .notRSA }
    guard (1024...8192).contains(bits) else { throw .unusableKeyLength(bits: bits) }
    // RFC 8017 §7.1.1.
    guard messageSize > 0 else { throw .keyTooShort(bits: bits, scheme: "OAEP") }
  }

  deinit { EVP_PKEY_free(pointer) }

  /// Throws `keyTooShort` if signatures with this digest do not fit into the key (RFC 8017 §9.1.1).
  func requireLength(for digest: DigestAlgorithm) throws(CryptographyError) {
    guard signatures == .pss, (bits + 6) / 8 < 2 * digest.size + 2 else { return }
    throw .keyTooShort(bits: bits, scheme: "PSS with \(digest.name)")
  }

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
