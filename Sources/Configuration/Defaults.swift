import Networking

/// Values of absent keys of config.yaml, each with its reason. The schema and `docs/configuration.md` contain them.
enum Defaults {
  /// A user who returns to the page within minutes can continue. The tokens of all vendors expire earlier.
  static let sessionLife = Duration.seconds(600)
  /// Longer than the longest time-out of the provider files.
  static let drain = Duration.seconds(10)
  /// Without a load balancer, no delay is needed.
  static let drainDelay = Duration.zero
  static let minimumTLSVersion = TLSVersion.tls12
  static let clientCertificates = TLSContext.ClientCertificates.optional

  /// In bytes. The largest request, an SDK's report for three carriers, has less than 8 KiB.
  static let requestBody = 64 << 10
  static let server = HTTPServerOptions()
  static let vendors = HTTPClientOptions()

  /// Beside `config.yaml`.
  static let storePath = "data"

  // MARK: Circuit breakers

  /// Consecutive failures. With fewer, a breaker would open by chance if a vendor fails one call in a hundred.
  static let failures = 5
  static let failurePercent = 50
  /// Calls in the window. With fewer calls, a percentage is not meaningful.
  static let minimumCalls = 20
  static let window = Duration.seconds(10)
  /// Time until the first probe: a restarted vendor is used again soon, and a vendor that is down gets few calls.
  static let open = Duration.seconds(10)
  static let probes = 3
  /// Percentage of the account's time-out. A host that responds this late is about to fail.
  static let slowPercent = 80

  // MARK: Calls of an account

  /// Calls in flight. Allows ten thousand calls per second with a response time of 100 ms.
  static let concurrency = 1024
  static let queue = 1024
  /// A user is waiting for the result. After this time, a rejection is more useful.
  static let queueTime = Duration.milliseconds(500)
}
