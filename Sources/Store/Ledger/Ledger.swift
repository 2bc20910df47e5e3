import Dispatch
public import Networking
public import NumberAuth

/// Writes the ledger on a thread of its own. Entries of all event loops are committed together: at most one commit
/// every two milliseconds, so that a thousand callers share one write to the disk.
///
/// If the disk is full or fails, calls continue: entries stay in memory up to `memoryLimit` and are written when the disk
/// is back; further entries are lost and counted. `docs/ledger.md` describes the guarantees.
public final class Ledger: @unchecked Sendable {
  /// Maximum number of entries in memory while they cannot be written.
  public static let memoryLimit = 100_000
  /// Minimum time between two commits.
  static let commitInterval = Duration.milliseconds(2)
  /// Minimum time after a commit of at least `largeBatch` entries: under load, each commit has more rows.
  static let busyCommitInterval = Duration.milliseconds(4)
  static let largeBatch = 16
  /// Maximum time until a commit if no answer waits for it.
  static let relaxedInterval = Duration.milliseconds(50)
  /// Time between two attempts while writing fails.
  static let retryInterval = Duration.seconds(1)
  /// Maximum number of entries in one transaction.
  static let batchLimit = 10_000

  /// Something that the operator needs to know.
  public enum Event: Sendable {
    /// Writing fails; reported once until it works again.
    case failing(reason: String)
    case recovered(waiting: Int, lost: UInt64)
    /// Entries were dropped because the memory limit is reached; reported once until writing works again.
    case losing
    /// Rows older than `keep` cannot be removed; reported once until it works again.
    case removalFailing(reason: String)
    /// A damaged database was moved aside.
    case movedAside(path: String, reason: String)
  }

  /// Figures for metrics.
  public struct Reading: Sendable {
    /// Entries written since the start.
    public var written: UInt64 = 0
    /// Rows of calls among them.
    public var rows: UInt64 = 0
    public var commits: UInt64 = 0
    /// Entries dropped because the memory limit was reached.
    public var lost: UInt64 = 0
    /// Answers that left before their row was synced, because the disk took too long.
    public var unacknowledged: UInt64 = 0
    /// Entries in memory that could not be written yet.
    public var waiting = 0
    public var isFailing = false
  }

  public let settings: LedgerSettings
  /// The id of this gateway in the rows.
  public let gateway: String
  /// The number of gateways that shared limits in the last run; 1 if it is not known.
  public let knownGateways: Int
  let files: LedgerFiles
  private let keys: StoreKeys
  private let loop: EventLoop
  private let report: @Sendable (Event) -> Void
  private let clock: @Sendable () -> WallTime
  private let state = Locked(State())
  private let readings = Locked(Reading())
  private let maintenance: LedgerMaintenance

  private struct State {
    var queues: [LedgerQueue] = []
    var nextIntent: Int64
    init() { nextIntent = 0 }
  }

  // Accessed on the writer's thread only.

  private var database: LedgerDatabase?
  /// Entries that could not be written. Its memory is reused for the entries of each commit.
  private var unwritten: [LedgerEntry] = []
  private var latestBatch = 0
  private var isScheduled = false
  private var latestCommit = MonotonicTime(nanoseconds: 0)
  private var nextAttempt: MonotonicTime?
  private var hasReportedLoss = false
  private var hasReportedRemoval = false

  /// Opens the database, recovers the calls that a crash has interrupted and starts the threads.
  /// - Parameter report: Called on the writer's thread.
  public init(
    _ store: StoreSettings, _ settings: LedgerSettings, answersLife: Duration = .seconds(600),
    clock: @escaping @Sendable () -> WallTime = { .systemClock }, report: @escaping @Sendable (Event) -> Void
  ) throws(StoreError) {
    self.settings = settings
    self.report = report
    self.clock = clock
    keys = StoreKeys(store.keys)
    files = try LedgerFiles(store.path)
    var reports: [Event] = []
    let database = try files.open { reports.append($0) }
    self.database = database
    gateway = database.gateway
    knownGateways = database.knownGateways
    do throws(SQLiteError) {
      try LedgerRecovery.recover(database, answersLife: answersLife, now: clock())
    } catch {
      throw .database(error)
    }
    do throws(SystemError) {
      loop = try EventLoop.start(name: "numgate-ledger")
      maintenance = try LedgerMaintenance(files)
    } catch {
      throw .folder(path: store.path ?? ":memory:", reason: "\(error)")
    }
    state.withLock { $0.nextIntent = database.firstIntent }
    for event in reports { report(event) }
    if files.isOnDisk { loop.execute { [weak self] in self?.maintain() } }
  }

  deinit {
    loop.stop()
  }

