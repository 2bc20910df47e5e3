internal import CLinux

/// One connection to a server: sends one request at a time and reads its response. Used only on its loop.
final class ClientConnection: DescriptorHandler {
  private let transport: any Transport
  private let loop: EventLoop
  private let options: HTTPClientOptions
  private unowned let pool: OriginPool
  private let client: HTTPClient
  private let timer: LoopTimer
  private var parser: HTTP1Parser
  private var request: PendingRequest?
  private var sent = 0
  private var head: HTTP1Parser.ResponseHead?
  /// The memory is reused for the next response, unless this body is still referenced.
  private var body: [UInt8] = []
  private var isOpen = true
  /// The connection is not reused after this time.
  private let endOfLife: MonotonicTime
  /// When the idle connection is closed.
  private var retiresAt: MonotonicTime
  /// Whether a response has been received on this connection.
  private var isReused = false
  /// `Keep-Alive: timeout` of the last response.
  private var serverTimeout: Duration?
  /// Position in the pool's list of connections, and in its list of idle connections.
  var index = 0
  var idleIndex: Int?

  init(_ transport: any Transport, client: HTTPClient, pool: OriginPool) throws(SystemError) {
    self.transport = transport
    self.pool = pool
    self.client = client
    loop = client.loop
    options = client.options
    timer = LoopTimer(loop)
    parser = HTTP1Parser(.response, limits: options.limits)
    endOfLife = loop.now.advanced(by: options.connectionAge * Double.random(in: 0.9...1.1))
    retiresAt = endOfLife
    timer.onFire = { [unowned self] in timeUp() }
    try loop.register(
      transport.descriptor, NUMGATE_EPOLLIN | NUMGATE_EPOLLOUT | NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLET, self)
  }

  /// Marks the connection as idle. Returns false if it must not be used again.
  func becomesIdle() -> Bool {
    retiresAt = min(endOfLife, loop.now.advanced(by: min(options.idleTimeout, serverTimeout ?? options.idleTimeout)))
    guard isOpen, !isRetired(at: loop.now) else { return false }
    timer.arm(at: retiresAt)
    return true
  }

  func isRetired(at now: MonotonicTime) -> Bool { retiresAt <= now }

  func send(_ request: PendingRequest) {
    request.stopWaiting()
    self.request = request
    sent = 0
    body.removeAll(keepingCapacity: body.capacity <= 16_384)
    parser.answersHead = request.isHead
    timer.arm(at: request.deadline)
    write()
  }

  func ready(_ events: UInt32) {
    if events & NUMGATE_EPOLLOUT != 0, let request, sent < request.bytes.count { write() }
    // A TLS read can require a write, for example of the response to a key update.
    if isOpen, !transport.isPlain || events & ~NUMGATE_EPOLLOUT != 0 { read(events) }
  }

  private func timeUp() {
    guard request != nil else { return close() }
    fail(sent == 0 ? .notSentInTime : .timedOut)
  }

  /// The error for a connection that ended before a complete response.
  private var closed: HTTPClientError {
    if let refusal = transport.clientCertificateFailure { return .notConnected(refusal.rawValue) }
    if sent == 0 { return .closedBeforeSending }
    return isReused && head == nil ? .reusedConnectionClosed : .closedWithoutResponse
  }

  private func write() {
    while let request, sent < request.bytes.count {
      switch transport.send(request.bytes, from: sent) {
      case .bytes(let count): sent += count
      case .wouldBlock: return
      case .closed, .broken:
        // A server can respond before it has read the whole request, and then close the connection.
        if sent > 0 { read(NUMGATE_EPOLLRDHUP) }
        if isOpen, self.request === request { fail(closed) }
        return
      }
    }
  }

  private func read(_ events: UInt32) {
    let hasEnded = events & (NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLHUP | NUMGATE_EPOLLERR) != 0
    while isOpen {
      switch transport.receive(into: loop.readBuffer) {
      case .bytes(let count):
        guard request != nil else { return close() }
        take(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
        // A short read has emptied the socket: the next bytes cause a new event.
        if transport.isPlain, !hasEnded, count < loop.readBuffer.count { return }
      case .wouldBlock:
        return
      case .closed:
        ended(inOrder: true)
        return
      case .broken:
        ended(inOrder: false)
        return
      }
    }
  }

  private func take(_ input: UnsafeRawBufferPointer) {
    var position = 0
    do throws(HTTP1Error) {
      while let event = try parser.next(input, &position) {
        switch event {
        case .response(let head): self.head = head
        case .body(let range): body.append(contentsOf: input[range])
        case .end: return complete(hasMore: position < input.count)
        case .request: break
        }
      }
    } catch {
      fail(.invalidResponse(error))
    }
  }

  /// A body that lasts until the end of the connection is complete only if the server closed in order (RFC 9112 §9.8).
  private func ended(inOrder: Bool) {
    guard request != nil else { return close() }
    do throws(HTTP1Error) {
      if case .end = try parser.close() {
        return inOrder ? complete(hasMore: true) : fail(.invalidResponse(.truncated))
      }
      fail(closed)
    } catch {
      fail(.invalidResponse(error))
    }
  }

  private func complete(hasMore: Bool) {
    guard let request, let head else { return }
    let response = HTTPClientResponse(status: head.status, headers: head.fields, body: body)
    let isReusable = head.keepsAlive && !hasMore && sent == request.bytes.count
    self.request = nil
    self.head = nil
    parser.reset()
    isReused = true
    serverTimeout = head.fields[.keepAlive].flatMap(Self.keepAliveTimeout)
    if isReusable {
      pool.returned(self)
    } else {
      close()
    }
    request.finish(.success(response))
    client.takeBack(request)
  }

  private func fail(_ error: HTTPClientError) {
    let request = request
    self.request = nil
    close()
    request?.finish(.failure(error))
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    timer.disarm()
    loop.unregister(transport.descriptor)
    transport.close()
    let request = request
    self.request = nil
    pool.lost(self)
    request?.finish(.failure(closed))
  }

  /// How long a connection may stay idle according to `Keep-Alive: timeout=N`: one second less than N, because a
  /// request is lost if the server closes the connection at the same time.
  static func keepAliveTimeout(_ field: String) -> Duration? {
    for parameter in field.split(separator: ",") {
      let parts = parameter.split(separator: "=", maxSplits: 1).map {
        $0.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
      }
      guard parts.count == 2, parts[0].lowercased() == "timeout", let seconds = UInt32(parts[1]) else { continue }
      return .seconds(max(0, Int64(seconds) - 1))
    }
    return nil
  }
}
