import Cryptography
import NumberAuth

/// The ledger's tables: writes batches of entries. Used on the writer's thread only.
final class LedgerDatabase {
  /// Maximum number of series that are known to be in the table. The set is emptied when it is full.
  private static let knownSeriesLimit = 20_000

  let database: SQLiteDatabase
  /// The id of this gateway: eight hexadecimal digits, fixed for the life of the database.
  let gateway: String
  /// The number of gateways that `remember` has stored in an earlier run; 1 if it is not known.
  let knownGateways: Int
  /// Without rows: only the hourly sums are kept.
  private let keepsRows: Bool
  private let begin: SQLiteStatement
  private let commit: SQLiteStatement
  private let insertCall: SQLiteStatement
  private let insertSeries: SQLiteStatement
  private let addUsage: SQLiteStatement
  private let insertIntent: SQLiteStatement
  private let deleteIntent: SQLiteStatement
  private let putAnswer: SQLiteStatement
  /// Ids of series that are in the table.
  private var knownSeries: Set<Int64> = []
  /// Ids that an uncommitted transaction has added to `knownSeries`.
  private var addedSeries: [Int64] = []
  private var sums: [HourlySeries: HourlySum] = [:]
  /// Distinguishes the rows of one millisecond.
  private var counter = Int64.random(in: 0...LedgerRow.counterMask)
  /// Intents of this run have higher numbers.
  let firstIntent: Int64

  private struct HourlySeries: Hashable {
    let hour: Int64
    let series: Int64
  }

  private struct HourlySum {
    var calls: Int64 = 0
    var price: Int64 = 0
    var latency: Int64 = 0

    mutating func add(_ row: LedgerRow) {
      calls += 1
      price += row.price.micros
      latency += row.latency
    }
  }

