public import Networking
public import NumberAuth

/// Ships the rows of an outbox to the shared database, on a thread of its own. Each row is stored and counted once: a
/// row is identified by the outbox and its number, and the hourly usage is increased by the statement that inserts the
/// row. While the database is not available, rows remain in the outbox and nothing else waits.
public final class OutboxShipper: Sendable {
  /// Settings of the shipper. The default values are those of the gateway.
  public struct Settings: Sendable {
    /// Maximum number of rows of a transaction. About 300 bytes of memory are used for each.
    public var batch = 10_000
    /// How long the shipper waits when the outbox is empty, unless `wake()` is called.
    public var interval = Duration.seconds(1)
    /// How long rows are kept in the shared database.
    public var keep: Duration

    public init(keep: Duration) { self.keep = keep }
  }

  private let thread = PostgresThread()
  private let state = Locked(ShippingReadings())

  public init() {}

  /// The current readings. Can be called on any thread.
  public var readings: ShippingReadings { state.withLock { $0 } }

  /// Starts shipping. `now` is the wall clock. Call once. Throws if the process cannot create a thread.
  public func start(
    _ outbox: any Outbox, to connectionString: Secret, gateway: String, _ settings: Settings,
    now: @escaping @Sendable () -> WallTime
  ) throws(SystemError) {
    let (thread, state) = (thread, state)
    try thread.start(name: "numgate-ship") {
      let shipment = Shipment(outbox, connectionString, gateway, settings, now)
      while !thread.isStopping {
        let isMore = shipment.step(state)
        if !isMore { thread.wait(for: shipment.pause) }
      }
    }
  }

  /// Ships new rows without waiting for the end of the interval.
  public func wake() { thread.wake() }

  /// Stops after the current batch. Returns whether the thread has ended within `duration`; rows that are not shipped
  /// remain in the outbox.
  @discardableResult
  public func stop(within duration: Duration = .seconds(3)) -> Bool {
    thread.stop()
    return thread.join(within: duration)
  }
}

/// The state of the shipper's thread.
final class Shipment {
  private let outbox: any Outbox
  private let settings: OutboxShipper.Settings
  private let now: () -> WallTime
  private let session: PostgresSession
  private var batch: Int
  /// Computed keys by the id of the series. At most `maximumSeries` before a batch, then it is emptied.
  private var appKeys: [Int64: Int32] = [:]
  /// Series that the database has. At most `maximumSeries`, then it is emptied.
  private var knownSeries: Set<Int64> = []
  private var partitions: Set<Int64> = []
  private static let maximumSeries = 100_000
  private(set) var pause: Duration

  init(
    _ outbox: any Outbox, _ connectionString: Secret, _ gateway: String, _ settings: OutboxShipper.Settings,
    _ now: @escaping () -> WallTime
  ) {
    self.outbox = outbox
    self.settings = settings
    self.now = now
    batch = settings.batch
    pause = settings.interval
    session = PostgresSession(connectionString, name: "numgate \(gateway) ledger") {
      connection throws(PostgresError) in
      try PostgresSchema.migrate(connection)
      try connection.execute(Self.staging)
    }
  }

  private static let staging = """
    CREATE TEMPORARY TABLE outgoing (
      at timestamptz, seq bigint, series bigint, app integer, request bytea, txn bytea, vendor_id text, code text,
      price bigint, latency integer, number_hash bytea) ON COMMIT DELETE ROWS
    """

  /// The row and its part of the hourly usage, in one statement: neither is stored without the other.
  private static let insert = """
    WITH inserted AS (
      INSERT INTO calls (source, \(CopyText.columns))
      SELECT $1::integer, \(CopyText.columns) FROM outgoing
      ON CONFLICT DO NOTHING
      RETURNING at, series, app, price, latency
    ), added AS (
      INSERT INTO usage_hourly AS u (hour, series, app, calls, price, latency)
      SELECT date_trunc('hour', at), series, app, count(*), sum(price)::bigint, sum(latency)::bigint
      FROM inserted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      ON CONFLICT (hour, series, app) DO UPDATE
      SET calls = u.calls + excluded.calls, price = u.price + excluded.price, latency = u.latency + excluded.latency
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM inserted), (SELECT count(*) FROM added)
    """

