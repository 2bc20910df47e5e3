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
  public var listen: [SocketAddress]
  /// Event loops, each a thread; nil: one for each processor.
  public var loops: Int?
  /// Keys of sessions: the first one signs, all of them verify. Empty: a random one for each start, so that sessions end
  /// with the process. Reloadable.
  public var sessionKeys: [Secret]
  public var sessionLife: Duration
  /// How long requests in flight may take to finish once the listeners are closed.
  public var drain: Duration
  /// How long the listeners stay open after SIGTERM while `/readyz` answers 503.
  public var drainDelay: Duration
  public var breaker: BreakerSettings
  public var http: HTTPServerOptions
  public var vendors: HTTPClientOptions
}

/// When a circuit breaker opens, and when it closes again. The same for the breakers of accounts and of hosts.
public struct BreakerSettings: Sendable, Equatable {
  /// Failures in a row that open it.
  public var failures = 5
  /// Share of failed calls in `window` that opens it, in percent, given at least `minimumCalls` calls.
  public var failurePercent = 50
  public var minimumCalls = 20
  public var window = Duration.seconds(10)
  /// How long it stays open before a probe is allowed.
  public var open = Duration.seconds(10)
  /// Successful probes in a row that close it.
  public var probes = 3
  /// A response that takes longer than this share of the account's time-out, in percent, counts as a failure of the
  /// host. 100: only time-outs do.
  public var slowPercent = 80

  public init() {}
}

/// How much of the gateway one account may occupy, on all loops together.
public struct AccountLimits: Sendable, Equatable {
  /// Calls in flight to the vendor.
  public var concurrency = 1024
  /// Calls that wait for one of those to end.
  public var queue = 1024
  /// How long a call may wait.
  public var queueTime = Duration.milliseconds(500)

  public init() {}
}

/// Who may call, with which keys or client certificates, for which apps.
public final class Team: Sendable {
  public let name: String
  /// SHA-256 of each key.
  public let keyHashes: [[UInt8]]
  /// Names of client certificates that authenticate as well as a key.
  public let certificates: [CertificatePattern]
  /// nil: all of them.
  public let apps: Set<String>?

  init(name: String, keyHashes: [[UInt8]], certificates: [CertificatePattern], apps: Set<String>?) {
    self.name = name
    self.keyHashes = keyHashes
    self.certificates = certificates
    self.apps = apps
  }
}

/// A contract with a vendor, ready to be called. A class, so that a request copies a reference and not its thirty fields.
public final class Account: Sendable {
  public let name: String
  public let file: ProviderFile
  public let origin: HTTPOrigin
  /// For one call: queue, name look-up and connect included.
  public let timeout: Duration
  public let limits: AccountLimits
  public let provider: any Provider
  /// The fields that the adapter was made from.
  public let settings: AccountSettings
  /// The adapter's capabilities; nil where it does not have one. Found once: a dynamic cast for each call is expensive.
  public let preparing: (any ClientPreparing)?
  public let signing: (any ClientSigning)?
  public let retrieving: (any NumberRetrieving)?
  public let verifying: (any NumberVerifying)?

  init(
    name: String, file: ProviderFile, origin: HTTPOrigin, timeout: Duration, limits: AccountLimits,
    provider: any Provider, settings: AccountSettings
  ) {
    self.name = name
    self.file = file
    self.origin = origin
    self.timeout = timeout
    self.limits = limits
    self.provider = provider
    self.settings = settings
    preparing = provider as? any ClientPreparing
    signing = provider as? any ClientSigning
    retrieving = provider as? any NumberRetrieving
    verifying = provider as? any NumberVerifying
  }
}

public struct App: Sendable {
  public let id: String
  public let routes: Router.Routes
  public let pages: [Channel: PageOptions]
}
