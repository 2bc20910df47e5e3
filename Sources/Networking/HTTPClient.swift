internal import CCurl
internal import CLinux
internal import Glibc

/// Where a request goes: scheme, host and port.
public struct HTTPOrigin: Sendable, Hashable, CustomStringConvertible {
  public let isSecure: Bool
  /// As in a URL: an IPv6 address stands in brackets.
  public let host: String
  public let port: Int

  public init(isSecure: Bool, host: String, port: Int) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
  }

  /// Reads `http://host[:port]` or `https://host[:port]`; nil for anything more or less.
  public init?(_ text: String) {
    let rest: Substring
    if text.hasPrefix("https://") {
      rest = text.dropFirst(8)
    } else if text.hasPrefix("http://") {
      rest = text.dropFirst(7)
    } else {
      return nil
    }
    let secure = text.hasPrefix("https://")
    var host = rest
    var port = secure ? 443 : 80
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else { return nil }
      port = number
      host = rest[..<colon]
    }
    let allowed = host.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"):
        true
      default: false
      }
    }
    guard !host.isEmpty, allowed else { return nil }
    self.init(isSecure: secure, host: host.lowercased(), port: port)
  }

  /// The host with its port where that is not the scheme's own: what stands in a Host field.
  public var authority: String { port == (isSecure ? 443 : 80) ? host : "\(host):\(port)" }

  public var description: String { (isSecure ? "https://" : "http://") + authority }

  /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    var address = in_addr()
    return host.hasPrefix("127.") && inet_pton(AF_INET, host, &address) == 1
  }
}

/// A request for a client to send. Host and Content-Length are the client's business.
public struct HTTPClientRequest: Sendable {
  public var method: String
  public var origin: HTTPOrigin
  /// Path and query as they go over the wire.
  public var target: String
  public var headers: HTTPFields
  public var body: [UInt8]

  public init(method: String, origin: HTTPOrigin, target: String, headers: HTTPFields, body: [UInt8]) {
    self.method = method
    self.origin = origin
    self.target = target
    self.headers = headers
    self.body = body
  }
}

public struct HTTPClientResponse: Sendable {
  public let status: Int
  public let headers: HTTPFields
  public let body: [UInt8]

  public init(status: Int, headers: HTTPFields, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no response, and whether the server may have acted on the request.
public enum HTTPClientError: Error, Sendable, Equatable {
  /// No connection: nothing was sent. A short fixed text says what failed.
  case notConnected(String)
  /// The time was up before anything was sent.
  case notSentInTime
  /// The time was up after something was sent.
  case timedOut
  /// The connection ended after something was sent and before any byte of a response.
  case closedWithoutResponse
  /// What came is not a whole HTTP response.
  case invalidResponse(HTTP1Error)

  /// Whether not a byte of the request left this machine.
  public var nothingWasSent: Bool {
    switch self {
    case .notConnected, .notSentInTime: true
    case .timedOut, .closedWithoutResponse, .invalidResponse: false
    }
  }
}

public struct HTTPClientOptions: Sendable {
  public var limits = HTTP1Limits()
  /// Connections to one origin from one loop.
  public var connectionsPerOrigin = 128
  /// Name look-up, connect and TLS together.
  public var connectTimeout = Duration.seconds(3)
  /// How long a connection is kept for the next request. Shorter than servers usually keep theirs: a request must not
  /// meet a server that is just closing, for then nobody knows whether it was read.
  public var idleTimeout = Duration.seconds(15)
  /// One PEM file of the authorities to trust; nil for the system's own bundle.
  public var authorities: String?

  public init() {}
}

/// An HTTP/1.1 client on one loop. libcurl looks up names, connects and speaks TLS; the codec is ours, because libcurl
/// would by itself send a request again on a fresh connection when a kept one had just closed, and a vendor's token
/// must never be sent twice.
public final class HTTPClient: @unchecked Sendable {
  let loop: EventLoop
  let options: HTTPClientOptions
  let dialer: Dialer
  private var pools: [HTTPOrigin: OriginPool] = [:]

  /// Call on the loop's thread or before the loop is used by anyone else.
  public init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    self.loop = loop
    self.options = options
    dialer = Dialer(loop: loop, options: options)
  }

  /// Sends a request once and returns the response, or says why there is none. Never sends it twice, never follows a
  /// redirect. Call from a task on the client's loop.
  public func send(
    _ request: HTTPClientRequest, deadline: MonotonicTime
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    loop.preconditionOnLoop()
    let pool = pools[request.origin] ?? makePool(request.origin)
    return await withUnsafeContinuation { continuation in
      pool.submit(PendingRequest(request, deadline: deadline, continuation))
    }
  }

  private func makePool(_ origin: HTTPOrigin) -> OriginPool {
    let pool = OriginPool(origin, self)
    pools[origin] = pool
    return pool
  }

  /// Closes every connection; requests in flight end as if the server had closed. Call on the loop's thread.
  public func shutdown() {
    loop.preconditionOnLoop()
    for pool in pools.values { pool.shutdown() }
    pools = [:]
  }
}

/// A request that waits for a connection or for its response.
final class PendingRequest {
  let bytes: [UInt8]
  let deadline: MonotonicTime
  private var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?

  init(
    _ request: HTTPClientRequest, deadline: MonotonicTime,
    _ continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
  ) {
    self.deadline = deadline
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