  /// - Parameter path: A file, or `:memory:`.
  init(path: String) throws(StoreError) {
    do throws(SQLiteError) {
      database = try SQLiteDatabase(path)
      // FULL: a commit survives a power failure. The checkpointer copies the log into the file.
      try database.execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY;")
    } catch {
      throw .database(error)
    }
    try LedgerSchema.migrate(database)
    do throws(SQLiteError) {
      keepsRows = path != ":memory:"
      let run: Int64
      (gateway, run, knownGateways) = try Self.beginRun(database)
      firstIntent = run << 32
      begin = try database.prepare("BEGIN IMMEDIATE")
      commit = try database.prepare("COMMIT")
      insertCall = try database.prepare(
        "INSERT OR IGNORE INTO calls (id, series, request, txn, vendor_id, code, price, latency, number_hash) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
      insertSeries = try database.prepare(
        "INSERT OR IGNORE INTO series VALUES (?\(String(repeating: ", ?", count: Series.columns.count)))")
      addUsage = try database.prepare(
        "INSERT INTO usage_hourly (hour, series, calls, price, latency) VALUES (?, ?, ?, ?, ?) "
          + "ON CONFLICT (hour, series) DO UPDATE SET calls = calls + excluded.calls, "
          + "price = price + excluded.price, latency = latency + excluded.latency")
      insertIntent = try database.prepare(
        "INSERT INTO intents (seq, at, series, request, txn, price, number_hash, answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
      )
      deleteIntent = try database.prepare("DELETE FROM intents WHERE seq = ?")
      putAnswer = try database.prepare("INSERT OR REPLACE INTO answers (key, expires, record) VALUES (?, ?, ?)")
    } catch {
      throw .database(error)
    }
  }

  /// Returns the id of the gateway, the number of this run, which makes sequence numbers unique, and the number of
  /// gateways.
  private static func beginRun(
    _ database: SQLiteDatabase
  ) throws(SQLiteError) -> (gateway: String, run: Int64, gateways: Int) {
    try database.transaction { () throws(SQLiteError) in
      let put = try database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
      let get = try database.prepare("SELECT value FROM meta WHERE name = ?")
      get.bind(1, "gateway")
      var gateway = try get.first { $0.text(0) } ?? ""
      if gateway.isEmpty {
        gateway = Hex.encode(SecureRandom.bytes(4))
        put.bind(1, "gateway")
        put.bind(2, gateway)
        try put.run()
      }
      get.bind(1, "run")
      let run = (try get.first { $0.int(0) } ?? 0) + 1
      put.bind(1, "run")
      put.bind(2, run)
      try put.run()
      get.bind(1, "gateways")
      return (gateway, run, max(1, Int(try get.first { $0.int(0) } ?? 1)))
    }
  }

  /// Stores the number of gateways for the next run.
  func remember(gateways: Int) throws(SQLiteError) {
    let put = try database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('gateways', ?)")
    put.bind(1, Int64(gateways))
    try put.run()
  }

  /// Writes the entries in one transaction: all of them or none.
  func write(_ entries: ArraySlice<LedgerEntry>) throws(SQLiteError) {
    addedSeries.removeAll(keepingCapacity: true)
    sums.removeAll(keepingCapacity: true)
    do throws(SQLiteError) {
      try begin.run()
      for entry in entries { try write(entry) }
      for (key, sum) in sums {
        addUsage.bind(1, key.hour)
        addUsage.bind(2, key.series)
        addUsage.bind(3, sum.calls)
        addUsage.bind(4, sum.price)
        addUsage.bind(5, sum.latency)
        try addUsage.run()
      }
      try commit.run()
    } catch {
      for series in addedSeries { knownSeries.remove(series) }
      database.rollBack()
      throw error
    }
  }

  /// Rows removed in one go, so that removal does not delay commits.
  private static let removalLimit = 5000

  /// Removes rows and sums older than `keep`, and expired answers. Returns whether more may be left.
  func removeExpired(at now: WallTime, keep: Duration) throws(SQLiteError) -> Bool {
    let oldest = now.milliseconds - Int64(keep.wholeNanoseconds / 1_000_000)
    return try database.transaction { () throws(SQLiteError) in
      var changes = 0
      for (sql, limit) in [
        (
          "DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT \(Self.removalLimit))",
          LedgerRow.firstId(at: oldest)
        ),
        ("DELETE FROM usage_hourly WHERE hour < ?", oldest / 3_600_000),
        (
          "DELETE FROM answers WHERE key IN (SELECT key FROM answers WHERE expires <= ? LIMIT \(Self.removalLimit))",
          now.milliseconds
        ),
      ] {
        let delete = try database.prepare(sql)
        delete.bind(1, limit)
        try delete.run()
        changes = max(changes, database.changes)
      }
      return changes >= Self.removalLimit
    }
  }

  /// Deletes rows. Their hourly sums are kept.
  func deleteCalls(_ ids: [Int64]) throws(SQLiteError) {
    try database.transaction { () throws(SQLiteError) in
      let delete = try database.prepare("DELETE FROM calls WHERE id = ?")
      for id in ids {
        delete.bind(1, id)
        try delete.run()
      }
    }
  }

  /// Copies the log into the file and closes the connection.
  func close() { database.close() }

  private func write(_ entry: LedgerEntry) throws(SQLiteError) {
    switch entry {
    case .call(let row, let intent):
      try insert(row)
      if let intent {
        deleteIntent.bind(1, intent)
        try deleteIntent.run()
      }
    case .intent(let row, let number, let answer):
      insertIntent.bind(1, number)
      insertIntent.bind(2, row.time.milliseconds)
      insertIntent.bind(3, try id(of: row.series))
      bind(insertIntent, 4, identifier: row.requestId)
      bind(insertIntent, 5, identifier: row.transaction)
      insertIntent.bind(6, row.price.micros)
      insertIntent.bind(7, row.numberHash)
      insertIntent.bind(8, answer)
      try insertIntent.run()
    case .withdrawal(let intent):
      deleteIntent.bind(1, intent)
      try deleteIntent.run()
    case .answer(let key, let expires, let record):
      putAnswer.bind(1, key)
      putAnswer.bind(2, expires.milliseconds)
      putAnswer.bind(3, record)
      try putAnswer.run()
    }
  }

  private func insert(_ row: LedgerRow) throws(SQLiteError) {
    let series = try id(of: row.series)
    let hour = HourlySeries(hour: row.time.milliseconds / 3_600_000, series: series)
    sums[hour, default: HourlySum()].add(row)
    guard keepsRows else { return }
    insertCall.bind(2, series)
    bind(insertCall, 3, identifier: row.requestId)
    bind(insertCall, 4, identifier: row.transaction)
    insertCall.bind(5, row.vendorId)
    insertCall.bind(6, row.vendorCode)
    insertCall.bind(7, row.price.micros)
    insertCall.bind(8, row.latency)
    insertCall.bind(9, row.numberHash)
    repeat {
      insertCall.bind(1, LedgerRow.firstId(at: row.time.milliseconds) | counter)
      counter = (counter + 1) & LedgerRow.counterMask
      try insertCall.run()
      // No change: a row has this id, because the clock was set back.
    } while database.changes == 0
  }

  /// Binds 32 lower-case hexadecimal digits as 16 bytes and any other text as it is.
  private func bind(_ statement: SQLiteStatement, _ parameter: Int32, identifier text: String) {
    if let value = HexIdentifier(text) {
      statement.bind(parameter, value)
    } else {
      statement.bind(parameter, text)
    }
  }

  private func id(of entry: SeriesEntry) throws(SQLiteError) -> Int64 {
    guard !knownSeries.contains(entry.id) else { return entry.id }
    insertSeries.bind(1, entry.id)
    for (column, text) in entry.series.texts.enumerated() { insertSeries.bind(Int32(column + 2), text) }
    try insertSeries.run()
    if knownSeries.count >= Self.knownSeriesLimit { knownSeries = [] }
    knownSeries.insert(entry.id)
    addedSeries.append(entry.id)
    return entry.id
  }
}

extension LedgerRow {
  /// The lower bits of an id distinguish the rows of one millisecond.
  static let counterMask: Int64 = (1 << 20) - 1

