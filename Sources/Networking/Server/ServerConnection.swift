internal import CLinux
internal import Glibc

/// One accepted connection: reads requests one after the other (pipelined requests wait in the socket or in `unread`),
/// runs the responder and writes the response. Used only on its loop.
final class ServerConnection: DescriptorHandler, @unchecked Sendable {
  private enum Phase {
    /// The TLS handshake. A plain connection begins with `idle`.
    case handshaking
    case idle, readingHead, readingBody, responding, writing
    /// The response is sent and the sending side is shut down. Further input is read and discarded, because closing a
    /// socket with unread input causes a reset, by which the peer can lose the response.
    case lingering
    case closed
  }

  private let descriptor: Int32
  private let remoteAddress: String
  private let loop: EventLoop
  private let server: HTTPServer
  private let tasks: ResponderTasks
  private let onClose: (ServerConnection) -> Void
  private let timer: LoopTimer

  private var phase = Phase.idle
  private var parser: HTTP1Parser
  private var head: HTTP1Parser.RequestHead?
  /// The memory is reused for the next request, unless this body is still referenced.
  private var body: [UInt8] = []
  private var receivedAt = MonotonicTime.now
  /// Bytes that have been read but not parsed while the responder runs.
  private var unread: [UInt8] = []
  /// Number of bytes of `unread` that have been parsed. The remaining bytes are not moved after each pipelined request.
  private var unreadStart = 0
  private var mayRead = true
  private var peerHungUp = false
  private var peerClosed = false
  private var output = SendBuffer()
  private var closesAfterWrite = false

  /// nil on a plain connection. It owns the descriptor.
  private var tls: TLSConnection?
  private var peerCertificate: PeerCertificate?
  /// The interim response could not be sent, or its TLS record is incomplete: the next write must begin with it.
  private var owesContinue = false

  init(
    _ descriptor: Int32, _ remoteAddress: String, _ loop: EventLoop, _ server: HTTPServer,
    _ tasks: ResponderTasks, onClose: @escaping (ServerConnection) -> Void
  ) {
    self.descriptor = descriptor
    self.remoteAddress = remoteAddress
    self.loop = loop
    self.server = server
    self.tasks = tasks
    self.onClose = onClose
    timer = LoopTimer(loop)
    parser = HTTP1Parser(.request, limits: server.options.limits)
    timer.onFire = { [unowned self] in timeUp() }
  }

  func start() {
    timer.arm(at: loop.now.advanced(by: server.options.headerTimeout))
    if let context = server.options.tls?.current {
      tls = TLSConnection(accepting: descriptor, context)
      guard tls != nil else { return close() }
      phase = .handshaking
    }
    do {
      try loop.register(
        descriptor, NUMGATE_EPOLLIN | NUMGATE_EPOLLOUT | NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLET, self)
    } catch {
      close()
    }
  }

  /// Closes the connection if no request has begun. Otherwise the request is completed.
  func drain() {
    if phase == .idle || phase == .handshaking { close() }
  }

  // MARK: Events

  func ready(_ events: UInt32) {
    guard tls == nil else { return readyTLS() }
    if events & NUMGATE_EPOLLOUT != 0, phase == .writing { flush() }
    if events & (NUMGATE_EPOLLIN | NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLHUP | NUMGATE_EPOLLERR) != 0 {
      if events & NUMGATE_EPOLLIN == 0 || events & ~NUMGATE_EPOLLIN & ~NUMGATE_EPOLLOUT != 0 { peerHungUp = true }
      mayRead = true
      if phase == .lingering { linger() } else { read() }
    }
  }

  private func timeUp() {
    switch phase {
    case .handshaking:
      tasks.responder.tlsFailed(.timeout)
      close()
    case .idle, .writing, .lingering: close()
    case .readingHead: refuse(.headerTimeout)
    case .readingBody: refuse(.bodyTimeout)
    case .responding, .closed: break
    }
  }

  // MARK: Reading

