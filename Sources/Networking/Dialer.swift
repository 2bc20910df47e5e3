internal import CCurl
internal import CLinux
internal import Glibc

/// Opens connections with libcurl's multi interface on one loop: connect, TLS with verification. Names are resolved by
/// `NameResolver`: libcurl's own resolver joins its thread when a connect time-out fires, which would block the loop.
/// With CONNECT_ONLY libcurl stops after the connect; see `Transport`. Lives on its loop.
final class Dialer: @unchecked Sendable {
  private let loop: EventLoop
  private let options: HTTPClientOptions
  private let multi: UnsafeMutableRawPointer
  private let share: UnsafeMutableRawPointer
  private let timer: LoopTimer
  private var watchers: [curl_socket_t: Watcher] = [:]
  /// Connections that libcurl is making, by easy handle.
  private var dials: [UnsafeMutableRawPointer: Dial] = [:]
  /// Dials that wait for the addresses of their host. One request to the resolver serves all of a host.
  private var resolving: [String: [Dial]] = [:]

  private final class Dial {
    let origin: HTTPOrigin
    let deadline: MonotonicTime
    let completion: (Result<any Transport, HTTPClientError>) -> Void
    /// `CURLOPT_RESOLVE`; libcurl does not copy the list.
    var addresses: UnsafeMutablePointer<curl_slist>?
    let timer: LoopTimer

    init(
      _ origin: HTTPOrigin, deadline: MonotonicTime, loop: EventLoop,
      completion: @escaping (Result<any Transport, HTTPClientError>) -> Void
    ) {
      self.origin = origin
      self.deadline = deadline
      self.completion = completion
      timer = LoopTimer(loop)
    }

    deinit { curl_slist_free_all(addresses) }
  }

  private static let isReady: Bool = {
    numgate_ignore_sigpipe()
    return numgate_curl_global_init() == CURLE_OK
  }()

  init(loop: EventLoop, options: HTTPClientOptions) {
    precondition(Dialer.isReady, "libcurl cannot start")
    guard let multi = curl_multi_init(), let share = curl_share_init() else { preconditionFailure("out of memory") }
    self.loop = loop
    self.options = options
    self.multi = multi
    self.share = share
    timer = LoopTimer(loop)
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = numgate_curl_share_tls_sessions(share)
    _ = numgate_curl_multi_on_socket(multi) { _, socket, what, context, _ in
      Unmanaged<Dialer>.fromOpaque(context!).takeUnretainedValue().watch(socket, what)
      return 0
    }
    _ = numgate_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
    _ = numgate_curl_multi_on_timer(multi) { _, milliseconds, context in
      Unmanaged<Dialer>.fromOpaque(context!).takeUnretainedValue().wait(milliseconds)
      return 0
    }
    _ = numgate_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
    timer.onFire = { [unowned self] in act(curl_socket_t(-1), 0) }
  }

  deinit {
    cancel()
    curl_multi_cleanup(multi)
    curl_share_cleanup(share)
  }

  func dial(_ origin: HTTPOrigin, completion: @escaping (Result<any Transport, HTTPClientError>) -> Void) {
    let now = MonotonicTime.now
    let dial = Dial(origin, deadline: now.advanced(by: options.connectTimeout), loop: loop, completion: completion)
    guard origin.needsNameLookup else { return connect(dial, to: nil) }
    let host = origin.host
    if resolving[host] == nil {
      let known = options.resolver.addresses(of: host, at: now) { [weak self, loop] addresses in
        loop.execute { [weak self] in self?.resolved(host, addresses) }
      }
      if let known { return connect(dial, to: known) }
    }
    resolving[host, default: []].append(dial)
    dial.timer.onFire = { [unowned self, weak dial] in
      guard let dial else { return }
      resolving[host]?.removeAll { $0 === dial }
      dial.completion(.failure(.notConnected(ConnectionObstacle.nameLookupTimedOut.rawValue)))
    }
    dial.timer.arm(at: dial.deadline)
  }

  private func resolved(_ host: String, _ addresses: [String]) {
    for dial in resolving.removeValue(forKey: host) ?? [] {
      dial.timer.disarm()
      dial.timer.onFire = nil
      if addresses.isEmpty {
        dial.completion(.failure(.notConnected(ConnectionObstacle.nameNotResolved.rawValue)))
      } else {
        connect(dial, to: addresses)
      }
    }
  }

