public import Networking
public import NumberAuth

/// The encrypted answers of idempotent requests, shared by all gateways. Operations of many requests share a round trip,
/// on a thread of its own. While the database is not available, they fail at once.
public final class SharedAnswers: Sendable {
  /// The outcome of `insert`.
  public enum Insertion: Sendable, Equatable {
    /// The record is stored.
    case stored
    /// Another gateway, or an earlier request, has stored this record.
    case existing([UInt8])
  }

  /// Maximum number of waiting operations; further ones fail.
  static let maximumWaiting = 10_000
  /// Maximum number of operations in a round trip.
  static let batch = 256

  private struct Operation: Sendable {
    enum Kind: Sendable { case load, insert, replace, remove }
    let kind: Kind
    let key: [UInt8]
    var record: [UInt8] = []
    var life = Duration.zero
    let resume: @Sendable (Result<[UInt8]?, PostgresError>) -> Void
  }

  private struct State {
    var operations: [Operation] = []
    var error: PostgresError? = PostgresError(.unavailable, "the connection to PostgreSQL is being opened")
  }

  private let thread = PostgresThread()
  private let state = Locked(State())

  public init() {}

  deinit { thread.stop() }

  /// Why operations fail now; nil if the database is available.
  public var error: PostgresError? { state.withLock { $0.error } }

  /// Connects and executes operations. Call once. Throws if the process cannot create a thread.
  /// - Parameter statement: The longest time of a round trip, which a request waits for.
  public func start(
    from connectionString: Secret, gateway: String, statement: Duration = .seconds(1)
  ) throws(SystemError) {
    let (thread, state) = (thread, state)
    try thread.start(name: "numgate-answers") {
      var limits = PostgresLimits()
      limits.connect = .seconds(2)
      limits.statement = statement
      limits.grace = .milliseconds(500)
      let session = PostgresSession(
        connectionString, name: "numgate \(gateway) answers", limits: limits, longestBackOff: .seconds(1),
        prepare: { connection throws(PostgresError) in try PostgresSchema.migrate(connection) })
      var nextCleaning = MonotonicTime(nanoseconds: 0)
      while !thread.isStopping {
        let batch = state.withLock { state in
          let batch = Array(state.operations.prefix(Self.batch))
          state.operations.removeFirst(batch.count)
          return batch
        }
        do throws(PostgresError) {
          try session.use { connection throws(PostgresError) in
            // Without operations, this detects a lost connection.
            if batch.isEmpty { try connection.run("SELECT 1") } else { try Self.execute(batch, connection) }
          }
          state.withLock { $0.error = nil }
          if MonotonicTime.now >= nextCleaning {
            // A failure affects nothing else.
            let deleted = try? session.use { connection throws(PostgresError) in try connection.run(Self.clean).count }
            nextCleaning = MonotonicTime.now.advanced(by: deleted == Self.cleaned ? .seconds(1) : .seconds(10))
          }
        } catch {
          let waiting = state.withLock { state in
            state.error = error
            defer { state.operations = [] }
            return state.operations
          }
          for operation in batch + waiting { operation.resume(.failure(error)) }
        }
        if state.withLock({ $0.operations.isEmpty }) {
          thread.wait(for: state.withLock { $0.error } == nil ? .seconds(1) : .milliseconds(200))
        }
      }
      let rest = state.withLock { state in
        state.error = .stopped
        defer { state.operations = [] }
        return state.operations
      }
      for operation in rest { operation.resume(.failure(.stopped)) }
    }
  }

  /// The record of a key that has not expired.
  public func load(_ key: [UInt8]) async -> Result<[UInt8]?, PostgresError> {
    await submit(.load, key)
  }

  /// Stores a record unless the key has one that has not expired. Of several gateways that insert at the same time, one
  /// receives `stored`. `life`: the time until it expires, by the clock of the database.
  public func insert(_ key: [UInt8], _ record: [UInt8], life: Duration) async -> Result<Insertion, PostgresError> {
    await submit(.insert, key, record, life).map { $0.map(Insertion.existing) ?? .stored }
  }

