internal import CCurl
internal import CLinux
internal import Glibc

/// Opens TCP connections on one loop with libcurl's multi interface, which tries the addresses of a host and opens
/// tunnels through a proxy. libcurl is not used for TLS or for requests. Used only on its loop.
final class TCPConnector: @unchecked Sendable {
  /// One connection that is being opened.
  final class Attempt {
    fileprivate let easy: UnsafeMutableRawPointer
    fileprivate let isProxied: Bool
    fileprivate var completion: ((Result<Int32, HTTPClientError>) -> Void)?
    /// `CURLOPT_RESOLVE`; libcurl does not copy the list.
    fileprivate var addresses: UnsafeMutablePointer<curl_slist>?
    /// Number of bytes of the proxy's response head.
    fileprivate var headerBytes = 0

    fileprivate init(
      _ easy: UnsafeMutableRawPointer, isProxied: Bool, completion: @escaping (Result<Int32, HTTPClientError>) -> Void
    ) {
      self.easy = easy
      self.isProxied = isProxied
      self.completion = completion
    }

    deinit { curl_slist_free_all(addresses) }
  }

  /// Maximum size of the head of the proxy's response to CONNECT, in bytes.
  fileprivate static let maximumHeaderBytes = 16_384

  private let loop: EventLoop
  private let multi: UnsafeMutableRawPointer
  private let timer: LoopTimer
  private var watchers: [curl_socket_t: Watcher] = [:]
  private var attempts: [UnsafeMutableRawPointer: Attempt] = [:]

  private static let isReady: Bool = {
    numgate_ignore_sigpipe()
    return curl_global_init(Int(CURL_GLOBAL_NOTHING)) == CURLE_OK
  }()

  init(loop: EventLoop) {
    precondition(TCPConnector.isReady, "libcurl cannot be initialised")
    guard let multi = curl_multi_init() else { preconditionFailure("out of memory") }
    self.loop = loop
    self.multi = multi
    timer = LoopTimer(loop)
    let context = Unmanaged.passUnretained(self).toOpaque()
    _ = numgate_curl_multi_on_socket(multi) { _, socket, what, context, _ in
      Unmanaged<TCPConnector>.fromOpaque(context!).takeUnretainedValue().watch(socket, what)
      return 0
    }
    _ = numgate_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
    _ = numgate_curl_multi_on_timer(multi) { _, milliseconds, context in
      Unmanaged<TCPConnector>.fromOpaque(context!).takeUnretainedValue().wait(milliseconds)
      return 0
    }
    _ = numgate_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
    timer.onFire = { [unowned self] in act(curl_socket_t(-1), 0) }
  }

  deinit {
    for attempt in Array(attempts.values) { cancel(attempt) }
    // The loop can hold the timer after the connector is released.
    timer.disarm()
    timer.onFire = nil
    curl_multi_cleanup(multi)
  }