  private static let insertSeries = """
    INSERT INTO series (id, \(Series.columns.joined(separator: ", ")))
    VALUES ($1, \((2...(Series.columns.count + 1)).map { "$\($0)" }.joined(separator: ", ")))
    ON CONFLICT DO NOTHING
    """

  /// Ships one batch. Returns whether another one may be waiting.
  func step(_ state: Locked<ShippingReadings>) -> Bool {
    // The outbox is not read while no attempt is due.
    pause = session.timeToNextAttempt
    guard pause == .zero else { return false }
    pause = settings.interval
    do {
      let rows = try outbox.next(limit: batch)
      let today = PostgresPartitions.day(of: now())
      let oldest = today - max(1, settings.keep.components.seconds / 86_400)
      let current = rows.filter { PostgresPartitions.day(of: $0.row.time) >= oldest }
      let source = try outbox.source()
      // Also without rows: partitions are created and dropped, and the connection is known to work.
      let stored = try session.use { connection throws(PostgresError) in
        try ship(current, source, today: today, oldest: oldest, connection)
      }
      if !rows.isEmpty { try outbox.acknowledge(rows) }
      if batch < settings.batch { batch = min(settings.batch, batch * 2) }
      let waiting = try outbox.waiting()
      let time = now().milliseconds
      state.withLock {
        $0.shipped += current.count
        $0.duplicates += current.count - stored
        $0.expired += rows.count - current.count
        $0.waiting = waiting
        $0.lastSuccess = time
        $0.error = nil
      }
      return waiting > 0
    } catch {
      return failed(error as? PostgresError ?? PostgresError(.statement, "the outbox cannot be read"), state)
    }
  }

  private func ship(
    _ rows: [OutboxRow], _ source: Int32, today: Int64, oldest: Int64, _ connection: PostgresConnection
  ) throws(PostgresError) -> Int {
    let days = Set(rows.map { PostgresPartitions.day(of: $0.row.time) })
    let isComplete = days.isSubset(of: partitions) && partitions.contains(today + PostgresPartitions.ahead)
    if !isComplete || partitions.contains(where: { $0 < oldest }) {
      partitions = try PostgresPartitions.maintain(today: today, days: days, oldest: oldest, connection)
    }
    guard !rows.isEmpty else {
      try connection.run("SELECT 1")
      return 0
    }
    var text = CopyText()
    var newSeries: [Int64: Series] = [:]
    if appKeys.count > Self.maximumSeries { appKeys = [:] }
    for row in rows {
      let entry = row.row.series
      let key = appKeys[entry.id] ?? AppKey.of(entry.series.app)
      appKeys[entry.id] = key
      text.append(row, app: key)
      if !knownSeries.contains(entry.id) { newSeries[entry.id] = entry.series }
    }
    let stored = try connection.inTransaction { () throws(PostgresError) -> Int64 in
      // In the order of their ids: two gateways that insert the same series cannot block each other.
      for (id, series) in newSeries.sorted(by: { $0.key < $1.key }) {
        try connection.run(Self.insertSeries, [PostgresValue(id)] + series.texts.map { PostgresValue($0) })
      }
      try connection.copy("COPY outgoing (\(CopyText.columns)) FROM STDIN", text.bytes)
      return try connection.run(Self.insert, [PostgresValue(Int64(source))]).integer(0, 0)
    }
    if knownSeries.count + newSeries.count > Self.maximumSeries { knownSeries = [] }
    knownSeries.formUnion(newSeries.keys)
    return Int(stored)
  }

  private func failed(_ error: PostgresError, _ state: Locked<ShippingReadings>) -> Bool {
    // Another database can have taken over: it may lack series or partitions that were committed asynchronously.
    knownSeries = []
    partitions = []
    let waiting = try? outbox.waiting()
    state.withLock {
      $0.failures += 1
      $0.error = error
      if let waiting { $0.waiting = waiting }
    }
    if error.isAboutData {
      // One row is invalid for the database: smaller batches find it, and it is skipped.
      if batch > 1 {
        batch = max(1, batch / 2)
      } else if let rows = try? outbox.next(limit: 1), !rows.isEmpty, (try? outbox.acknowledge(rows)) != nil {
        state.withLock { $0.refused += 1 }
      }
      return true
    }
    let backOff = session.timeToNextAttempt
    pause = backOff == .zero ? settings.interval : backOff
    return false
  }
}
