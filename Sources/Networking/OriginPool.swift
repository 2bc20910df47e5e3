/// A request that waits for a connection or for its response.
final class PendingRequest {
  let bytes: [UInt8]
  let isHead: Bool
  let deadline: MonotonicTime
  private var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?

  init(
    _ request: HTTPClientRequest, deadline: MonotonicTime,
    _ continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
  ) {
    self.deadline = deadline
    isHead = request.method == "HEAD"
    self.continuation = continuation
    var output: [UInt8] = []
    output.reserveCapacity(256 + request.target.utf8.count + request.headers.storage.count + request.body.count)
    output.append(contentsOf: request.method.utf8)
    output.append(0x20)
    output.append(contentsOf: request.target.utf8)
    output.append(contentsOf: " HTTP/1.1\r\n".utf8)
    if request.headers["Host"] == nil {
      output.append(contentsOf: "Host: ".utf8)
      output.append(contentsOf: request.origin.authority.utf8)
      output.append(contentsOf: "\r\n".utf8)
    }
    request.headers.serialize(into: &output)
    if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
      output.append(contentsOf: "Content-Length: ".utf8)
      output.append(contentsOf: String(request.body.count).utf8)
      output.append(contentsOf: "\r\n".utf8)
    }
    output.append(contentsOf: "\r\n".utf8)
    output.append(contentsOf: request.body)
    bytes = output
  }

  var isFinished: Bool { continuation == nil }

  func finish(_ result: Result<HTTPClientResponse, HTTPClientError>) {
    guard let continuation else { return }
    self.continuation = nil
    continuation.resume(returning: result)
  }
}

/// The connections to one origin from one loop, and the requests that wait for one.
final class OriginPool {
  let origin: HTTPOrigin
  let client: HTTPClient
  private var idle: [ClientConnection] = []
  private var busy: [ObjectIdentifier: ClientConnection] = [:]
  private var dialing = 0
  private var waiting: [PendingRequest] = []
  private var firstWaiting = 0
  private let timer: LoopTimer

  init(_ origin: HTTPOrigin, _ client: HTTPClient) {
    self.origin = origin
    self.client = client
    timer = LoopTimer(client.loop)
    timer.onFire = { [unowned self] in expireWaiting() }
  }

  /// The loop may hold the timer longer than the client lives.
  deinit { timer.disarm() }

  private var waitingCount: Int { waiting.count - firstWaiting }

  func submit(_ request: PendingRequest) {
    if let connection = idle.popLast() {
      run(request, on: connection)
      return
    }
    waiting.append(request)
    timer.arm(at: waiting[firstWaiting...].map(\.deadline).min() ?? request.deadline)
    if busy.count + dialing < client.options.connectionsPerOrigin, dialing < waitingCount { dial() }
  }

  private func dial() {
    dialing += 1
    client.dialer.dial(origin) { [weak self] result in
      guard let self else { return }
      dialing -= 1
      switch result {
      case .success(let transport):
        do throws(SystemError) {
          serve(try ClientConnection(transport, client: client, pool: self))
        } catch {
          nextWaiting()?.finish(.failure(.notConnected("epoll")))
        }
      case .failure(let error):
        nextWaiting()?.finish(.failure(error))
        if waitingCount > dialing { dial() }
      }
    }
  }

  private func serve(_ connection: ClientConnection) {
    if let request = nextWaiting() {
      run(request, on: connection)
    } else {
      idle.append(connection)
      connection.becomeIdle()
    }
  }

  private func run(_ request: PendingRequest, on connection: ClientConnection) {
    busy[ObjectIdentifier(connection)] = connection
    connection.send(request)
  }

  private func nextWaiting() -> PendingRequest? {
    while firstWaiting < waiting.count {
      let request = waiting[firstWaiting]
      firstWaiting += 1
      if firstWaiting == waiting.count {
        waiting.removeAll(keepingCapacity: true)
        firstWaiting = 0
      }
      if !request.isFinished { return request }
    }
    return nil
  }

  private func expireWaiting() {
    let now = client.loop.now
    for request in waiting[firstWaiting...] where request.deadline <= now {
      request.finish(.failure(.notSentInTime))
    }
    waiting = waiting[firstWaiting...].filter { !$0.isFinished }
    firstWaiting = 0
    if let next = waiting.map(\.deadline).min() { timer.arm(at: next) }
  }

  /// A connection has finished its request and can take another.
  func returned(_ connection: ClientConnection) {
    busy[ObjectIdentifier(connection)] = nil
    serve(connection)
  }

  /// A connection is closed.
  func lost(_ connection: ClientConnection) {
    busy[ObjectIdentifier(connection)] = nil
    idle.removeAll { $0 === connection }
    if waitingCount > dialing, busy.count + dialing < client.options.connectionsPerOrigin { dial() }
  }

  func shutdown() {
    while let request = nextWaiting() { request.finish(.failure(.notConnected("shut down"))) }
    for connection in idle + busy.values { connection.close() }
  }
}
