internal import CLinux
internal import COpenSSL

/// TLS settings of a client: the authorities for the verification of server certificates, the client certificate, and
/// the sessions to resume. Can be used by several threads at the same time. Open connections keep it in memory.
final class TLSClientContext: @unchecked Sendable {
  let context: OpaquePointer
  let sessions = TLSSessionCache()
  /// Whether the context has a client certificate.
  let hasCertificate: Bool
  private let isRequested = Locked(false)

  /// Reads a PEM file, which takes about 20 ms for the bundle of the system. Returns nil if the file cannot be read or
  /// contains no certificate.
  convenience init?(authorities path: String) {
    self.init(hasCertificate: false)
    defer { ERR_clear_error() }
    guard SSL_CTX_load_verify_file(context, path) == 1 else { return nil }
  }

  /// A context without authorities. Returns nil if there is not enough memory.
  init?(hasCertificate: Bool) {
    // OpenSSL uses write(2), which raises SIGPIPE if the peer has closed the connection.
    numgate_ignore_sigpipe()
    ERR_clear_error()
    let context = numgate_tls_client_context(
      { connection, session in
        guard let session else { return 0 }
        // Returning 1 transfers the reference to the cache.
        TLSConnection.of(connection)?.keep(TLSSession(adopting: session))
        return 1
      },
      { connection, _ in
        TLSConnection.of(connection)?.certificateRequested()
        return 1
      })
    guard let context else { return nil }
    self.context = context
    self.hasCertificate = hasCertificate
  }

  deinit { SSL_CTX_free(context) }

  /// Whether a server has requested a client certificate.
  var isCertificateRequested: Bool { isRequested.withLock { $0 } }

  func certificateRequested() { isRequested.withLock { $0 = true } }
}

/// The state with which a later connection can resume a session: keys and the verified certificates.
final class TLSSession: @unchecked Sendable {
  let session: OpaquePointer

  init(adopting session: OpaquePointer) { self.session = session }

  deinit { SSL_SESSION_free(session) }
}

/// Sessions of earlier connections by origin. A session is used by one connection only, because an observer can link
/// two connections that use the same TLS 1.3 ticket (RFC 8446 §C.4). The number of sessions is limited; the oldest ones
/// are removed.
final class TLSSessionCache: Sendable {
  static let sessionsOfOrigin = 128
  static let sessionsInAll = 1024

  private struct Entry: Sendable {
    let origin: HTTPOrigin
    let session: TLSSession
  }

  /// Oldest first. A linear search is cheap compared with a handshake.
  private let entries = Locked([Entry]())

  /// Removes and returns the newest resumable session of an origin. Sessions of connections that ended with an error
  /// are not resumable.
  func take(for origin: HTTPOrigin) -> TLSSession? {
    entries.withLock { entries in
      while let index = entries.lastIndex(where: { $0.origin == origin }) {
        let session = entries.remove(at: index).session
        if SSL_SESSION_is_resumable(session.session) == 1 { return session }
      }
      return nil
    }
  }

  func keep(_ session: TLSSession, for origin: HTTPOrigin) {
    entries.withLock { entries in
      let ofOrigin = entries.indices.filter { entries[$0].origin == origin }
      if ofOrigin.count >= Self.sessionsOfOrigin {
        entries.remove(at: ofOrigin[0])
      } else if entries.count >= Self.sessionsInAll {
        entries.removeFirst()
      }
      entries.append(Entry(origin: origin, session: session))
    }
  }

  func count(for origin: HTTPOrigin) -> Int { entries.withLock { $0.count { $0.origin == origin } } }
}

/// The trusted authorities: one file of certificates. It is read once for all loops, when the first connection needs
/// it.
final class TLSTrust: Sendable {
  /// The bundle of the operating system.
  static let system = TLSTrust(file: nil)

  private enum State {
    case unread
    case reading([@Sendable (TLSClientContext?) -> Void])
    case read(TLSClientContext)
  }

  private let path: String
  private let state = Locked(State.unread)

  /// `file`: a PEM file; nil for the bundle of the system.
  init(file: String?) { path = file ?? Self.systemBundle }

  /// Returns the context if the file has been read. Otherwise returns nil and calls `completion` once, on any thread:
  /// with nil if the file cannot be used. The next call then reads the file again.
  func context(completion: @escaping @Sendable (TLSClientContext?) -> Void) -> TLSClientContext? {
    let (context, mustRead) = state.withLock { state -> (TLSClientContext?, Bool) in
      switch state {
      case .read(let context): return (context, false)
      case .reading(let waiting):
        state = .reading(waiting + [completion])
        return (nil, false)
      case .unread:
        state = .reading([completion])
        return (nil, true)
      }
    }
    // Reading the file on the loop would block all its other connections.
    if mustRead, !BlockingThread.run({ [self] in finish(TLSClientContext(authorities: path)) }) { finish(nil) }
    return context
  }

  private func finish(_ context: TLSClientContext?) {
    let waiting = state.withLock { state in
      guard case .reading(let waiting) = state else { return [] as [@Sendable (TLSClientContext?) -> Void] }
      state = context.map(State.read) ?? .unread
      return waiting
    }
    for completion in waiting { completion(context) }
  }

  private static let systemBundle: String = {
    let known = [
      "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
      "/etc/ssl/cert.pem",
    ]
    return known.first { access($0, R_OK) == 0 } ?? known[0]
  }()
}