  private func connect(_ dial: Dial, to addresses: [String]?) {
    let origin = dial.origin
    guard let easy = curl_easy_init() else { return dial.completion(.failure(.notConnected("out of memory"))) }
    if let addresses {
      dial.addresses = curl_slist_append(nil, "\(origin.host):\(origin.port):\(addresses.joined(separator: ","))")
      _ = numgate_curl_set_pointer(easy, CURLOPT_RESOLVE, dial.addresses)
    }
    _ = numgate_curl_set_text(easy, CURLOPT_URL, origin.description)
    _ = numgate_curl_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
    _ = numgate_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    _ = numgate_curl_set_text(easy, CURLOPT_PROXY, "")
    _ = numgate_curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    _ = numgate_curl_set_long(easy, CURLOPT_SSL_ENABLE_ALPN, 0)
    _ = numgate_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
    // Debian's compiled-in CA path keeps libcurl from caching the authorities: 25 ms for each TLS connection.
    _ = numgate_curl_set_text(easy, CURLOPT_CAPATH, nil)
    if let authorities = options.authorities { _ = numgate_curl_set_text(easy, CURLOPT_CAINFO, authorities) }
    let milliseconds = dial.deadline.nanoseconds(since: .now) / 1_000_000
    _ = numgate_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(milliseconds)))
    _ = numgate_curl_set_pointer(easy, CURLOPT_SHARE, share)
    dials[easy] = dial
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
      dials[easy] = nil
      curl_easy_cleanup(easy)
      return dial.completion(.failure(.notConnected("libcurl")))
    }
  }

  /// Abandons every connection that is still being made; completions are not called.
  func cancel() {
    for easy in dials.keys { dispose(easy) }
    dials = [:]
    for dial in resolving.values.joined() {
      dial.timer.disarm()
      dial.timer.onFire = nil
    }
    resolving = [:]
    // The loop may hold the timer longer than the client lives.
    timer.disarm()
  }

  // MARK: libcurl's wishes

  private func watch(_ socket: curl_socket_t, _ what: Int32) {
    var events: UInt32 = 0
    if what == CURL_POLL_IN || what == CURL_POLL_INOUT { events |= NUMGATE_EPOLLIN }
    if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { events |= NUMGATE_EPOLLOUT }
    if what == CURL_POLL_REMOVE {
      if watchers.removeValue(forKey: socket) != nil { loop.unregister(socket) }
      return
    }
    let watcher = watchers[socket] ?? Watcher(socket, self)
    watchers[socket] = watcher
    // A socket that epoll refuses ends in libcurl's own connect timeout.
    try? loop.register(socket, events, watcher)
  }

  private func wait(_ milliseconds: Int) {
    if milliseconds < 0 { timer.disarm() } else { timer.arm(at: .now.advanced(by: .milliseconds(milliseconds))) }
  }

  fileprivate func act(_ socket: curl_socket_t, _ events: Int32) {
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, events, &running)
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      finish(easy, numgate_curl_message_result(message))
    }
  }

  private func finish(_ easy: UnsafeMutableRawPointer, _ result: CURLcode) {
    guard let dial = dials.removeValue(forKey: easy) else { return }
    var descriptor = curl_socket_t(-1)
    if result == CURLE_OK, numgate_curl_get_socket(easy, &descriptor) == CURLE_OK, descriptor >= 0 {
      if watchers.removeValue(forKey: descriptor) != nil { loop.unregister(descriptor) }
      if dial.origin.isSecure {
        // libcurl prunes a connection that was never used: reading once marks it as used.
        let transport = CurlTransport(easy: easy, descriptor: descriptor, dialer: self)
        // A server that speaks first does not speak HTTP.
        switch transport.receive(into: UnsafeMutableRawBufferPointer(rebasing: loop.readBuffer[..<1])) {
        case .wouldBlock: dial.completion(.success(transport))
        case .bytes, .closed: dial.completion(.failure(.closedBeforeSending))
        }
        return
      }
      // A descriptor of our own: libcurl closes the original when its handle goes.
      let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
      dispose(easy)
      dial.completion(
        own >= 0 ? .success(SocketTransport(descriptor: own)) : .failure(.notConnected("out of descriptors")))
    } else {
      let obstacle = Dialer.obstacle(result, easy)
      dispose(easy)
      dial.completion(.failure(.notConnected(obstacle?.rawValue ?? "not connected")))
    }
  }

  /// Takes the handle out of the multi handle, which closes its connection.
  func dispose(_ easy: UnsafeMutableRawPointer) {
    curl_multi_remove_handle(multi, easy)
    curl_easy_cleanup(easy)
  }

  /// What failed, asked of libcurl before the handle goes; nil for what has no name.
  private static func obstacle(_ result: CURLcode, _ easy: UnsafeMutableRawPointer) -> ConnectionObstacle? {
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_COULDNT_CONNECT:
      switch Int32(numgate_curl_get_long(easy, CURLINFO_OS_ERRNO)) {
      case ENETUNREACH, EHOSTUNREACH: .unreachable
      default: .refused
      }
    case CURLE_OPERATION_TIMEDOUT:
      numgate_curl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T) == 0 ? .nameLookupTimedOut : .timedOut
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
      // OpenSSL's verdict on the chain: 9 and 10 are its dates. libcurl compares the name itself, before it asks for
      // the verdict, and leaves 0 or 1 where that fails.
      switch numgate_curl_get_long(easy, CURLINFO_SSL_VERIFYRESULT) {
      case 0, 1: .certificateForAnotherName
      case 9, 10: .certificateOutOfDate
      default: .certificateNotTrusted
      }
    case CURLE_SSL_CACERT_BADFILE: .authoritiesNotReadable
    case CURLE_SSL_CONNECT_ERROR: .tlsFailed
    default: nil
    }
  }

  private final class Watcher: DescriptorHandler {
    let socket: curl_socket_t
    unowned let dialer: Dialer

    init(_ socket: curl_socket_t, _ dialer: Dialer) {
      self.socket = socket
      self.dialer = dialer
    }

    func ready(_ events: UInt32) {
      var what: Int32 = 0
      if events & NUMGATE_EPOLLIN != 0 { what |= CURL_CSELECT_IN }
      if events & NUMGATE_EPOLLOUT != 0 { what |= CURL_CSELECT_OUT }
      if events & (NUMGATE_EPOLLERR | NUMGATE_EPOLLHUP) != 0 { what |= CURL_CSELECT_ERR }
      dialer.act(socket, what)
    }
  }
}
