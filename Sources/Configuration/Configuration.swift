public import Networking
public import NumberAuth
public import Schema
public import Store

/// A validated configuration of the gateway.
public struct Configuration: Sendable {
  public let server: ServerSettings
  public let teams: [Team]
  /// By name.
  public let accounts: [String: Account]
  /// By id.
  public let apps: [String: App]
  /// By name.
  public let providers: [String: ProviderFile]
  public let router: Router
  public let store: StoreSettings
  public let ledger: LedgerSettings
  public let idempotency: IdempotencySettings
  /// Diagnostics that do not prevent the gateway from running.
  public let warnings: [Diagnostic]
  /// Hashes of the entries, to detect changes between two configurations.
  public let fingerprint: ConfigurationFingerprint
  /// The files and folders that it was read from.
  public internal(set) var sources = ConfigurationSources()
}

/// `server` of config.yaml.
public struct ServerSettings: Sendable {
  /// The addresses to listen on.
  public var listen: [SocketAddress]
  /// Number of event loops, each on its own thread; nil: one for each processor.
  public var loops: Int?
  /// Session keys: the first one signs, all of them verify. Empty: a random key at each start, so that sessions end
  /// with the process. Reloadable.
  public var sessionKeys: [Secret]
  /// Lifetime of a session.
  public var sessionLife: Duration
  /// Time limit for requests in flight after the listeners are closed.
  public var drain: Duration
  /// How long the listeners stay open after SIGTERM while `/readyz` returns 503.
  public var drainDelay: Duration
  public var breaker: BreakerSettings
  public var http: HTTPServerOptions
  /// Options of the connections to vendors.
  public var vendors: HTTPClientOptions
}

/// Settings of the circuit breakers. Breakers of accounts and of hosts use the same ones.
public struct BreakerSettings: Sendable, Equatable {
  /// Consecutive failures that open it.
  public var failures = Defaults.failures
  /// Percentage of failed calls in `window` that opens it, if there were at least `minimumCalls` calls.
  public var failurePercent = Defaults.failurePercent
  public var minimumCalls = Defaults.minimumCalls
  /// Length of the sliding window.
  public var window = Defaults.window
  /// Time from opening to the first probe.
  public var open = Defaults.open
  /// Consecutive successful probes that close it.
  public var probes = Defaults.probes
  /// A response that takes longer than this percentage of the account's time-out counts as a failure of the host.
  /// 100: only time-outs count.
  public var slowPercent = Defaults.slowPercent

  public init() {}
}

/// Limits for the calls of one account, on all event loops together.
public struct AccountLimits: Sendable, Equatable {
  /// Calls in flight to the vendor.
  public var concurrency = Defaults.concurrency
  /// Calls that wait until a call in flight ends.
  public var queue = Defaults.queue
  /// Maximum time that a call waits.
  public var queueTime = Defaults.queueTime
  /// Calls per second; nil: no limit.
  public var perSecond: Int?

  public init() {}
}

/// A team: the keys and client certificates that authenticate it, and the apps that it may use.
public final class Team: Sendable {
  public let name: String
  /// SHA-256 of each key.
  public let keyHashes: [[UInt8]]
  /// Names of client certificates that authenticate the team, like a key.
  public let certificates: [CertificatePattern]
  /// nil: all apps.
  public let apps: Set<String>?
  public let limits: LimitSettings

  init(
    name: String, keyHashes: [[UInt8]], certificates: [CertificatePattern], apps: Set<String>?, limits: LimitSettings
  ) {
    self.name = name
    self.keyHashes = keyHashes
    self.certificates = certificates
    self.apps = apps
    self.limits = limits
  }
}

/// A contract with a vendor, with the adapter for its calls. A class, so that a request copies a reference instead of
/// about thirty fields.
public final class Account: Sendable {
  public let name: String
  public let file: ProviderFile
  /// The endpoint: that of the account, otherwise that of the provider file.
  public let origin: HTTPOrigin
  /// Time limit of one call, including the wait in the queue, name resolution and connecting.
  public let timeout: Duration
  public let limits: AccountLimits
  public let pages: RegisteredPages
  public let prices: PriceList
  /// The client certificate and the authorities of its connections; nil without `tls`.
  public let identity: TLSIdentity?
  /// The adapter.
  public let provider: any Provider
  /// How front ends load the SDK. With an endpoint on loopback, such as the sandbox, scripts and styles on the vendor's
  /// endpoint are loaded from there.
  public let sdks: [Channel: ProviderFile.SDK]
  /// The settings that the adapter was created from.
  public let settings: AccountSettings
  /// The adapter's capabilities; nil if it lacks one. Stored, because a dynamic cast for each call is expensive.
  public let preparing: (any ClientPreparing)?
  public let signing: (any ClientSigning)?
  public let retrieving: (any NumberRetrieving)?
  public let verifying: (any NumberVerifying)?
  /// nil also if the provider file declares no credential.
  public let credentialUser: (any CredentialUsing)?

  init(
    name: String, file: ProviderFile, origin: HTTPOrigin, timeout: Duration, limits: AccountLimits,
    pages: RegisteredPages, prices: PriceList, identity: TLSIdentity?, provider: any Provider,
    settings: AccountSettings
  ) {
    self.name = name
    self.file = file
    self.origin = origin
    self.timeout = timeout
    self.limits = limits
    self.pages = pages
    self.prices = prices
    self.identity = identity
    self.provider = provider
    sdks = origin.isLoopback ? file.sdks.mapValues { $0.moved(from: "\(file.endpoint)", to: "\(origin)") } : file.sdks
    self.settings = settings
    preparing = provider as? any ClientPreparing
    signing = file.canSign ? provider as? any ClientSigning : nil
    retrieving = provider as? any NumberRetrieving
    verifying = provider as? any NumberVerifying
    let user = provider as? any CredentialUsing
    credentialUser = user.flatMap { user in
      Stage.allCases.contains { !user.credentials(at: $0).isEmpty } ? user : nil
    }
  }
}

/// An app of the teams, with its routes and authorisation pages.
public struct App: Sendable {
  public let id: String
  public let routes: Router.Routes
  /// The options of the authorisation pages. Other channels use the vendor's standard page.
  public let pages: [Channel: PageOptions]
  public let limits: LimitSettings
}
