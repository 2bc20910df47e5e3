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
  /// No common cipher suite, group or signature algorithm.
  case parameters
  /// No common application protocol.
  case applicationProtocol = "application-protocol"
  case missingCertificate = "missing-certificate"
  case untrustedCertificate = "untrusted-certificate"
  /// The peer sent an alert, for example because it does not trust this side's certificate.
  case refusedByPeer = "refused-by-peer"
  case other
}

/// The result of one step on a non-blocking TLS connection.
enum TLSOutcome: Equatable {
  /// The step is done; for the handshake and `sendCloseNotify` with a count of 0.
  case bytes(Int)
  case wantRead
  case wantWrite
  /// The peer has ended the connection with close_notify.
  case closed
  case failed(TLSFailure)
}

/// TLS on a non-blocking socket, which it owns. With edge-triggered epoll a caller reads until `wantRead`, and repeats
/// a step that returned `wantRead` or `wantWrite` after the next event in that direction. Belongs to one thread.
final class TLSConnection {
  let descriptor: Int32
  private var connection: OpaquePointer?
  /// After a fatal error OpenSSL permits no further call, close_notify included.
  private var isUsable = true
  private var isEstablished = false
  private var hasSentCloseNotify = false

  /// The server's side. Returns nil where memory is short; the descriptor is then still the caller's.
  init?(accepting descriptor: Int32, _ context: TLSContext) {
    self.descriptor = descriptor
    guard let connection = SSL_new(context.context) else { return nil }
    guard SSL_set_fd(connection, descriptor) == 1 else {
      SSL_free(connection)
      return nil
    }
    SSL_set_accept_state(connection)
    self.connection = connection
  }

  deinit { close() }

  func handshake() -> TLSOutcome {
    step { SSL_do_handshake($0) == 1 ? 0 : nil }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSOutcome {
    step { connection in
      var count = 0
      return SSL_read_ex(connection, buffer.baseAddress, buffer.count, &count) == 1 ? count : nil
    }
  }

  /// A write that returned `wantWrite` must be repeated with at least the same bytes; they can be elsewhere in memory.
  func write(_ bytes: UnsafeRawBufferPointer) -> TLSOutcome {
    step { connection in
      var count = 0
      return SSL_write_ex(connection, bytes.baseAddress, bytes.count, &count) == 1 ? count : nil
    }
  }

  /// Announces the end of this side's data. Does not wait for the peer's end.
  func sendCloseNotify() -> TLSOutcome {
    guard isEstablished else { return .failed(.other) }
    // A second call of SSL_shutdown would read from the socket.
    guard !hasSentCloseNotify else { return .bytes(0) }
    // 0: sent, and the peer's has not been received.
    let outcome = step { SSL_shutdown($0) >= 0 ? 0 : nil }
    if case .bytes = outcome { hasSentCloseNotify = true }
    return outcome
  }

  /// Closes the socket once, after close_notify if the connection is intact.
  func close(gracefully: Bool = true) {
    guard let connection else { return }
    if gracefully, isUsable, isEstablished { _ = sendCloseNotify() }
    self.connection = nil
    SSL_free(connection)
    _ = Glibc.close(descriptor)
  }

  /// The certificate that the peer has proved to own, verified against the context's authorities.
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
    // An error that another connection left behind would be taken for this one's.
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
      return .failed(Self.failure)
    }
  }

  private static var failure: TLSFailure {
    switch numgate_tls_failure() {
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
    case .closed, .failed: .closed
    }
  }
}