  private func read() {
    if let tls { return read(tls) }
    while mayRead, phase == .idle || phase == .readingHead || phase == .readingBody {
      let count = Glibc.read(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count)
      if count > 0 {
        take(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
        // A short read has emptied the socket, and new bytes cause a new event. After a hang-up event, read again: no
        // further event reports the end of the data.
        if count < loop.readBuffer.count, !peerHungUp { mayRead = false }
      } else if count == 0 {
        peerEnded()
      } else if errno == EAGAIN {
        mayRead = false
      } else if errno != EINTR {
        close()
      }
    }
  }

  private func peerEnded() {
    peerClosed = true
    mayRead = false
    if phase == .readingHead || phase == .readingBody { refuse(.truncated) } else { close() }
  }

  /// Parses bytes from the connection. Bytes after the end of the request are kept until the response is sent.
  private func take(_ input: UnsafeRawBufferPointer) {
    let count = parse(input)
    if count < input.count, phase == .responding { unread.append(contentsOf: input[count...]) }
  }

  /// Parses the next request in `unread`.
  private func takeUnread() {
    let pending = unread
    unreadStart += pending.withUnsafeBytes { parse(UnsafeRawBufferPointer(rebasing: $0[unreadStart...])) }
    if unreadStart >= unread.count {
      unread = []
      unreadStart = 0
    }
  }

  /// Parses at most one request. Returns the number of its bytes.
  private func parse(_ input: UnsafeRawBufferPointer) -> Int {
    if phase == .idle, !input.isEmpty { beginRequest() }
    var position = 0
    do throws(HTTP1Error) {
      while let event = try parser.next(input, &position) {
        switch event {
        case .request(let head):
          self.head = head
          if head.hasBody {
            phase = .readingBody
            timer.arm(at: loop.now.advanced(by: server.options.bodyTimeout))
            if head.expectsContinue, position == input.count { sendContinue() }
          }
        case .body(let range):
          body.append(contentsOf: input[range])
        case .end:
          respond()
          return position
        case .response:
          break
        }
      }
    } catch {
      refuse(error)
    }
    return position
  }

  private func beginRequest() {
    phase = .readingHead
    receivedAt = .now
    body.removeAll(keepingCapacity: body.capacity <= 4096)
    timer.arm(at: loop.now.advanced(by: server.options.headerTimeout))
  }

  private func sendContinue() {
    // The line fits in every send buffer. If it cannot be sent, the client receives only the final response.
    let line = Self.continueLine
    if let tls {
      let outcome = tls.write(UnsafeRawBufferPointer(start: line.utf8Start, count: line.utf8CodeUnitCount))
      owesContinue = outcome != .bytes(line.utf8CodeUnitCount)
      return
    }
    _ = send(descriptor, line.utf8Start, line.utf8CodeUnitCount, Int32(MSG_NOSIGNAL))
  }

  private static let continueLine: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

  // MARK: TLS

  /// A TLS read can wait for writability and a TLS write for readability, so each event repeats the pending step.
  private func readyTLS() {
    mayRead = true
    switch phase {
    case .handshaking: handshake()
    case .writing:
      flush()
      read()
    case .lingering: linger()
    default: read()
    }
  }

  private func handshake() {
    guard let tls else { return }
    switch tls.handshake() {
    case .bytes:
      peerCertificate = tls.peerCertificate
      phase = .idle
      timer.arm(at: loop.now.advanced(by: server.options.headerTimeout))
      read(tls)
    case .wantRead, .wantWrite: break
    case .closed: fail(.closed)
    case .failed(let failure): fail(failure)
    }
  }

  private func fail(_ failure: TLSFailure) {
    tasks.responder.tlsFailed(failure)
    guard failure != .closed else { return close() }
    // OpenSSL has sent an alert. A close with unread input would cause a reset, by which the peer can lose the alert.
    finishSending()
  }

  private func read(_ tls: TLSConnection) {
    while mayRead, phase == .idle || phase == .readingHead || phase == .readingBody {
      switch tls.read(into: loop.readBuffer) {
      case .bytes(let count): take(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
      case .wantRead, .wantWrite: mayRead = false
      case .closed, .failed(.closed): peerEnded()
      case .failed(let failure): fail(failure)
      }
    }
  }

  // MARK: Responding

  private func respond() {
    guard head != nil else { return }
    phase = .responding
    timer.disarm()
    tasks.answer(self)
  }

  /// The current request.
  func request() -> HTTPRequest {
    guard let head else { preconditionFailure("no current request") }
    return HTTPRequest(
      method: head.method, target: head.targetRange, headers: head.fields, body: body, remoteAddress: remoteAddress,
      receivedAt: receivedAt, loop: loop, peerCertificate: peerCertificate)
  }

  private func refuse(_ error: HTTP1Error) {
    closesAfterWrite = true
    unread = []
    mayRead = false
    write(tasks.responder.reject(error), isHead: false)
  }

  func finish(_ response: HTTPResponse) {
    guard phase == .responding, let head else { return }
    if !head.keepsAlive || peerClosed || server.isDraining { closesAfterWrite = true }
    write(response, isHead: head.method == "HEAD")
  }

  private func write(_ response: HTTPResponse, isHead: Bool) {
    switch response.transmission {
    case .reset:
      numgate_reset_on_close(descriptor)
      close(gracefully: false)
      return
    case .cut(let count):
      closesAfterWrite = true
      serialize(response, bodyBytes: min(count, response.body.count))
    case .endless(let limit):
      closesAfterWrite = true
      serialize(response, bodyBytes: 0, isChunked: true)
      let size = String(response.body.count, radix: 16)
      output.append(repeated: Array("\(size)\r\n".utf8) + response.body + Array("\r\n".utf8), limit: limit)
    case .whole:
      serialize(response, bodyBytes: isHead ? 0 : response.body.count)
    }
    phase = .writing
    timer.arm(at: loop.now.advanced(by: server.options.writeTimeout))
    flush()
  }

  private func serialize(_ response: HTTPResponse, bodyBytes: Int, isChunked: Bool = false) {
    var bytes = loop.acquireBuffer()
    if owesContinue {
      owesContinue = false
      bytes.append(Self.continueLine)
    }
    response.serializeHead(into: &bytes, isChunked: isChunked)
    if closesAfterWrite {
      bytes.append("Connection: close\r\n")
    } else if let head, head.asksToKeepAlive {
      bytes.append("Connection: keep-alive\r\n")
    }
    bytes.append("Date: ")
    loop.appendDate(to: &bytes)
    bytes.append("\r\n\r\n")
    if bodyBytes > 0 { bytes.append(contentsOf: response.body[..<bodyBytes]) }
    output.bytes = bytes
  }

  private func flush() {
    while output.hasUnsent() {
      if let tls {
        switch output.withUnsent(tls.write) {
        case .bytes(let count): output.advance(by: count)
        case .wantRead, .wantWrite: return
        case .closed, .failed: return close()
        }
        continue
      }
      let count = output.withUnsent { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count >= 0 {
        output.advance(by: count)
      } else if errno == EAGAIN {
        return
      } else if errno != EINTR {
        return close()
      }
    }
    if closesAfterWrite, let tls {
      switch tls.sendCloseNotify() {
      case .bytes: break
      case .wantRead, .wantWrite: return
      case .closed, .failed: return close()
      }
    }
    wrote()
  }

  private func wrote() {
    loop.releaseBuffer(output.takeMemory())
    guard !closesAfterWrite else {
      guard !peerClosed else { return close() }
      return finishSending()
    }
    parser.reset()
    head = nil
    phase = .idle
    timer.arm(at: loop.now.advanced(by: server.options.idleTimeout))
    if server.isStopped {
      close()
      return
    }
    if !unread.isEmpty {
      takeUnread()
    }
    if phase == .idle || phase == .readingHead || phase == .readingBody { read() }
  }

  private func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
    phase = .lingering
    timer.arm(at: loop.now.advanced(by: .seconds(1)))
    linger()
  }

  /// Discards input. On TLS connections too, it reads directly from the socket: discarded data need not be decrypted.
  private func linger() {
    guard phase == .lingering else { return }
    // A peer that sends continuously must not block the loop: the rest is read in the next turn.
    for _ in 0..<16 {
      let count = Glibc.read(descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count)
      if count > 0 || count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      return close()
    }
    loop.execute { [weak self] in self?.linger() }
  }

  private func close(gracefully: Bool = true) {
    guard phase != .closed else { return }
    phase = .closed
    timer.disarm()
    timer.onFire = nil
    loop.releaseBuffer(output.takeMemory())
    loop.unregister(descriptor)
    if let tls { tls.close(gracefully: gracefully) } else { Glibc.close(descriptor) }
    server.left()
    onClose(self)
  }
}
