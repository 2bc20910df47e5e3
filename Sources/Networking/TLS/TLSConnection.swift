internal import COpenSSL
private import Glibc

/// Why a TLS handshake or connection failed. The raw value is a metric label.
public enum TLSFailure: String, Sendable, CaseIterable {
  /// The peer closed the connection during the handshake.
  case closed
  case timeout
  case plainHTTP = "plain-http"
  case notTLS = "not-tls"
  case version
  /// The peers have no common cipher suite, group or signature algorithm.
  case parameters
  /// The peers have no common application protocol.
  case applicationProtocol = "application-protocol"
  case missingCertificate = "missing-certificate"
  case untrustedCertificate = "untrusted-certificate"
  /// The peer sent an alert, for example because it does not trust this side's certificate.
  case refusedByPeer = "refused-by-peer"
  case other
}

/// The result of one step on a non-blocking TLS connection.
enum TLSOutcome: Equatable {
  /// The step is complete. The count is 0 for the handshake and for `sendCloseNotify`.
  case bytes(Int)
  case wantRead
  case wantWrite
  /// The peer has ended the connection with close_notify.
  case closed
  case failed(TLSFailure)
}

/// A TLS connection on a non-blocking socket, which it owns. With edge-triggered epoll the caller reads until
/// `wantRead`, and repeats a step that returned `wantRead` or `wantWrite` after the next event of that kind. Used by
/// one thread.
final class TLSConnection {
  let descriptor: Int32
  private var connection: OpaquePointer?
  /// False after a fatal error: OpenSSL then permits no further calls, not even for close_notify.
  private var isUsable = true
  private var isEstablished = false
  private var hasSentCloseNotify = false
  /// Of a client connection: its context with the cache of sessions, and their key.
  private let server: (context: TLSClientContext, origin: HTTPOrigin)?
  private var isCertificateRequested = false
  private var hasReceivedData = false
  /// The number of the alert with which the peer ended the connection; 0 without one.
  private var alert: Int32 = 0

  /// A server connection. Returns nil if there is not enough memory; the caller then still owns the descriptor.
  convenience init?(accepting descriptor: Int32, _ context: TLSContext) {
    self.init(descriptor, context.context, server: nil)
    SSL_set_accept_state(connection)
  }

  /// A client connection. The server must present a certificate for the host of `origin`. Resumes an earlier session of
  /// that origin if one is cached. Returns nil if there is not enough memory; the caller then still owns the
  /// descriptor.
  ///
  /// - Parameter trust: The context with the authorities; nil: `context`.
  convenience init?(
    connecting descriptor: Int32, to origin: HTTPOrigin, _ context: TLSClientContext, trust: TLSClientContext? = nil
  ) {
    self.init(descriptor, context.context, server: (context, origin))
    if let trust, trust !== context, numgate_tls_verify_with(connection, trust.context) != 1 {
      release()
      return nil
    }
    let isReady =
      if let address = origin.numericAddress {
        numgate_tls_expect_address(connection, String(address))
      } else {
        numgate_tls_expect_name(connection, String(origin.certificateName))
      }
    guard isReady == 1, SSL_set_ex_data(connection, 0, Unmanaged.passUnretained(self).toOpaque()) == 1 else {
      release()
      return nil
    }
    if let session = context.sessions.take(for: origin) { SSL_set_session(connection, session.session) }
    SSL_set_connect_state(connection)
  }

  private init?(_ descriptor: Int32, _ context: OpaquePointer, server: (TLSClientContext, HTTPOrigin)?) {
    self.descriptor = descriptor
    self.server = server
    guard let connection = SSL_new(context) else { return nil }
    guard SSL_set_fd(connection, descriptor) == 1 else {
      SSL_free(connection)
      return nil
    }
    self.connection = connection
  }

  deinit { close() }

  func handshake() -> TLSOutcome {
    let outcome = step { SSL_do_handshake($0) == 1 ? 0 : nil }
    // A session of TLS 1.2 can be resumed again. In TLS 1.3 the server sends new sessions.
    if server != nil, outcome == .bytes(0), isResumed, SSL_version(connection) == TLS1_2_VERSION,
      let session = SSL_get1_session(connection)
    {
      keep(TLSSession(adopting: session))
    }
    return outcome
  }

  /// Whether the handshake resumed an earlier session, without an exchange of certificates.
  var isResumed: Bool { SSL_session_reused(connection) == 1 }

