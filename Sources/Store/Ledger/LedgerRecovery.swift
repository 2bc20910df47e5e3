import Cryptography
import NumberAuth

/// Turns the intents of a crashed process into rows: the vendor may have received the call and may have billed it.
enum LedgerRecovery {
  /// - Parameter answersLife: How long the interrupted calls of idempotent requests are remembered.
  static func recover(_ database: LedgerDatabase, answersLife: Duration, now: WallTime) throws(SQLiteError) {
    let select = try database.database.prepare(
      "SELECT intents.seq, at, request, txn, price, number_hash, answer, "
        + Series.columns.map { "\"\($0)\"" }.joined(separator: ", ")
        + " FROM intents JOIN series ON series.id = intents.series ORDER BY intents.seq")
    var entries: [LedgerEntry] = []
    try select.forEachRow { row in
      guard var series = Series(texts: Series.columns.indices.map { row.text(Int32(7 + $0)) }) else { return }
      series.outcome = "failed"
      series.reason = .vendorTimeout
      series.delivery = .unknown
      series.billed = .unknown
      let call = LedgerRow(
        time: WallTime(milliseconds: row.int(1)), series: SeriesEntry(series), requestId: row.identifier(2),
        transaction: row.identifier(3), price: Money(micros: row.int(4)),
        numberHash: row.isNull(5) ? nil : row.blob(5))
      entries.append(.call(call, intent: row.int(0)))
      if !row.isNull(6) {
        entries.append(
          .answer(key: row.blob(6), expires: now.advanced(by: answersLife), record: IdempotentRecord.interrupted))
      }
    }
    if !entries.isEmpty { try database.write(entries[...]) }
  }
}

/// The stored form of an idempotent answer.
public enum IdempotentRecord {
  /// The record of a call that a crash interrupted: its answer is unknown.
  public static let interrupted: [UInt8] = []
}

extension SQLiteStatement {
  /// An identifier that was stored as text, or as bytes if it is hexadecimal.
  func identifier(_ column: Int32) -> String { isBlob(column) ? Hex.encode(blob(column)) : text(column) }
}