  /// Stores a record, also if the key has one: for example the answer instead of a record that reserved the key.
  public func replace(_ key: [UInt8], _ record: [UInt8], life: Duration) async -> Result<Void, PostgresError> {
    await submit(.replace, key, record, life).map { _ in }
  }

  /// Removes the record of a key, unless it was replaced, so that a retry is not answered with it.
  public func remove(_ key: [UInt8], _ record: [UInt8]) async -> Result<Void, PostgresError> {
    await submit(.remove, key, record).map { _ in }
  }

  /// Ends the thread after the current round trip.
  @discardableResult
  public func stop(within duration: Duration = .seconds(3)) -> Bool {
    thread.stop()
    return thread.join(within: duration)
  }

  private func submit(
    _ kind: Operation.Kind, _ key: [UInt8], _ record: [UInt8] = [], _ life: Duration = .zero
  ) async -> Result<[UInt8]?, PostgresError> {
    await withUnsafeContinuation { continuation in
      let operation = Operation(kind: kind, key: key, record: record, life: life) { continuation.resume(returning: $0) }
      let error = state.withLock { state -> PostgresError? in
        if let error = state.error { return error }
        guard state.operations.count < Self.maximumWaiting else { return .stopped }
        state.operations.append(operation)
        return nil
      }
      if let error { continuation.resume(returning: .failure(error)) } else { thread.wake() }
    }
  }

  // MARK: SQL

  /// Maximum number of records that are deleted at once.
  private static let cleaned = 10_000
  private static let clean = """
    DELETE FROM idempotency
    WHERE key IN (SELECT key FROM idempotency WHERE expires < now() ORDER BY expires LIMIT \(cleaned))
    """
  private static let load = "SELECT record FROM idempotency WHERE key = $1::bytea AND expires > now()"
  private static let remove = "DELETE FROM idempotency WHERE key = $1::bytea AND record = $2::bytea"
  private static let replace = """
    INSERT INTO idempotency AS i (key, record, expires)
    VALUES ($1::bytea, $2::bytea, now() + $3::bigint * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE SET record = excluded.record, expires = excluded.expires
    """
  private static let insert = replace + " WHERE i.expires <= now()"

  private static func execute(_ batch: [Operation], _ connection: PostgresConnection) throws(PostgresError) {
    // In the order of the keys: two gateways cannot block each other. Operations of one key keep their order.
    let operations = batch.enumerated().sorted { left, right in
      left.element.key == right.element.key
        ? left.offset < right.offset : left.element.key.lexicographicallyPrecedes(right.element.key)
    }.map(\.element)
    var statements: [(sql: String, parameters: [PostgresValue])] = []
    for operation in operations {
      let key = PostgresValue(bytes: operation.key)
      let values = [key, PostgresValue(bytes: operation.record), PostgresValue(operation.life.milliseconds)]
      switch operation.kind {
      case .load: statements.append((load, [key]))
      case .insert: statements += [(insert, values), (load, [key])]
      case .replace: statements.append((replace, values))
      case .remove: statements.append((remove, Array(values.prefix(2))))
      }
    }
    var results = try connection.transaction(statements).makeIterator()
    for operation in operations {
      let changed = results.next() ?? PostgresRows()
      switch operation.kind {
      case .load: operation.resume(.success(changed.rows.isEmpty ? nil : changed.bytes(0, 0)))
      case .insert:
        let current = results.next() ?? PostgresRows()
        if changed.count == 0, current.rows.isEmpty {
          operation.resume(.failure(PostgresError(.statement, "the record was removed at the same time")))
        } else {
          operation.resume(.success(changed.count == 0 ? current.bytes(0, 0) : nil))
        }
      case .replace, .remove: operation.resume(.success(nil))
      }
    }
  }
}
