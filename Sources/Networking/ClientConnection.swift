internal import CLinux

/// One connection to a server: sends one request at a time and reads its response. Lives on its loop.
final class ClientConnection: DescriptorHandler {
  private let transport: Transport
  private let loop: EventLoop
  private let options: HTTPClientOptions
  private unowned let pool: OriginPool
  private let timer: LoopTimer
  private var parser: HTTP1Parser
  private var request: PendingRequest?
  private var sent = 0
  private var head: HTTP1Parser.ResponseHead?
  private var body: [UInt8] = []
  private var isOpen = true

  init(_ transport: Transport, client: HTTPClient, pool: OriginPool) throws(SystemError) {
    self.transport = transport
    self.pool = pool
    loop = client.loop
    options = client.options
    timer = LoopTimer(loop)
    parser = HTTP1Parser(.response, limits: options.limits)
    timer.onFire = { [unowned self] in timeUp() }
    try loop.register(
      transport.descriptor, NUMGATE_EPOLLIN | NUMGATE_EPOLLOUT | NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLET, self)
  }

  func becomeIdle() {
    timer.arm(at: loop.now.advanced(by: options.idleTimeout))
  }

  func send(_ request: PendingRequest) {
    self.request = request
    sent = 0
    parser.answersHead = request.isHead
    timer.arm(at: request.deadline)
    write()
  }

  func ready(_ events: UInt32) {
    if events & NUMGATE_EPOLLOUT != 0, let request, sent < request.bytes.count { write() }
    if isOpen, events & ~NUMGATE_EPOLLOUT != 0 { read() }
  }

  private func timeUp() {
    guard request != nil else { return close() }
    fail(sent == 0 ? .notSentInTime : .timedOut)
  }

  private func write() {
    while let request, sent < request.bytes.count {
      switch transport.send(request.bytes, from: sent) {
      case .bytes(let count): sent += count
      case .wouldBlock: return
      case .closed:
        // A server may answer before it has read everything, and then close.
        if sent > 0 { read() }
        if isOpen, self.request === request { fail(sent == 0 ? .notConnected("closed") : .closedWithoutResponse) }
        return
      }
    }
  }

  private func read() {
    while isOpen {
      switch transport.receive(into: loop.readBuffer) {
      case .bytes(let count):
        guard request != nil else { return close() }
        take(UnsafeRawBufferPointer(rebasing: loop.readBuffer[..<count]))
      case .wouldBlock:
        return
      case .closed:
        ended()
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

  private func ended() {
    guard request != nil else { return close() }
    do throws(HTTP1Error) {
      if case .end = try parser.close() { return complete(hasMore: true) }
      fail(sent == 0 ? .notConnected("closed") : .closedWithoutResponse)
    } catch {
      fail(.invalidResponse(error))
    }
  }

  private func complete(hasMore: Bool) {
    guard let request, let head else { return }
    let response = HTTPClientResponse(status: head.status, headers: head.fields, body: body)
    let canStay = head.keepsAlive && !hasMore && sent == request.bytes.count
    self.request = nil
    self.head = nil
    body = []
    parser.reset()
    if canStay {
      pool.returned(self)
    } else {
      close()
    }
    request.finish(.success(response))
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
    request?.finish(.failure(sent == 0 ? .notConnected("closed") : .closedWithoutResponse))
  }
}
