internal import CLinux
internal import COpenSSL

/// The oldest protocol version a server accepts.
public enum TLSVersion: String, Sendable, CaseIterable {
  case tls12 = "1.2"
  case tls13 = "1.3"
}

/// Why certificates or a key cannot be used.
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
  /// The validity of the server's certificate.
  public let validity: CertificateValidity

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

    validity = try TLSCredentials.install(certificateChain, key, in: context)
    if let clientAuthorities {
      try TLSCredentials.trust(clientAuthorities) {
        numgate_tls_trust(context, $0) == 1 && SSL_CTX_add_client_CA(context, $0) == 1
      }
      numgate_tls_verify_clients(context, clientCertificates == .required ? 1 : 0)
    }
    self.context = context
    isComplete = true
  }

  deinit { SSL_CTX_free(context) }
}

/// The context of new connections. `replace(with:)` does not affect open connections.
public final class TLSContextSource: Sendable {
  private let context: Locked<TLSContext>

  public init(_ context: TLSContext) { self.context = Locked(context) }

  public var current: TLSContext { context.withLock { $0 } }

  public func replace(with context: TLSContext) { self.context.withLock { $0 = context } }
}
