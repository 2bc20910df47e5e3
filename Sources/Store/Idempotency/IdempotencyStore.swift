/// Stores encrypted answers, so that they survive a restart. Used on one event loop.
public protocol IdempotencyStore: Sendable {
  /// Whether answers survive a restart. If not, nothing is appended or read.
  var keepsAnswers: Bool { get }

  /// The record of the first of these names that has one; nil if no record exists or it cannot be read.
  func answer(named names: [AnswerName]) async -> StoredRecord?

  /// Appends an answer. It is stored when `waitUntilCommitted` returns true for the ticket.
  func append(_ answer: EncryptedAnswer) -> LedgerQueue.Ticket

  /// Appends a call and the answer of its request: both are committed together.
  func append(_ row: LedgerRow, intent: Int64?, answer: EncryptedAnswer) -> LedgerQueue.Ticket

  func waitUntilCommitted(_ ticket: LedgerQueue.Ticket) async -> Bool
}

extension LedgerQueue: IdempotencyStore {
  public var keepsAnswers: Bool { ledger.keepsAnswers }

  public func answer(named names: [AnswerName]) async -> StoredRecord? { await ledger.answer(named: names) }

  public func append(_ answer: EncryptedAnswer) -> Ticket {
    appendAnswer(key: answer.name.bytes, expires: answer.expires, record: answer.record)
  }
}
