/// Default limits and times of servers and clients, each with its reason. The generated schema and
/// `docs/configuration.md` contain these values.
enum Defaults {
  // MARK: Messages

  /// In bytes. Allows a target with a long query; nginx and Apache have the same limit.
  static let startLine = 8 << 10
  /// In bytes, all fields together. Allows cookies and the fields that proxies add.
  static let headers = 32 << 10
  static let fieldCount = 100
  /// In bytes, decoded. The largest documented response of a vendor has less than 8 KiB.
  static let body = 1 << 20

  // MARK: Servers

  /// On all loops together. A connection without a request in progress needs about 1 KB.
  static let connections = 20_000
  /// Long enough for a mobile network, short enough to close connections that send one byte at a time.
  static let headerTimeout = Duration.seconds(10)
  static let bodyTimeout = Duration.seconds(20)
  /// Longer than the 60 s of usual load balancers, so that the balancer closes first.
  static let idleTimeout = Duration.seconds(75)
  static let writeTimeout = Duration.seconds(20)

  // MARK: Clients

  /// Covers a lost SYN, which is sent again after 1 s. The next retransmission would follow only after 3 s.
  static let connectTimeout = Duration.seconds(3)
  /// Shorter than the idle time-out of most servers, which is 20 s or more.
  static let idleConnectionTimeout = Duration.seconds(15)
  /// Maximum time until a changed address of a host is used.
  static let connectionAge = Duration.seconds(300)
}
