internal import CCurl
internal import CLinux
internal import Glibc

/// Connections made by libcurl's multi interface on one loop: name look-up off the loop, connect, TLS verified.
/// With CONNECT_ONLY libcurl stops there and hands bytes through; see `Transport`.
final class Dialer {
  private let loop: EventLoop
  private let options: HTTPClientOptions
  private let multi: UnsafeMutableRawPointer
  private let share: UnsafeMutableRawPointer
  private let timer: LoopTimer
  private var watchers: [curl_socket_t: Watcher] = [:]
  private var dials: [UnsafeMutableRawPointer: Dial] = [:]

  private struct Dial {
    let origin: HTTPOrigin
    let completion: (Result<Transport, HTTPClientError>) -> Void
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

  func dial(_ origin: HTTPOrigin, completion: @escaping (Result<Transport, HTTPClientError>) -> Void) {
    guard let easy = curl_easy_init() else { return completion(.failure(.notConnected("out of memory"))) }
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
    let timeout = options.connectTimeout.components
    _ = numgate_curl_set_long(
      easy, CURLOPT_CONNECTTIMEOUT_MS,
      max(1, Int(timeout.seconds) * 1000 + Int(timeout.attoseconds / 1_000_000_000_000_000)))
    _ = numgate_curl_set_pointer(easy, CURLOPT_SHARE, share)
    dials[easy] = Dial(origin: origin, completion: completion)
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else {
      dials[easy] = nil
      curl_easy_cleanup(easy)
      return completion(.failure(.notConnected("libcurl")))
    }
  }

  /// Gives up every connection that is still being made, without a word to who asked for it.
  func cancel() {
    for easy in dials.keys { dispose(easy) }
    dials = [:]
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
      dial.completion(.success(Transport(easy: easy, descriptor: descriptor, dialer: self)))
    } else {
      let obstacle = Dialer.obstacle(result, easy)
      dispose(easy)
      dial.completion(.failure(.notConnected(obstacle?.rawValue ?? "not connected")))
    }
  }

  /// Takes the handle out of the multi handle, which closes its connection.
  fileprivate func dispose(_ easy: UnsafeMutableRawPointer) {
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

/// A connection that libcurl has made: bytes in and out, through TLS where the origin asks for it.
final class Transport {
  enum Outcome {
    case bytes(Int)
    case wouldBlock
    case closed
  }

  private let easy: UnsafeMutableRawPointer
  let descriptor: Int32
  private let dialer: Dialer

  fileprivate init(easy: UnsafeMutableRawPointer, descriptor: Int32, dialer: Dialer) {
    self.easy = easy
    self.descriptor = descriptor
    self.dialer = dialer
  }

  func send(_ bytes: [UInt8], from start: Int) -> Outcome {
    var count = 0
    let result = bytes.withUnsafeBytes { curl_easy_send(easy, $0.baseAddress! + start, $0.count - start, &count) }
    switch result {
    case CURLE_OK: return .bytes(count)
    case CURLE_AGAIN: return .wouldBlock
    default: return .closed
    }
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    var count = 0
    switch curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .closed
    case CURLE_AGAIN: return .wouldBlock
    default: return .closed
    }
  }

  func close() { dialer.dispose(easy) }
}