  static func time(ofId id: Int64) -> WallTime { WallTime(milliseconds: id >> 20) }

  /// The lowest id of a millisecond. Ids are sorted by time.
  static func firstId(at milliseconds: Int64) -> Int64 { milliseconds << 20 }
}

/// 32 lower-case hexadecimal digits as 16 bytes.
struct HexIdentifier {
  private(set) var bytes: (high: UInt64, low: UInt64) = (0, 0)

  init?(_ text: String) {
    guard text.utf8.count == 32 else { return nil }
    var text = text
    let isHexadecimal = text.withUTF8 { digits in
      for (position, digit) in digits.enumerated() {
        let value: UInt64
        switch digit {
        case 0x30...0x39: value = UInt64(digit &- 0x30)
        case 0x61...0x66: value = UInt64(digit &- 0x57)
        default: return false
        }
        if position < 16 { bytes.high = bytes.high << 4 | value } else { bytes.low = bytes.low << 4 | value }
      }
      return true
    }
    guard isHexadecimal else { return nil }
    bytes = (bytes.high.bigEndian, bytes.low.bigEndian)
  }
}

/// One thing to write.
enum LedgerEntry: Sendable {
  /// A call, and the number of its intent if there is one.
  case call(LedgerRow, intent: Int64?)
  /// A call that is about to start. `answer`: the key of the idempotent answer that it will produce.
  case intent(LedgerRow, number: Int64, answer: [UInt8]?)
  /// Nothing was sent for an intent.
  case withdrawal(intent: Int64)
  /// An encrypted idempotent answer.
  case answer(key: [UInt8], expires: WallTime, record: [UInt8])
}