  /// Connects to `origin`, or to `proxy` with a tunnel to `origin`. `addresses` are the resolved addresses of the host
  /// to connect to; nil if it is a numeric address or `localhost`. `completion` receives a descriptor that the caller
  /// owns; it is not called before this function returns. Returns nil if there is not enough memory.
  func connect(
    to origin: HTTPOrigin, through proxy: HTTPProxy?, at addresses: [String]?, within milliseconds: Int,
    completion: @escaping (Result<Int32, HTTPClientError>) -> Void
  ) -> Attempt? {
    guard let easy = curl_easy_init() else { return nil }
    let attempt = Attempt(easy, isProxied: proxy != nil, completion: completion)
    if let addresses {
      let peer = proxy?.origin ?? origin
      attempt.addresses = curl_slist_append(nil, "\(peer.host):\(peer.port):\(addresses.joined(separator: ","))")
      _ = numgate_curl_set_pointer(easy, CURLOPT_RESOLVE, attempt.addresses)
    }
    // Not https: libcurl would start a TLS handshake.
    _ = numgate_curl_set_text(easy, CURLOPT_URL, "http://\(origin.host):\(origin.port)")
    _ = numgate_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http")
    _ = numgate_curl_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
    _ = numgate_curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
    // libcurl divides this time among the addresses of a host.
    _ = numgate_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, milliseconds))
    set(proxy, of: attempt)
    attempts[easy] = attempt
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
      attempts[easy] = nil
      curl_easy_cleanup(easy)
      return nil
    }
    return attempt
  }

  private func set(_ proxy: HTTPProxy?, of attempt: Attempt) {
    let easy = attempt.easy
    // Empty strings disable the proxy settings of the environment.
    _ = numgate_curl_set_text(easy, CURLOPT_NOPROXY, "")
    guard let proxy else {
      _ = numgate_curl_set_text(easy, CURLOPT_PROXY, "")
      return
    }
    _ = numgate_curl_set_text(easy, CURLOPT_PROXY, "http://\(proxy.origin.host):\(proxy.origin.port)")
    _ = numgate_curl_set_long(easy, CURLOPT_HTTPPROXYTUNNEL, 1)
    if let user = proxy.user, let password = proxy.password {
      _ = numgate_curl_set_text(easy, CURLOPT_PROXYUSERNAME, user)
      _ = numgate_curl_set_text(easy, CURLOPT_PROXYPASSWORD, password)
    }
    _ = numgate_curl_on_header(easy) { _, size, count, context in
      let attempt = Unmanaged<Attempt>.fromOpaque(context!).takeUnretainedValue()
      return attempt.accepts(size * count) ? size * count : 0
    }
    _ = numgate_curl_set_pointer(easy, CURLOPT_HEADERDATA, Unmanaged.passUnretained(attempt).toOpaque())
  }

  /// Cancels an attempt; its completion is not called.
  func cancel(_ attempt: Attempt) {
    guard attempts.removeValue(forKey: attempt.easy) != nil else { return }
    attempt.completion = nil
    dispose(attempt.easy)
  }

  /// Removes the handle from the multi handle, which closes its connection.
  private func dispose(_ easy: UnsafeMutableRawPointer) {
    curl_multi_remove_handle(multi, easy)
    curl_easy_cleanup(easy)
  }

  // MARK: libcurl callbacks

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
    // If the registration fails, the attempt ends with libcurl's connect timeout.
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
    guard let attempt = attempts.removeValue(forKey: easy), let completion = attempt.completion else { return }
    attempt.completion = nil
    var descriptor = curl_socket_t(-1)
    guard result == CURLE_OK, numgate_curl_get_socket(easy, &descriptor) == CURLE_OK, descriptor >= 0 else {
      let obstacle = attempt.isProxied ? Self.proxyObstacle(result, easy) : Self.directObstacle(result, easy)
      dispose(easy)
      return completion(.failure(.notConnected(obstacle?.rawValue ?? "not connected")))
    }
    // Unregister before the close: the duplicate keeps the connection open, so epoll would continue to watch it.
    if watchers.removeValue(forKey: descriptor) != nil { loop.unregister(descriptor) }
    // libcurl closes the original descriptor with its handle.
    let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    dispose(easy)
    completion(duplicate >= 0 ? .success(duplicate) : .failure(.notConnected("out of descriptors")))
  }

  /// The cause of a failed attempt, read from the handle before it is released; nil if it is not one of
  /// `ConnectionFailure`.
  private static func directObstacle(_ result: CURLcode, _ easy: UnsafeMutableRawPointer) -> ConnectionFailure? {
    switch result {
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_COULDNT_CONNECT:
      switch Int32(numgate_curl_get_long(easy, CURLINFO_OS_ERRNO)) {
      case ENETUNREACH, EHOSTUNREACH: .unreachable
      default: .refused
      }
    case CURLE_OPERATION_TIMEDOUT: .timedOut
    default: nil
    }
  }

  private static func proxyObstacle(_ result: CURLcode, _ easy: UnsafeMutableRawPointer) -> ConnectionFailure {
    switch (result, numgate_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE)) {
    case (CURLE_OPERATION_TIMEDOUT, _): .timedOut
    case (CURLE_COULDNT_CONNECT, _), (CURLE_COULDNT_RESOLVE_PROXY, _): .proxyNotReached
    case (_, 407): .proxyAuthenticationRefused
    default: .proxyRefused
    }
  }

  private final class Watcher: DescriptorHandler {
    let socket: curl_socket_t
    unowned let connector: TCPConnector

    init(_ socket: curl_socket_t, _ connector: TCPConnector) {
      self.socket = socket
      self.connector = connector
    }

    func ready(_ events: UInt32) {
      var what: Int32 = 0
      if events & NUMGATE_EPOLLIN != 0 { what |= CURL_CSELECT_IN }
      if events & NUMGATE_EPOLLOUT != 0 { what |= CURL_CSELECT_OUT }
      if events & (NUMGATE_EPOLLERR | NUMGATE_EPOLLHUP) != 0 { what |= CURL_CSELECT_ERR }
      connector.act(socket, what)
    }
  }
}

extension TCPConnector.Attempt {
  /// Called with the length of each line in the head of the proxy's response. Returning false ends the attempt, because
  /// libcurl limits neither the number of header fields nor the body of an error response.
  fileprivate func accepts(_ lineLength: Int) -> Bool {
    headerBytes += lineLength
    guard headerBytes <= TCPConnector.maximumHeaderBytes else { return false }
    let isEndOfHead = lineLength <= 2
    return !isEndOfHead || numgate_curl_get_long(easy, CURLINFO_HTTP_CONNECTCODE) < 300
  }
}
