import Networking
public import NumberAuth

/// The entries of one event loop on their way to the ledger, and the requests that wait for them. All public methods
/// are called on the loop.
///
/// Bounds: a request appends at most a few entries, so the entries are bounded by the limits of connections and of the
/// ledger's memory (`LedgerWriter.memoryLimit`); each waiter is a request of an open connection.
public final class LedgerQueue: @unchecked Sendable {
  /// Identifies an appended entry. Entries are written in the order of their tickets.
  public typealias Ticket = UInt64

  private struct Pending {
    var entries: [LedgerEntry] = []
    /// The ticket of the last entry.
    var through: Ticket = 0
  }

  private struct Waiter {
    let ticket: Ticket
    let deadline: MonotonicTime
    let continuation: UnsafeContinuation<Bool, Never>
  }

  /// Maximum time that an answer waits for the disk. Then it leaves without its row being synced, and is counted.
  static let longestWait = Duration.seconds(2)

  let loop: EventLoop
  let ledger: Ledger
  private let pending = Locked(Pending())
  private var committed: Ticket = 0
  private var waiters = IndexedQueue<Waiter>()
  private var isTimerSet = false

  init(_ ledger: Ledger, _ loop: EventLoop) {
    self.ledger = ledger
    self.loop = loop
  }

  /// Appends a call. `intent` is the number of its intent, if there is one.
  @discardableResult
  public func append(_ row: LedgerRow, intent: Int64? = nil) -> Ticket { append(.call(row, intent: intent)) }

  /// Appends an intent: the call is about to start. Returns the ticket to wait for and the number of the intent.
  public func appendIntent(_ row: LedgerRow, answer: [UInt8]? = nil) -> (ticket: Ticket, intent: Int64) {
    let number = ledger.nextIntent()
    return (append(.intent(row, number: number, answer: answer)), number)
  }

  /// Removes an intent whose call was not sent.
  @discardableResult
  public func withdraw(intent: Int64) -> Ticket { append(.withdrawal(intent: intent)) }

  /// Appends a call and the encrypted answer of its request: both are committed together.
  public func append(_ row: LedgerRow, intent: Int64?, answer: EncryptedAnswer) -> Ticket {
    append(
      .call(row, intent: intent), .answer(key: answer.name.bytes, expires: answer.expires, record: answer.record))
  }

  /// Appends an encrypted idempotent answer. See `IdempotencyRegistry`.
  @discardableResult
  public func appendAnswer(key: [UInt8], expires: WallTime, record: [UInt8]) -> Ticket {
    append(.answer(key: key, expires: expires, record: record))
  }

  private func append(_ entry: LedgerEntry, _ second: LedgerEntry? = nil) -> Ticket {
    let (ticket, wasEmpty) = pending.withLock { pending in
      let wasEmpty = pending.entries.isEmpty
      pending.entries.append(entry)
      pending.through += 1
      if let second {
        pending.entries.append(second)
        pending.through += 1
      }
      return (pending.through, wasEmpty)
    }
    if wasEmpty { ledger.wake() }
    return ticket
  }

  /// Returns when the entry is committed and synced: true; or false if it cannot be written now, or if the disk takes
  /// longer than two seconds. The entry is written later in both cases.
  public func waitUntilCommitted(_ ticket: Ticket) async -> Bool {
    guard committed < ticket else { return true }
    return await withUnsafeContinuation { continuation in
      waiters.append(
        Waiter(ticket: ticket, deadline: .now.advanced(by: Self.longestWait), continuation: continuation))
      setTimer(after: Self.longestWait)
    }
  }

  private func setTimer(after duration: Duration) {
    guard !isTimerSet else { return }
    isTimerSet = true
    loop.call(after: duration) { [weak self] in self?.expire() }
  }

  private func expire() {
    isTimerSet = false
    let now = MonotonicTime.now
    var expired = 0
    while let first = waiters.first, first.deadline <= now {
      _ = waiters.popFirst()
      expired += 1
      first.continuation.resume(returning: false)
    }
    if expired > 0 { ledger.countUnacknowledged(expired) }
    if let first = waiters.first { setTimer(after: .nanoseconds(Int64(first.deadline.nanoseconds(since: now)))) }
  }

  /// Called on the loop.
  private func release(through ticket: Ticket, isWritten: Bool) {
    if isWritten { committed = max(committed, ticket) }
    while let first = waiters.first, first.ticket <= ticket {
      _ = waiters.popFirst()
      first.continuation.resume(returning: isWritten)
    }
  }

  // MARK: On the writer's thread

  /// Moves the entries to the end of `entries`. Returns the ticket of the last one; nil if the queue is empty. The queue
  /// and `entries` exchange their memory, so that a commit allocates none.
  func take(into entries: inout [LedgerEntry]) -> Ticket? {
    pending.withLock { pending in
      guard !pending.entries.isEmpty else { return nil }
      if entries.isEmpty {
        swap(&entries, &pending.entries)
      } else {
        entries += pending.entries
        pending.entries.removeAll(keepingCapacity: true)
      }
      return pending.through
    }
  }

  func finish(through ticket: Ticket, isWritten: Bool) {
    loop.execute { [self] in release(through: ticket, isWritten: isWritten) }
  }
}
