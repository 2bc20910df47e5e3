public import Networking
public import NumberAuth

/// The part of the store that several gateways share in PostgreSQL: rows of the ledger, limits and idempotent answers.
/// Each part has a thread and a connection of its own; none of them blocks a request or another part.
public final class SharedStore: Sendable {
  public let shipper = OutboxShipper()
  public let limits = SharedLimits()
  public let answers = SharedAnswers()
  public let usage: SharedUsage
  private let connectionString: Secret
  private let gateway: String

  /// Checks the schema, or creates it, and starts the threads. If the database is not available, the gateway starts
  /// nevertheless, and this initialiser returns after the time limit for connecting.
  /// - Parameters:
  ///   - gateway: The name of this gateway, different on all gateways.
  ///   - keep: How long rows are kept in the shared database.
  ///   - report: Receives the reason if the database is not available.
  /// - Throws: `StoreError.shared` if the connection string is malformed, a newer version of Numgate has created the
  ///   schema, or the process cannot create a thread.
  public init(
    _ connectionString: Secret, gateway: String, keep: Duration, outbox: any Outbox,
    now: @escaping @Sendable () -> WallTime, report: (PostgresError) -> Void = { _ in }
  ) throws(StoreError) {
    self.connectionString = connectionString
    self.gateway = gateway
    do throws(PostgresError) {
      var limits = PostgresLimits()
      limits.connect = .seconds(2)
      try PostgresSchema.migrate(
        try PostgresConnection(connectionString, name: "numgate \(gateway) start", limits: limits))
    } catch {
      guard error.kind == .unavailable || error.kind == .statement else { throw .shared(error) }
      report(error)
    }
    do throws(SystemError) {
      usage = try SharedUsage(connectionString, gateway: gateway)
      try shipper.start(outbox, to: connectionString, gateway: gateway, OutboxShipper.Settings(keep: keep), now: now)
      try answers.start(from: connectionString, gateway: gateway)
    } catch {
      throw .shared(PostgresError(.unavailable, "\(error)"))
    }
  }

  /// Starts leasing the limits of a gateway, and waits for their first shares, at most 5 s. Call once. Throws if the
  /// process cannot create a thread.
  public func share(_ user: any SharedLimitUser, knownGateways: Int) throws(SystemError) {
    try limits.start(user, from: connectionString, gateway: gateway, knownGateways: knownGateways)
    limits.renew(within: .seconds(5))
  }

  /// Returns the leases of limits and stops the threads. Rows that are not shipped remain in the outbox. Blocks for at
  /// most about `duration`.
  public func stop(within duration: Duration = .seconds(3)) {
    usage.stop()
    for isWaiting in [false, true] {
      let time = isWaiting ? duration / 3 : .zero
      shipper.stop(within: time)
      limits.stop(within: time)
      answers.stop(within: time)
    }
  }
}