  /// Stores the number of gateways for the next run.
  public func remember(gateways: Int) {
    loop.execute { [self] in try? database?.remember(gateways: gateways) }
  }

  /// The queue of one event loop. Call once for each loop.
  public func queue(on loop: EventLoop) -> LedgerQueue {
    let queue = LedgerQueue(self, loop)
    state.withLock { $0.queues.append(queue) }
    return queue
  }

  public var reading: Reading { readings.withLock { $0 } }

  /// Whether new calls must be refused: writing fails and `onError` is `refuse`.
  public var refusesCalls: Bool { settings.onError == .refuse && readings.withLock { $0.isFailing } }

  /// The keyed hash of a phone number for a row; nil unless `numberHash` is set.
  public func numberHash(_ number: PhoneNumber) -> [UInt8]? {
    settings.numberHash ? keys.numberHash(number) : nil
  }

  /// Sums of the ledger. Runs on the thread of the readers.
  public func usage(_ query: UsageQuery) async -> Result<[UsageRow], StoreError> {
    guard !files.isOnDisk else { return await maintenance.read(query) }
    // Only the writer's connection has the database in memory.
    return await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        do throws(SQLiteError) {
          guard let database else { return continuation.resume(returning: .success([])) }
          continuation.resume(returning: .success(try query.run(on: database.database)))
        } catch {
          continuation.resume(returning: .failure(.database(error)))
        }
      }
    }
  }

  /// The calls of each team and app in the current month; nil if the database cannot be read. Blocks the caller, which
  /// must not be an event loop.
  public func usageHistory() -> [UsageHistory]? {
    let (calendar, now) = (LimitCalendar(offset: settings.utcOffset), clock())
    guard !files.isOnDisk else {
      return (try? SQLiteDatabase(files.database)).flatMap { try? UsageHistory.read($0, calendar, now: now) }
    }
    // Only the writer's connection has the database in memory.
    let done = DispatchSemaphore(value: 0)
    let result = Locked<[UsageHistory]?>(nil)
    loop.execute { [self] in
      if let database = database?.database {
        let history = try? UsageHistory.read(database, calendar, now: now)
        result.withLock { $0 = history }
      }
      done.signal()
    }
    done.wait()
    return result.withLock { $0 }
  }

  /// Whether idempotent answers survive a restart.
  public var keepsAnswers: Bool { files.isOnDisk }

  /// The record of the first of these names that has one, from the database. Runs on the thread of the readers.
  func answer(named names: [AnswerName]) async -> StoredRecord? { await maintenance.answer(named: names) }

  /// Writes everything that is queued, then closes the files. Nothing may be appended afterwards. Call from any task.
  public func close() async {
    await maintenance.stop()
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        nextAttempt = nil
        commit()
        database?.close()
        database = nil
        files.unlock()
        state.withLock { $0.queues = [] }
        continuation.resume()
      }
    }
  }

  /// Returns when everything appended so far is written, or cannot be written now.
  public func flush() async {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        commit()
        continuation.resume()
      }
    }
  }

  /// The rows on their way to a shared database. Use one outbox only.
  public var outbox: any Outbox { LedgerOutbox(self) }

  /// Deletes rows on the writer's thread. Blocks the caller, which must not be an event loop.
  func deleteCalls(_ ids: [Int64]) throws(SQLiteError) {
    let done = DispatchSemaphore(value: 0)
    let result = Locked(Result<Void, SQLiteError>.success(()))
    loop.execute { [self] in
      if let database {
        do throws(SQLiteError) {
          try database.deleteCalls(ids)
        } catch {
          result.withLock { $0 = .failure(error) }
        }
      }
      done.signal()
    }
    done.wait()
    try result.withLock { $0 }.get()
  }

  // MARK: Called by queues, on their loops

  func nextIntent() -> Int64 {
    state.withLock { state in
      state.nextIntent += 1
      return state.nextIntent
    }
  }

  func countUnacknowledged(_ count: Int) {
    readings.withLock { $0.unacknowledged += UInt64(count) }
  }

  func wake() {
    loop.execute { [self] in schedule() }
  }

  // MARK: On the writer's thread

  private func schedule() {
    guard !isScheduled else { return }
    isScheduled = true
    let interval =
      switch settings.durability {
      case .relaxed: Self.relaxedInterval
      default: latestBatch < Self.largeBatch ? Self.commitInterval : Self.busyCommitInterval
      }
    let passed = MonotonicTime.now.nanoseconds(since: latestCommit)
    if settings.durability != .relaxed, passed >= interval.wholeNanoseconds {
      commit()
    } else {
      let wait = settings.durability == .relaxed ? interval.wholeNanoseconds : interval.wholeNanoseconds - passed
      loop.call(after: .nanoseconds(Int64(wait))) { [weak self] in self?.commit() }
    }
  }

  private func commit() {
    isScheduled = false
    guard database != nil else { return }
    let queues = state.withLock { $0.queues }
    var finished: [(queue: LedgerQueue, through: LedgerQueue.Ticket)] = []
    var entries: [LedgerEntry] = []
    swap(&entries, &unwritten)
    for queue in queues {
      if let through = queue.take(into: &entries) { finished.append((queue, through)) }
    }
    defer { swap(&entries, &unwritten) }
    guard !entries.isEmpty else { return }
    latestBatch = entries.count
    let now = MonotonicTime.now
    let isWritten = nextAttempt.map { $0 <= now } != false && write(&entries)
    for (queue, through) in finished { queue.finish(through: through, isWritten: isWritten) }
    if !isWritten { keep(&entries) } else if entries.capacity > Self.batchLimit { entries = [] }
  }

  /// Writes as many entries as possible and removes them. Returns whether all of them are written.
  private func write(_ entries: inout [LedgerEntry]) -> Bool {
    while !entries.isEmpty {
      let end = Self.batchEnd(entries)
      do throws(SQLiteError) {
        guard let database else { return false }
        try database.write(entries[..<end])
      } catch {
        if error.isCorrupt, replaceDatabase(error) { continue }
        failed(error)
        return false
      }
      latestCommit = .now
      let rows = entries[..<end].count { if case .call = $0 { true } else { false } }
      readings.withLock {
        $0.written += UInt64(end)
        $0.rows += UInt64(rows)
        $0.commits += 1
      }
      if end == entries.count { entries.removeAll(keepingCapacity: true) } else { entries.removeFirst(end) }
    }
    succeeded()
    return true
  }

  /// The end of the first batch. An answer is in the batch of its call.
  private static func batchEnd(_ entries: [LedgerEntry]) -> Int {
    guard entries.count > batchLimit else { return entries.count }
    return if case .answer = entries[batchLimit] { batchLimit + 1 } else { batchLimit }
  }

  private func failed(_ error: SQLiteError) {
    let wasFailing = readings.withLock { reading in
      defer { reading.isFailing = true }
      return reading.isFailing
    }
    nextAttempt = MonotonicTime.now.advanced(by: Self.retryInterval)
    if !wasFailing { report(.failing(reason: "\(error)")) }
    loop.call(after: Self.retryInterval) { [weak self] in
      guard let self else { return }
      if nextAttempt != nil { nextAttempt = .now }
      commit()
    }
  }

  private func succeeded() {
    guard nextAttempt != nil else { return }
    nextAttempt = nil
    hasReportedLoss = false
    let (waiting, lost) = readings.withLock { reading in
      defer {
        reading.isFailing = false
        reading.waiting = 0
      }
      return (reading.waiting, reading.lost)
    }
    report(.recovered(waiting: waiting, lost: lost))
  }

  /// Keeps entries for the next attempt, up to the limit.
  private func keep(_ entries: inout [LedgerEntry]) {
    let lost = max(0, entries.count - Self.memoryLimit)
    entries.removeLast(lost)
    let waiting = entries.count
    readings.withLock { reading in
      reading.waiting = waiting
      reading.lost += UInt64(lost)
    }
    if lost > 0, !hasReportedLoss {
      hasReportedLoss = true
      report(.losing)
    }
  }

  private func replaceDatabase(_ error: SQLiteError) -> Bool {
    database?.close()
    database = nil
    do throws(StoreError) {
      let path = try files.moveAside()
      database = try files.open { _ in }
      report(.movedAside(path: path, reason: "\(error)"))
      return true
    } catch {
      // Opened again at the next attempt.
      database = try? files.open { _ in }
      return false
    }
  }

  /// Checkpoints and removes expired entries, on timers.
  private func maintain() {
    loop.call(after: LedgerMaintenance.interval) { [weak self] in
      guard let self, database != nil else { return }
      maintenance.checkpoint { [weak self] in
        self?.loop.execute { [weak self] in try? self?.database?.database.checkpoint() }
      }
      removeExpired()
      maintain()
    }
  }

  private func removeExpired() {
    guard let database, nextAttempt == nil else { return }
    let now = clock()
    do throws(SQLiteError) {
      let isMoreLeft = try database.removeExpired(at: now, keep: settings.keep)
      hasReportedRemoval = false
      if isMoreLeft { loop.execute { [weak self] in self?.removeExpired() } }
    } catch {
      if !hasReportedRemoval { report(.removalFailing(reason: "\(error)")) }
      hasReportedRemoval = true
    }
  }
}

extension Duration {
  /// Zero if it is negative.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return seconds < 0 ? 0 : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
