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

  /// What keeps a connection from being made, where that has a name.
  public var obstacle: ConnectionObstacle? {
    if case .notConnected(let what) = self { ConnectionObstacle(rawValue: what) } else { nil }
  }
}

/// What keeps a connection from being made. The raw value is `notConnected`'s text, fit for a metric label.
public enum ConnectionObstacle: String, Sendable, Hashable, CaseIterable {
  case nameNotResolved = "name not resolved"
  case nameLookupTimedOut = "name look-up timed out"
  case refused = "connection refused"
  case unreachable = "network unreachable"
  /// While connecting or in TLS.
  case timedOut = "connect timed out"
  case certificateNotTrusted = "certificate not trusted"
  case certificateForAnotherName = "certificate for another name"
  case certificateOutOfDate = "certificate out of date"
  case authoritiesNotReadable = "authorities file not readable"
  case tlsFailed = "TLS failed"
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
