import Cryptography
import Networking
import NumberAuth

/// The rows of the ledger that the shared database does not have yet. Reads with a connection of its own; rows are
/// deleted on the writer's thread, between two commits.
final class LedgerOutbox: Outbox, @unchecked Sendable {
  /// Maximum number of rows that are deleted between two commits: a few milliseconds.
  private static let deletionLimit = 1000

  private let ledger: Ledger
  // Accessed on the shipper's thread only.
  private var connection: SQLiteDatabase?
  /// Rows at the first look, and rows that the ledger had written then.
  private var start: (rows: Int, written: UInt64)?
  private var acknowledged = 0

  init(_ ledger: Ledger) { self.ledger = ledger }

  func source() throws -> Int32 {
    // The gateway's id is a random number of 32 bits that is created with the file.
    Int32(bitPattern: UInt32(ledger.gateway, radix: 16) ?? 0)
  }

  func next(limit: Int) throws -> [OutboxRow] {
    try read { database throws(SQLiteError) in
      let columns = Series.columns.map { "series.\"\($0)\"" }.joined(separator: ", ")
      let select = try database.prepare(
        "SELECT calls.id, request, txn, vendor_id, code, price, latency, number_hash, series, \(columns) "
          + "FROM calls JOIN series ON series.id = calls.series ORDER BY calls.id LIMIT ?")
      select.bind(1, Int64(limit))
      var entries: [Int64: SeriesEntry] = [:]
      var rows: [OutboxRow] = []
      try select.forEachRow { row in
        let seriesId = row.int(8)
        if entries[seriesId] == nil {
          entries[seriesId] = Series(texts: Series.columns.indices.map { row.text(Int32(9 + $0)) }).map(
            SeriesEntry.init)
        }
        guard let series = entries[seriesId] else { return }
        rows.append(
          OutboxRow(
            sequence: row.int(0),
            row: LedgerRow(
              time: LedgerRow.time(ofId: row.int(0)), series: series, requestId: row.identifier(1),
              transaction: row.identifier(2), vendorId: row.isNull(3) ? nil : row.text(3),
              vendorCode: row.isNull(4) ? nil : row.text(4), price: Money(micros: row.int(5)), latency: row.int(6),
              numberHash: row.isNull(7) ? nil : row.blob(7))))
      }
      return rows
    }
  }

  func acknowledge(_ rows: [OutboxRow]) throws {
    var rest = rows.map(\.sequence)[...]
    while !rest.isEmpty {
      try ledger.deleteCalls(Array(rest.prefix(Self.deletionLimit)))
      rest = rest.dropFirst(Self.deletionLimit)
    }
    acknowledged += rows.count
  }

  func waiting() throws -> Int {
    // Counted once: counting reads the whole table.
    if start == nil {
      let written = ledger.reading.rows
      let rows = try read { database throws(SQLiteError) in
        try database.prepare("SELECT count(*) FROM calls").first { Int($0.int(0)) } ?? 0
      }
      start = (rows + acknowledged, written)
    }
    guard let start else { return 0 }
    return max(0, start.rows + Int(ledger.reading.rows - start.written) - acknowledged)
  }

  private func read<Value>(_ body: (SQLiteDatabase) throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
    do throws(SQLiteError) {
      if connection == nil { connection = try SQLiteDatabase(ledger.files.database) }
      guard let database = connection else { preconditionFailure("the connection was just opened") }
      return try body(database)
    } catch {
      connection = nil
      throw error
    }
  }
}
