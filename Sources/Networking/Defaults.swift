/// Default limits and times of servers and clients, each with its reason. The reference in `docs/` reads them as well.
enum Defaults {
  // MARK: Messages

  /// In bytes. A target with a long query fits; nginx and Apache have the same limit.
  static let startLine = 8 << 10
  /// In bytes, all fields together. Cookies and proxies' fields fit.
  static let headers = 32 << 10
  static let fieldCount = 100
  /// In bytes, decoded. The largest documented answer of a vendor has less than 8 KiB.
  static let body = 1 << 20

  // MARK: Servers

  /// On all loops together. A connection without a request in progress needs about 1 KB.
  static let connections = 20_000
  /// Long enough for a mobile network, short enough to end connections that send a byte at a time.
  static let headerTimeout = Duration.seconds(10)
  static let bodyTimeout = Duration.seconds(20)
  /// Longer than the 60 s of usual load balancers, so that the balancer closes first.
  static let idleTimeout = Duration.seconds(75)
  static let writeTimeout = Duration.seconds(20)

  // MARK: Clients

  /// Two retransmissions of a SYN, after 1 s and 2 s, are not enough: the host is not reachable in useful time.
  static let connectTimeout = Duration.seconds(3)
  /// Shorter than the idle time of usual servers, which is 20 s or more.
  static let idleConnectionTimeout = Duration.seconds(15)
  /// Bounds the time for which a changed address of a host is not used.
  static let connectionAge = Duration.seconds(300)
}
