internal import Networking
internal import NumberAuth

/// A connection that is opened at its first use, and again after a failure and a back-off time. Used on one thread.
final class PostgresSession {
  private static let shortestBackOff = Duration.milliseconds(100)

  private let connectionString: Secret
  private let name: String
  private let limits: PostgresLimits
  private let longestBackOff: Duration
  private let prepare: (PostgresConnection) throws(PostgresError) -> Void
  private var connection: PostgresConnection?
  private var backOff = PostgresSession.shortestBackOff
  private(set) var nextAttempt = MonotonicTime(nanoseconds: 0)

  /// `name`: shown in `pg_stat_activity`. `prepare`: called after each connect.
  init(
    _ connectionString: Secret, name: String, limits: PostgresLimits = PostgresLimits(),
    longestBackOff: Duration = .seconds(5),
    prepare: @escaping (PostgresConnection) throws(PostgresError) -> Void = { _ in }
  ) {
    self.connectionString = connectionString
    self.name = name
    self.limits = limits
    self.longestBackOff = longestBackOff
    self.prepare = prepare
  }

  /// Runs `body` with the connection, again if the server reports a conflict of transactions. Any other failure closes
  /// an unusable connection and begins a back-off time; until its end, calls throw at once.
  func use<Result>(
    _ body: (PostgresConnection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    guard connection != nil || MonotonicTime.now >= nextAttempt else {
      throw PostgresError(.unavailable, "PostgreSQL is not available; the next attempt is due later")
    }
    do throws(PostgresError) {
      let connection = try open()
      for _ in 0..<4 {
        do throws(PostgresError) { return try body(connection) } catch {
          guard error.isConflict, connection.isUsable else { throw error }
        }
      }
      return try body(connection)
    } catch {
      if connection?.isUsable != true || error.kind != .statement {
        connection = nil
        nextAttempt = MonotonicTime.now.advanced(by: backOff * Double.random(in: 0.5...1))
        backOff = min(backOff * 2, longestBackOff)
      }
      throw error
    }
  }

  private func open() throws(PostgresError) -> PostgresConnection {
    if let connection, connection.isUsable { return connection }
    connection = nil
    let new = try PostgresConnection(connectionString, name: name, limits: limits)
    try prepare(new)
    connection = new
    backOff = Self.shortestBackOff
    return new
  }

  func close() { connection = nil }

  /// The rest of the back-off time.
  var timeToNextAttempt: Duration { .nanoseconds(Int64(clamping: nextAttempt.nanoseconds(since: .now))) }
}
