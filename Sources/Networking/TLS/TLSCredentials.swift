internal import COpenSSL

/// The time in which a certificate is valid, in seconds since the Unix epoch.
public struct CertificateValidity: Sendable, Hashable {
  public let notBefore: Int64
  public let notAfter: Int64

  public init(notBefore: Int64, notAfter: Int64) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }
}

/// Certificates and keys in PEM.
enum TLSCredentials {
  /// Makes the connections of a context present a certificate. The chain begins with this certificate, followed by the
  /// intermediate certificates. Returns the validity of the certificate.
  static func install(
    _ chain: [UInt8], _ key: [UInt8], in context: OpaquePointer
  ) throws(TLSContextError) -> CertificateValidity {
    var certificates = Certificates(chain)
    guard let leaf = certificates.next() else { throw .certificateUnreadable }
    defer { X509_free(leaf) }
    guard SSL_CTX_use_certificate(context, leaf) == 1 else { throw .certificateRejected }
    while let certificate = certificates.next() {
      guard numgate_tls_add_chain(context, certificate) == 1 else {
        X509_free(certificate)
        throw .certificateRejected
      }
    }
    guard certificates.isComplete else { throw .certificateUnreadable }

    let privateKey = try readKey(key)
    defer { EVP_PKEY_free(privateKey) }
    guard X509_check_private_key(leaf, privateKey) == 1 else { throw .keyMismatch }
    guard SSL_CTX_use_PrivateKey(context, privateKey) == 1 else { throw .keyUnreadable }
    return CertificateValidity(
      notBefore: numgate_certificate_time(X509_get0_notBefore(leaf)),
      notAfter: numgate_certificate_time(X509_get0_notAfter(leaf)))
  }

  /// Calls `add` with each certificate of a list of authorities, which must contain at least one. `add` returns false
  /// if the certificate cannot be used.
  static func trust(_ authorities: [UInt8], _ add: (OpaquePointer) -> Bool) throws(TLSContextError) {
    var certificates = Certificates(authorities)
    var count = 0
    while let certificate = certificates.next() {
      defer { X509_free(certificate) }
      guard add(certificate) else { throw .authoritiesUnreadable }
      count += 1
    }
    guard certificates.isComplete, count > 0 else { throw .authoritiesUnreadable }
  }

  private static func readKey(_ pem: [UInt8]) throws(TLSContextError) -> OpaquePointer {
    ERR_clear_error()
    let key: OpaquePointer? = withMemoryInput(pem) { numgate_read_private_key($0) }
    guard let key else {
      throw numgate_is_missing_password(ERR_peek_last_error()) != 0 ? .keyEncrypted : .keyUnreadable
    }
    return key
  }

  private static func withMemoryInput<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, let input = numgate_memory(base, Int32(clamping: buffer.count)) else {
        return nil
      }
      defer { BIO_free(input) }
      return body(input)
    }
  }

  /// The certificates of a PEM text, in order.
  private struct Certificates: ~Copyable {
    private var remaining: [OpaquePointer] = []
    /// False if the text contains an entry that cannot be read.
    let isComplete: Bool

    init(_ pem: [UInt8]) {
      ERR_clear_error()
      let found: [OpaquePointer]? = TLSCredentials.withMemoryInput(pem) { input in
        var found: [OpaquePointer] = []
        while let certificate = numgate_read_certificate(input) { found.append(certificate) }
        return found
      }
      isComplete = found != nil && numgate_is_end_of_pem(ERR_peek_last_error()) != 0
      remaining = (found ?? []).reversed()
      ERR_clear_error()
    }

    deinit { for certificate in remaining { X509_free(certificate) } }

    /// The caller owns the certificate.
    mutating func next() -> OpaquePointer? { remaining.popLast() }
  }
}
