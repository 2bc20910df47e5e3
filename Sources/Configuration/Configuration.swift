public import Networking
public import NumberAuth
public import Schema

/// Everything a gateway needs to know, checked as a whole.
public struct Configuration: Sendable {
  public let server: ServerSettings
  public let teams: [Team]
  public let accounts: [String: Account]
  public let apps: [String: App]
  public let providers: [String: ProviderFile]
  public let router: Router
  /// What is doubtful, but does not keep the gateway from running.
  public let warnings: [Diagnostic]
  /// What tells two configurations apart.
  public let fingerprint: ConfigurationFingerprint
  /// The files and folders it was read from.
  public internal(set) var sources = ConfigurationSources()
}

public struct ServerSettings: Sendable {
  public var listen: SocketAddress
  /// Event loops, each a thread; nil: one for each processor.
  public var loops: Int?
  /// The key that signs sessions; nil: a random one for each start, so that sessions end with the process.
  public var sessionKey: Secret?
  public var sessionLife: Duration
  /// How long requests in flight may take to finish after SIGTERM.
  public var drain: Duration
  public var breaker: BreakerSettings
  public var http: HTTPServerOptions
  public var vendors: HTTPClientOptions
}

/// When a vendor that fails is left alone, and for how long.
public struct BreakerSettings: Sendable, Equatable {
  /// Failures in a row that open it.
  public var failures: Int
  /// How long it stays open before one call may try again.
  public var open: Duration

  public init(failures: Int = 5, open: Duration = .seconds(10)) {
    self.failures = failures
    self.open = open
  }
}

/// Who may call, with which keys, for which apps.
public struct Team: Sendable {
  public let name: String
  /// SHA-256 of each key.
  public let keyHashes: [[UInt8]]
  /// nil: all of them.
  public let apps: Set<String>?
}

/// A contract with a vendor, ready to be called.
public struct Account: Sendable {
  public let name: String
  public let file: ProviderFile
  public let origin: HTTPOrigin
  /// For one call, name look-up and connect included.
  public let timeout: Duration
  public let provider: any Provider
  /// The fields that the adapter was made from.
  public let settings: AccountSettings
}

public struct App: Sendable {
  public let id: String
  public let routes: Router.Routes
  public let pages: [Channel: PageOptions]
}
