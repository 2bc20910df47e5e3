/// A request for a client to send. The client adds Host if it is missing, and Content-Length if there is a body or the
/// method is POST or PUT.
public struct HTTPClientRequest: Sendable {
  public var method: String
  public var origin: HTTPOrigin
  /// Path and query, already percent-encoded.
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

/// A complete response, with the decoded body.
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

/// Why there is no response, and whether the server can have processed the request.
public enum HTTPClientError: Error, Sendable, Equatable {
  /// The connection failed; nothing was sent, or the server refused the client certificate. The text is short and fixed, and names the cause.
  case notConnected(String)
  /// No connection was available at the latest start of the request; nothing was sent.
  case notSentInTime
  /// The connection was closed before anything was sent on it.
  case closedBeforeSending
  /// The deadline passed after something was sent.
  case timedOut
  /// The connection ended after something was sent and before a complete response.
  case closedWithoutResponse
  /// As `closedWithoutResponse`, on a reused connection: most likely the server closed it while the request was being
  /// sent.
  case reusedConnectionClosed
  /// The server did not send a valid, complete HTTP response.
  case invalidResponse(HTTP1Error)

  /// Whether no byte of the request was sent, or the server has not read it because the handshake failed.
  public var nothingWasSent: Bool {
    switch self {
    case .notConnected, .notSentInTime, .closedBeforeSending: true
    case .timedOut, .closedWithoutResponse, .reusedConnectionClosed, .invalidResponse: false
    }
  }

  /// Why no connection was opened, if the cause is one of `ConnectionFailure`.
  public var connectionFailure: ConnectionFailure? {
    if case .notConnected(let cause) = self { ConnectionFailure(rawValue: cause) } else { nil }
  }
}

/// Causes of a failed connection. The raw value is the text of `notConnected` and can be used as a metric label.
public enum ConnectionFailure: String, Sendable, Hashable, CaseIterable {
  case nameNotResolved = "name not resolved"
  case nameLookupTimedOut = "name look-up timed out"
  case refused = "connection refused"
  case unreachable = "network unreachable"
  /// During the TCP connection to the server or the proxy, the proxy's response, or the TLS handshake.
  case timedOut = "connect timed out"
  case certificateNotTrusted = "certificate not trusted"
  case certificateForAnotherName = "certificate for another name"
  case certificateOutOfDate = "certificate out of date"
  case authoritiesNotReadable = "authorities file not readable"
  /// The server requires a client certificate, and none was sent.
  case clientCertificateRequired = "client certificate required"
  /// The server does not know the authority of the client certificate.
  case clientCertificateNotTrusted = "client certificate not trusted"
  case clientCertificateOutOfDate = "client certificate out of date"
  /// The server refused the client certificate for another reason.
  case clientCertificateRefused = "client certificate refused"
  case tlsFailed = "TLS failed"
  case proxyNotReached = "proxy not reached"
  /// The proxy responded with 407.
  case proxyAuthenticationRefused = "proxy authentication refused"
  /// The proxy responded with another error status, or closed the connection.
  case proxyRefused = "proxy refused the connection"
}

/// Options of one request.
public struct HTTPSendOptions: Sendable {
  /// The response must be complete at this time.
  public var deadline: MonotonicTime
  /// The request is not sent after this time, because too little time would remain for the response. nil: `deadline`.
  public var latestStart: MonotonicTime?
  /// Use a new connection, not an idle one.
  public var needsFreshConnection: Bool
  /// The client certificate and the authorities of the connection; nil: no client certificate, and the authorities of
  /// the client.
  public var identity: TLSIdentity?

  public init(
    deadline: MonotonicTime, latestStart: MonotonicTime? = nil, needsFreshConnection: Bool = false,
    identity: TLSIdentity? = nil
  ) {
    self.deadline = deadline
    self.latestStart = latestStart
    self.needsFreshConnection = needsFreshConnection
    self.identity = identity
  }
}

/// Limits, timeouts, name resolution, trust and proxy of a client.
public struct HTTPClientOptions: Sendable {
  /// Maximum sizes of a response.
  public var limits = HTTP1Limits()
  /// Total time for name look-up, TCP, proxy and TLS.
  public var connectTimeout = Defaults.connectTimeout
  /// How long an idle connection stays open. Shorter than the usual time-out of servers: if the server closes a
  /// connection while a request is being sent, it is unknown whether the server has read the request. If the server
  /// sends a shorter `Keep-Alive: timeout=N`, the time is N minus one second.
  public var idleTimeout = Defaults.idleConnectionTimeout
  /// Maximum age of a connection, randomised by ±10 % so that connections are not all replaced at the same time. A new
  /// connection uses the current addresses of the host.
  public var connectionAge = Defaults.connectionAge
  public var resolver = NameResolver.system
  /// A PEM file with the trusted authorities; nil for the bundle of the system. The file is read once for all clients
  /// that have copies of these options.
  public var authorities: String? {
    didSet { trust = authorities.map { TLSTrust(file: $0) } ?? .system }
  }
  private(set) var trust = TLSTrust.system
  /// Used for all connections, except those to its `exceptions`.
  public var proxy: HTTPProxy?

  public init() {}

  /// The proxy for a server; nil for a direct connection.
  public func proxy(for origin: HTTPOrigin) -> HTTPProxy? {
    proxy.flatMap { $0.serves(origin.host) ? $0 : nil }
  }
}
