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
  /// No connection: nothing was sent. A short fixed text names the cause.
  case notConnected(String)
  /// No connection was ready at the latest start of the request: nothing was sent.
  case notSentInTime
  /// The connection was closed before anything was sent on it.
  case closedBeforeSending
  /// The deadline passed after something was sent.
  case timedOut
  /// The connection ended after something was sent and before a complete response.
  case closedWithoutResponse
  /// As `closedWithoutResponse`, on a connection that had served a request before: the server had most likely closed it
  /// while the request was on its way.
  case keptConnectionClosed
  /// What came is not a whole HTTP response.
  case invalidResponse(HTTP1Error)

  /// Whether not a byte of the request left this machine.
  public var nothingWasSent: Bool {
    switch self {
    case .notConnected, .notSentInTime, .closedBeforeSending: true
    case .timedOut, .closedWithoutResponse, .keptConnectionClosed, .invalidResponse: false
    }
  }

  /// What keeps a connection from being made, where that has a name.
  public var unsupportedReason: ConnectionObstacle? {
    if case .notConnected(let what) = self { ConnectionObstacle(rawValue: what) } else { nil }
  }
}

/// What keeps a connection from being made. The raw value is `notConnected`'s text, fit for a metric label.
public enum ConnectionObstacle: String, Sendable, Hashable, CaseIterable {
  case nameNotResolved = "name not resolved"
  case nameLookupTimedOut = "name look-up timed out"
  case refused = "connection refused"
  case unreachable = "network unreachable"
  /// While connecting, to the proxy as well, or in TLS.
  case timedOut = "connect timed out"
  case certificateNotTrusted = "certificate not trusted"
  case certificateForAnotherName = "certificate for another name"
  case certificateOutOfDate = "certificate out of date"
  case authoritiesNotReadable = "authorities file not readable"
  case tlsFailed = "TLS failed"
  case proxyNotReached = "proxy not reached"
  /// The proxy answered 407.
  case proxyAuthenticationRefused = "proxy authentication refused"
  /// The proxy answered with another error, or closed the connection.
  case proxyRefused = "proxy refused the connection"
}

/// How one request is to be sent.
public struct HTTPSendOptions: Sendable {
  /// The response must be complete by then.
  public var deadline: MonotonicTime
  /// The request is not sent after this time: too little of it would be left for the response. Nil: `deadline`.
  public var latestStart: MonotonicTime?
  /// Use a new connection, not a kept one.
  public var needsFreshConnection: Bool

  public init(deadline: MonotonicTime, latestStart: MonotonicTime? = nil, needsFreshConnection: Bool = false) {
    self.deadline = deadline
    self.latestStart = latestStart
    self.needsFreshConnection = needsFreshConnection
  }
}

public struct HTTPClientOptions: Sendable {
  public var limits = HTTP1Limits()
  /// Name look-up, connect, proxy and TLS together.
  public var connectTimeout = Duration.seconds(3)
  /// How long an idle connection is kept. Shorter than the usual time-out of a server: if the server closes a connection
  /// while a request is on its way, it is unknown whether the request was read. A shorter `Keep-Alive: timeout=N` of the
  /// server is honoured, less one second.
  public var idleTimeout = Duration.seconds(15)
  /// Maximum age of a connection, spread by ±10 % so that connections are not replaced all at once. A new connection
  /// follows the current addresses of the host.
  public var connectionAge = Duration.seconds(300)
  public var resolver = NameResolver.system
  /// One PEM file of the authorities to trust; nil for the system's own bundle. Read once by all clients with copies of
  /// these options.
  public var authorities: String? {
    didSet { trust = authorities.map { TLSTrust(file: $0) } ?? .system }
  }
  private(set) var trust = TLSTrust.system
  /// All connections go through it, except those to its exceptions.
  public var proxy: HTTPProxy?

  public init() {}

  /// The proxy to use for a server, or nil for a direct connection.
  public func proxy(for origin: HTTPOrigin) -> HTTPProxy? {
    proxy.flatMap { $0.serves(origin.host) ? $0 : nil }
  }
}
