import Cryptography
public import NumberAuth

/// A call of the ledger, as far as a bill needs it.
public struct BillableCall: Sendable {
  public var time: WallTime
  /// nil: the vendor returned no id.
  public var vendorId: String?
  public var operation: Operation?
  public var billed: Billing
  public var price: Money
  /// Empty if the account had no price.
  public var currency: String
  public var requestId: String
}

/// A ledger that can be read call by call, in a single direction.
public protocol CallSource {
  /// Passes the calls of an account in a period to `body`: from `from`, before `to`. Blocks the thread. The memory does
  /// not depend on the number of calls.
  func forEachCall(
    account: String, from: WallTime, to: WallTime, _ body: (BillableCall) -> Void
  ) throws(StoreError)
}

extension LedgerReader: CallSource {
  public func forEachCall(
    account: String, from: WallTime, to: WallTime, _ body: (BillableCall) -> Void
  ) throws(StoreError) {
    do throws(SQLiteError) {
      // The ids of rows are sorted by time.
      let select = try database.prepare(
        "SELECT calls.id, vendor_id, operation, billed, price, currency, request FROM calls "
          + "JOIN series ON series.id = calls.series WHERE calls.id >= ? AND calls.id < ? AND account = ? "
          + "ORDER BY calls.id")
      select.bind(1, LedgerRow.firstId(at: from.milliseconds))
      select.bind(2, LedgerRow.firstId(at: to.milliseconds))
      select.bind(3, account)
      try select.forEachRow { row in
        body(
          BillableCall(
            time: LedgerRow.time(ofId: row.int(0)), vendorId: row.isNull(1) ? nil : row.text(1),
            operation: Operation(rawValue: row.text(2)), billed: Billing(rawValue: row.text(3)) ?? .unknown,
            price: Money(micros: row.int(4)), currency: row.text(5), requestId: row.identifier(6)))
      }
    } catch {
      throw .database(error)
    }
  }
}

/// The calls of all gateways in the shared database. Used on one thread, which it blocks. Calls that are not shipped
/// yet are missing.
public final class SharedCalls: CallSource {
  /// Rows in the memory at a time.
  static let page = 10_000

  private let session: PostgresSession

  /// Does not connect.
  public init(_ connectionString: Secret) {
    session = PostgresSession(
      connectionString, name: "numgate reconcile",
      prepare: { connection throws(PostgresError) in try PostgresSchema.migrate(connection) })
  }

  public func forEachCall(
    account: String, from: WallTime, to: WallTime, _ body: (BillableCall) -> Void
  ) throws(StoreError) {
    var (at, seq, source, app) = ("", Int64(0), Int64(0), Int64(0))
    do throws(PostgresError) {
      while true {
        let isFirst = at.isEmpty
        let parameters: [PostgresValue] = [
          PostgresValue(CopyText.timestamp(from)), PostgresValue(CopyText.timestamp(to)), PostgresValue(account),
        ]
        let next: [PostgresValue] = [
          PostgresValue(at), PostgresValue(seq), PostgresValue(source), PostgresValue(app),
        ]
        let rows = try session.use { connection throws(PostgresError) in
          try connection.run(Self.sql(isFirst: isFirst), isFirst ? parameters : parameters + next)
        }
        for (row, fields) in rows.rows.enumerated() {
          body(
            BillableCall(
              time: WallTime(milliseconds: rows.integer(row, 4)), vendorId: fields[5],
              operation: Operation(rawValue: fields[6] ?? ""), billed: Billing(rawValue: fields[7] ?? "") ?? .unknown,
              price: Money(micros: rows.integer(row, 8)), currency: fields[9] ?? "",
              requestId: Self.identifier(rows.bytes(row, 10) ?? [])))
        }
        guard rows.rows.count == Self.page, let last = rows.rows.indices.last else { return }
        (at, seq) = (rows.rows[last][0] ?? "", rows.integer(last, 1))
        (source, app) = (rows.integer(last, 2), rows.integer(last, 3))
      }
    } catch {
      throw .shared(error)
    }
  }

  /// The next page in the order of the primary key: the statement reads each row once.
  private static func sql(isFirst: Bool) -> String {
    """
    SELECT c.at, c.seq, c.source, c.app, (extract(epoch FROM c.at) * 1000)::bigint, c.vendor_id, s.operation,
      s.billed, c.price, s.currency, c.request
    FROM calls c JOIN series s ON s.id = c.series
    WHERE c.at >= $1::timestamptz AND c.at < $2::timestamptz AND s.account = $3::text
      \(isFirst ? "" : "AND c.at >= $4::timestamptz AND (c.at, c.seq, c.source, c.app) > "
        + "($4::timestamptz, $5::bigint, $6::integer, $7::integer)")
    ORDER BY c.at, c.seq, c.source, c.app LIMIT \(page)
    """
  }

  /// The reverse of `CopyText.identifier`.
  private static func identifier(_ bytes: [UInt8]) -> String {
    switch bytes.count {
    case 16: Hex.encode(bytes)
    case 17 where bytes.last == 0: String(decoding: bytes.dropLast(), as: UTF8.self)
    default: String(decoding: bytes, as: UTF8.self)
    }
  }
}
