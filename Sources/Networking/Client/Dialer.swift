/// Opens connections on one loop: loads the authorities, resolves the name, connects with `TCPConnector`, and performs
/// the TLS handshake. Used only on its loop.
///
/// Names are resolved by `NameResolver`, because libcurl's resolver joins its thread when a connect time-out fires,
/// which would block the loop.
final class Dialer: @unchecked Sendable {
  private let loop: EventLoop
  private let options: HTTPClientOptions
  private let connector: TCPConnector
  /// All dials in progress.
  private var dials: [ObjectIdentifier: Dial] = [:]
  private var waitingForTrust: [Dial] = []
  /// Dials that wait for the addresses of a host. All dials of a host share one request to the resolver.
  private var resolving: [String: [Dial]] = [:]

  private final class Dial {
    enum Step {
      case loadingTrust
      case resolving(String)
      case connecting(TCPConnector.Attempt)
      case handshaking(TLSHandshake)
    }

    let origin: HTTPOrigin
    let identity: TLSIdentity?
    let proxy: HTTPProxy?
    let deadline: MonotonicTime
    let timer: LoopTimer
    let completion: (Result<any Transport, HTTPClientError>) -> Void
    var step: Step?
    /// The authorities for a secure origin, after they are loaded.
    var trust: TLSClientContext?

    init(
      _ origin: HTTPOrigin, _ identity: TLSIdentity?, through proxy: HTTPProxy?, deadline: MonotonicTime,
      timer: LoopTimer,
      completion: @escaping (Result<any Transport, HTTPClientError>) -> Void
    ) {
      self.origin = origin
      self.identity = identity
      self.proxy = proxy
      self.deadline = deadline
      self.timer = timer
      self.completion = completion
    }
  }

  init(loop: EventLoop, options: HTTPClientOptions) {
    self.loop = loop
    self.options = options
    connector = TCPConnector(loop: loop)
  }

  deinit { cancel() }

  /// `identity`: not used for an origin without TLS.
  func dial(
    _ origin: HTTPOrigin, _ identity: TLSIdentity? = nil,
    completion: @escaping (Result<any Transport, HTTPClientError>) -> Void
  ) {
    let dial = Dial(
      origin, identity, through: options.proxy(for: origin),
      deadline: MonotonicTime.now.advanced(by: options.connectTimeout), timer: LoopTimer(loop), completion: completion)
    dials[ObjectIdentifier(dial)] = dial
    dial.timer.onFire = { [unowned self, unowned dial] in timeUp(dial) }
    dial.timer.arm(at: dial.deadline)
    guard origin.isSecure else { return resolve(dial) }
    if let identity, identity.hasAuthorities {
      dial.trust = identity.context
      return resolve(dial)
    }
    if waitingForTrust.isEmpty {
      dial.trust = options.trust.context { [weak self, loop] context in
        loop.execute { [weak self] in self?.trustLoaded(context) }
      }
      if dial.trust != nil { return resolve(dial) }
    }
    dial.step = .loadingTrust
    waitingForTrust.append(dial)
  }

  private func trustLoaded(_ context: TLSClientContext?) {
    let waiting = waitingForTrust
    waitingForTrust = []
    for dial in waiting where isInProgress(dial) {
      dial.trust = context
      if context == nil { fail(dial, .authoritiesNotReadable) } else { resolve(dial) }
    }
  }

  private func resolve(_ dial: Dial) {
    // A proxy resolves the names of servers.
    let peer = dial.proxy?.origin ?? dial.origin
    guard peer.needsNameLookup else { return connect(dial, at: nil) }
    let host = peer.host
    if resolving[host] == nil {
      let known = options.resolver.addresses(of: host, at: .now) { [weak self, loop] addresses in
        loop.execute { [weak self] in self?.resolved(host, addresses) }
      }
      if let known { return connect(dial, at: known) }
    }
    dial.step = .resolving(host)
    resolving[host, default: []].append(dial)
  }

  private func resolved(_ host: String, _ addresses: [String]) {
    for dial in resolving.removeValue(forKey: host) ?? [] where isInProgress(dial) {
      if addresses.isEmpty {
        fail(dial, dial.proxy == nil ? .nameNotResolved : .proxyNotReached)
      } else {
        connect(dial, at: addresses)
      }
    }
  }

  private func connect(_ dial: Dial, at addresses: [String]?) {
    let milliseconds = dial.deadline.nanoseconds(since: .now) / 1_000_000
    let attempt = connector.connect(
      to: dial.origin, through: dial.proxy, at: addresses, within: Int(clamping: milliseconds)
    ) { [unowned self, unowned dial] result in
      dial.step = nil
      switch result {
      case .success(let descriptor): connected(dial, descriptor)
      case .failure(let error): finish(dial, .failure(error))
      }
    }
    guard let attempt else { return finish(dial, .failure(.notConnected("out of memory"))) }
    dial.step = .connecting(attempt)
  }

  private func connected(_ dial: Dial, _ descriptor: Int32) {
    guard let trust = dial.trust else {
      return finish(dial, .success(SocketTransport(descriptor: descriptor)))
    }
    let context = dial.identity?.context ?? trust
    guard let connection = TLSConnection(connecting: descriptor, to: dial.origin, context, trust: trust) else {
      SocketTransport(descriptor: descriptor).close()
      return finish(dial, .failure(.notConnected("out of memory")))
    }
    let handshake = TLSHandshake(connection, on: loop) { [unowned self, unowned dial] result in
      dial.step = nil
      finish(dial, result.map { $0 as any Transport })
    }
    dial.step = .handshaking(handshake)
    handshake.start()
  }

  private func timeUp(_ dial: Dial) {
    if case .resolving = dial.step {
      fail(dial, dial.proxy == nil ? .nameLookupTimedOut : .proxyNotReached)
    } else {
      fail(dial, .timedOut)
    }
  }

  private func isInProgress(_ dial: Dial) -> Bool { dials[ObjectIdentifier(dial)] != nil }

  private func fail(_ dial: Dial, _ obstacle: ConnectionFailure) {
    finish(dial, .failure(.notConnected(obstacle.rawValue)))
  }

  private func finish(_ dial: Dial, _ result: Result<any Transport, HTTPClientError>) {
    abandon(dial)
    dial.completion(result)
  }

  /// Cancels the current step of the dial.
  private func abandon(_ dial: Dial) {
    dials[ObjectIdentifier(dial)] = nil
    dial.timer.disarm()
    // The loop can hold the timer after the dial is released.
    dial.timer.onFire = nil
    switch dial.step {
    case .loadingTrust: waitingForTrust.removeAll { $0 === dial }
    case .resolving(let host): resolving[host]?.removeAll { $0 === dial }
    case .connecting(let attempt): connector.cancel(attempt)
    case .handshaking(let handshake): handshake.cancel()
    case nil: break
    }
    dial.step = nil
  }

  /// Cancels all dials in progress. Their completions are not called.
  func cancel() {
    for dial in Array(dials.values) { abandon(dial) }
    waitingForTrust = []
    resolving = [:]
  }
}
