internal import CLinux
internal import COpenSSL

/// A client's side of TLS: the authorities that servers' certificates are verified with, and the sessions to resume.
/// Any number of threads can open connections with it. It lives as long as one of them.
final class TLSClientContext: @unchecked Sendable {
  let context: OpaquePointer
  let sessions = TLSSessionCache()

  /// Reads a PEM file, which takes about 20 ms for the bundle of a system. Returns nil where the file cannot be read or
  /// has no certificate.
  init?(authorities path: String) {
    // OpenSSL writes with write(2), which raises SIGPIPE where the peer is gone.
    numgate_ignore_sigpipe()
    ERR_clear_error()
    defer { ERR_clear_error() }
    let context = numgate_tls_client_context(path) { connection, session in
      guard let session else { return 0 }
      // The session's reference passes to the cache.
      TLSConnection.of(connection)?.keep(TLSSession(adopting: session))
      return 1
    }
    guard let context else { return nil }
    self.context = context
  }

  deinit { SSL_CTX_free(context) }
}

/// What a later connection needs to resume an earlier one: keys and the verified certificates.
final class TLSSession: @unchecked Sendable {
  let session: OpaquePointer

  init(adopting session: OpaquePointer) { self.session = session }

  deinit { SSL_SESSION_free(session) }
}

/// Sessions of earlier connections by origin. Each is taken by one connection: a ticket of TLS 1.3 that is used twice
/// lets an observer link both connections (RFC 8446 §C.4). Bounded; the oldest sessions are dropped.
final class TLSSessionCache: Sendable {
  static let sessionsOfOrigin = 128
  static let sessionsInAll = 1024

  private struct Entry: Sendable {
    let origin: HTTPOrigin
    let session: TLSSession
  }

  /// Oldest first. So few that a search costs nothing beside a handshake.
  private let entries = Locked([Entry]())

  /// The newest session of an origin that can be resumed: OpenSSL rules out those of connections that ended in an error.
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

/// The authorities to trust: one file of certificates. It is read once for all loops, when a connection first needs it.
final class TLSTrust: Sendable {
  /// The bundle that the operating system maintains.
  static let system = TLSTrust(file: nil)

  private enum State {
    case unread
    case reading([@Sendable (TLSClientContext?) -> Void])
    case read(TLSClientContext)
  }

  private let path: String
  private let state = Locked(State.unread)

  /// `file`: a PEM file; nil for the system's bundle.
  init(file: String?) { path = file ?? Self.systemBundle }

  /// The context if the file has been read. Otherwise nil, and `completion` is called once, on any thread: with nil where
  /// the file cannot be used. The next call then reads it again.
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
    // Reading on the loop would hold every other connection of it.
    if mustRead, !OwnThread.run({ [self] in finish(TLSClientContext(authorities: path)) }) { finish(nil) }
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