  /// The client connection that owns an `SSL` object.
  static func of(_ connection: OpaquePointer?) -> TLSConnection? {
    SSL_get_ex_data(connection, 0).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  func keep(_ session: TLSSession) {
    if let server { server.context.sessions.keep(session, for: server.origin) }
  }

  /// Called during the handshake when the server requests a client certificate.
  func certificateRequested() {
    isCertificateRequested = true
    server?.context.certificateRequested()
  }

  /// Why the server refused the client certificate, or its absence. nil for every other failure, and after data of the
  /// server: the server has then processed no request. In TLS 1.3 a client completes the handshake before the server
  /// verifies its certificate (RFC 8446 §2), so that the refusal follows the first request.
  var clientCertificateFailure: ConnectionFailure? {
    guard isCertificateRequested, !hasReceivedData, let server else { return nil }
    switch alert {
    case SSL_AD_CERTIFICATE_REQUIRED: return .clientCertificateRequired
    case SSL_AD_HANDSHAKE_FAILURE, SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
      SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED:
      guard server.context.hasCertificate else { return .clientCertificateRequired }
      return switch alert {
      case SSL_AD_UNKNOWN_CA: .clientCertificateNotTrusted
      case SSL_AD_CERTIFICATE_EXPIRED: .clientCertificateOutOfDate
      default: .clientCertificateRefused
      }
    default: return nil
    }
  }

  /// Why the server's certificate was rejected. Valid after a handshake that failed with `untrustedCertificate`.
  var certificateFailure: ConnectionFailure {
    guard let connection else { return .certificateNotTrusted }
    return switch Int32(truncatingIfNeeded: SSL_get_verify_result(connection)) {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .certificateForAnotherName
    case X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED: .certificateOutOfDate
    default: .certificateNotTrusted
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSOutcome {
    step { connection in
      var count = 0
      guard SSL_read_ex(connection, buffer.baseAddress, buffer.count, &count) == 1 else { return nil }
      hasReceivedData = true
      return count
    }
  }

  /// A write that returned `wantWrite` must be repeated with at least the same bytes. Their address can be different.
  func write(_ bytes: UnsafeRawBufferPointer) -> TLSOutcome {
    step { connection in
      var count = 0
      return SSL_write_ex(connection, bytes.baseAddress, bytes.count, &count) == 1 ? count : nil
    }
  }

  /// Sends close_notify. Does not wait for the close_notify of the peer.
  func sendCloseNotify() -> TLSOutcome {
    guard isEstablished else { return .failed(.other) }
    // A second call of SSL_shutdown would read from the socket.
    guard !hasSentCloseNotify else { return .bytes(0) }
    // 0: close_notify has been sent, and the peer's has not been received.
    let outcome = step { SSL_shutdown($0) >= 0 ? 0 : nil }
    if case .bytes = outcome { hasSentCloseNotify = true }
    return outcome
  }

  /// Closes the socket; later calls have no effect. With `gracefully`, first sends close_notify if the connection is
  /// intact.
  func close(gracefully: Bool = true) {
    guard connection != nil else { return }
    if gracefully, isUsable, isEstablished { _ = sendCloseNotify() }
    release()
    _ = Glibc.close(descriptor)
  }

  private func release() {
    SSL_free(connection)
    connection = nil
  }

  /// The peer's certificate, if it was verified with the authorities of the context.
  var peerCertificate: PeerCertificate? {
    guard let connection, let certificate = SSL_get1_peer_certificate(connection) else { return nil }
    defer { X509_free(certificate) }
    guard SSL_get_verify_result(connection) == Int(X509_V_OK) else { return nil }
    var names: [String] = []
    withUnsafeMutablePointer(to: &names) { names in
      numgate_certificate_names(certificate, names) { names, text, length in
        let name = String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
        names!.assumingMemoryBound(to: [String].self).pointee.append(name)
      }
    }
    return PeerCertificate(names: names)
  }

  private func step(_ body: (OpaquePointer) -> Int?) -> TLSOutcome {
    guard let connection, isUsable else { return .failed(.other) }
    // The error queue is per thread: an old error of another connection would be attributed to this one.
    ERR_clear_error()
    if let count = body(connection) {
      isEstablished = true
      return .bytes(count)
    }
    switch SSL_get_error(connection, -1) {
    case SSL_ERROR_WANT_READ: return .wantRead
    case SSL_ERROR_WANT_WRITE: return .wantWrite
    case SSL_ERROR_ZERO_RETURN: return .closed
    default:
      isUsable = false
      return .failed(failure())
    }
  }

  private func failure() -> TLSFailure {
    switch numgate_tls_failure(&alert) {
    case NUMGATE_TLS_CLOSED: .closed
    case NUMGATE_TLS_PLAIN_HTTP: .plainHTTP
    case NUMGATE_TLS_NOT_TLS: .notTLS
    case NUMGATE_TLS_VERSION: .version
    case NUMGATE_TLS_PARAMETERS: .parameters
    case NUMGATE_TLS_PROTOCOL: .applicationProtocol
    case NUMGATE_TLS_NO_CERTIFICATE: .missingCertificate
    case NUMGATE_TLS_CERTIFICATE: .untrustedCertificate
    case NUMGATE_TLS_REFUSED_BY_PEER: .refusedByPeer
    default: .other
    }
  }
}

/// The names of a client's verified certificate.
public final class PeerCertificate: Sendable {
  /// The subject's common name and the subject alternative names (DNS, URI, e-mail, IP address).
  public let names: [String]

  public init(names: [String]) { self.names = names }
}

extension TLSConnection: Transport {
  var isPlain: Bool { false }

  func send(_ bytes: [UInt8], from start: Int) -> TransportOutcome {
    outcome(of: bytes.withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[start...])) })
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransportOutcome { outcome(of: read(into: buffer)) }

  func close() { close(gracefully: true) }

  private func outcome(of outcome: TLSOutcome) -> TransportOutcome {
    switch outcome {
    case .bytes(let count): .bytes(count)
    case .wantRead, .wantWrite: .wouldBlock
    case .closed: .closed
    case .failed: .broken
    }
  }
}
