/// The rows that a gateway has written to its own database and not yet shipped to the shared one.
///
/// The shipper calls all functions on its thread; they may block. Several shippers of one outbox are not supported.
public protocol Outbox: Sendable {
  /// Identifies this outbox in the shared database: a random number that is created with the database file. A new file
  /// counts its rows from the beginning and must have a new number.
  func source() throws -> Int32

  /// Rows that are not acknowledged, at most `limit`, the oldest first. A row that is returned again, also after a
  /// restart, has the same number and time as before.
  func next(limit: Int) throws -> [OutboxRow]

  /// The shared database has these rows, which `next` has returned: they can be deleted.
  func acknowledge(_ rows: [OutboxRow]) throws

  /// Number of rows that are not acknowledged. An estimate is sufficient; it is only shown.
  func waiting() throws -> Int
}

/// A row of the outbox.
public struct OutboxRow: Sendable {
  /// The number of the row in its outbox; never reused.
  public var sequence: Int64
  public var row: LedgerRow

  public init(sequence: Int64, row: LedgerRow) {
    self.sequence = sequence
    self.row = row
  }
}

/// What the shipper reports. All numbers are totals since the start of the process.
public struct ShippingReadings: Sendable, Equatable {
  /// Rows that were waiting at the last batch.
  public var waiting = 0
  /// Rows that the shared database has confirmed.
  public var shipped = 0
  /// Shipped rows that the shared database already had, for example because an acknowledgement was lost.
  public var duplicates = 0
  /// Rows that were older than `ledger.keep` and were not shipped.
  public var expired = 0
  /// Rows that the shared database refused for their contents, and that were skipped.
  public var refused = 0
  /// Failed attempts.
  public var failures = 0
  /// Wall-clock time of the last successful batch or of the last look into an empty outbox, in milliseconds since the
  /// Unix epoch; nil before it.
  public var lastSuccess: Int64?
  /// The error of the last attempt; nil if it succeeded.
  public var error: PostgresError?
}
