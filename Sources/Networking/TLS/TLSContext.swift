internal import CLinux
internal import COpenSSL

/// The oldest protocol version a server accepts.
public enum TLSVersion: String, Sendable, CaseIterable {
  case tls12 = "1.2"
  case tls13 = "1.3"
}

/// Why a server cannot use its certificates and key.
public enum TLSContextError: Error, Equatable, Sendable {
  case certificateUnreadable
  case keyUnreadable
  case keyEncrypted
  case keyMismatch
  /// OpenSSL rejects a certificate of the chain, because its key is too short or its signature algorithm is too weak.
  case certificateRejected
  case authoritiesUnreadable
  /// OpenSSL failed for a reason other than the input, such as a lack of memory.
  case unavailable
}

/// TLS settings of a server: certificate chain, private key, minimum version and the authorities of client
/// certificates. Immutable; can be used by several threads at the same time. Open connections keep it in memory.
public final class TLSContext: @unchecked Sendable {
  let context: OpaquePointer
  /// Start of the validity of the server's certificate, in seconds since the Unix epoch.
  public let notBefore: Int64
  /// End of the validity of the server's certificate, in seconds since the Unix epoch.
  public let notAfter: Int64

  /// Whether clients must present a certificate. A presented certificate is always verified.
  public enum ClientCertificates: String, Sendable, CaseIterable {
    case optional, required
  }

  /// All inputs are PEM. The chain begins with the server's certificate, followed by the intermediate certificates.
  /// With `clientAuthorities` the server requests a client certificate that one of these authorities has issued.
  public init(
    certificateChain: [UInt8], key: [UInt8], minimum: TLSVersion = .tls12, clientAuthorities: [UInt8]? = nil,
    clientCertificates: ClientCertificates = .optional
  ) throws(TLSContextError) {
    // OpenSSL uses write(2), which raises SIGPIPE if the peer has closed the connection.
    numgate_ignore_sigpipe()
    ERR_clear_error()
    defer { ERR_clear_error() }
    let version = minimum == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
    guard let context = numgate_tls_server_context(version) else { throw .unavailable }
    var isComplete = false
    defer { if !isComplete { SSL_CTX_free(context) } }

    var certificates = Certificates(certificateChain)
    guard let leaf = certificates.next() else { throw .certificateUnreadable }
    defer { X509_free(leaf) }
    notBefore = numgate_certificate_time(X509_get0_notBefore(leaf))
    notAfter = numgate_certificate_time(X509_get0_notAfter(leaf))
    guard SSL_CTX_use_certificate(context, leaf) == 1 else { throw .certificateRejected }
    while let certificate = certificates.next() {
      guard numgate_tls_add_chain(context, certificate) == 1 else {
        X509_free(certificate)
        throw .certificateRejected
      }
    }
    guard certificates.isComplete else { throw .certificateUnreadable }

    let privateKey = try Self.readKey(key)
    defer { EVP_PKEY_free(privateKey) }
    guard X509_check_private_key(leaf, privateKey) == 1 else { throw .keyMismatch }
    guard SSL_CTX_use_PrivateKey(context, privateKey) == 1 else { throw .keyUnreadable }

    if let clientAuthorities {
      var authorities = Certificates(clientAuthorities)
      var count = 0
      while let certificate = authorities.next() {
        defer { X509_free(certificate) }
        guard numgate_tls_trust_client_authority(context, certificate) == 1 else { throw .authoritiesUnreadable }
        count += 1
      }
      guard authorities.isComplete, count > 0 else { throw .authoritiesUnreadable }
      numgate_tls_verify_clients(context, clientCertificates == .required ? 1 : 0)
    }
    self.context = context
    isComplete = true
  }

  deinit { SSL_CTX_free(context) }

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
  private struct Certificates {
    private var remaining: [OpaquePointer] = []
    /// False if the text contains an entry that cannot be read.
    private(set) var isComplete = false

    init(_ pem: [UInt8]) {
      ERR_clear_error()
      let found: [OpaquePointer]? = TLSContext.withMemoryInput(pem) { input in
        var found: [OpaquePointer] = []
        while let certificate = numgate_read_certificate(input) { found.append(certificate) }
        return found
      }
      isComplete = found != nil && numgate_is_end_of_pem(ERR_peek_last_error()) != 0
      remaining = (found ?? []).reversed()
      ERR_clear_error()
    }

    /// The caller owns the certificate.
    mutating func next() -> OpaquePointer? { remaining.popLast() }
  }
}

/// The context of new connections. `replace(with:)` does not affect open connections.
public final class TLSContextSource: Sendable {
  private let context: Locked<TLSContext>

  public init(_ context: TLSContext) { self.context = Locked(context) }

  public var current: TLSContext { context.withLock { $0 } }

  public func replace(with context: TLSContext) { self.context.withLock { $0 = context } }
}
