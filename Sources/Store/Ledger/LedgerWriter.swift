import Dispatch
import Networking
import NumberAuth

/// The thread that writes the ledger. Entries of all event loops are committed together: at most one commit every two
/// milliseconds, so that a thousand callers share one write to the disk. See `Ledger`.
final class LedgerWriter: @unchecked Sendable {
  /// Maximum number of entries in memory while they cannot be written.
  static let memoryLimit = 100_000
  /// Minimum time between two commits.
  private static let commitInterval = Duration.milliseconds(2)
  /// Minimum time after a commit of at least `largeBatch` entries: under load, each commit has more rows.
  private static let busyCommitInterval = Duration.milliseconds(4)
  private static let largeBatch = 16
  /// Maximum time until a commit if no answer waits for it.
  private static let relaxedInterval = Duration.milliseconds(50)
  /// Time between two attempts while writing fails.
  private static let retryInterval = Duration.seconds(1)
  /// Maximum number of entries in one transaction.
  private static let batchLimit = 10_000

  private let settings: LedgerSettings
  private let files: LedgerFiles
  private let maintenance: LedgerMaintenance
  private let loop: EventLoop
  private let clock: @Sendable () -> WallTime
  private let report: @Sendable (Ledger.Event) -> Void
  private let queues = Locked<[LedgerQueue]>([])
  private let readings = Locked(Ledger.Reading())

  // Accessed on the thread only.

  private var database: LedgerDatabase?
  /// Entries that could not be written. Its memory is reused for the entries of each commit.
  private var unwritten: [LedgerEntry] = []
  private var latestBatch = 0
  private var isScheduled = false
  private var latestCommit = MonotonicTime(nanoseconds: 0)
  private var nextAttempt: MonotonicTime?
  private var hasReportedLoss = false
  private var hasReportedRemoval = false

  /// Starts the thread. Throws if the process cannot create it.
  init(
    _ database: LedgerDatabase, _ files: LedgerFiles, _ settings: LedgerSettings, _ maintenance: LedgerMaintenance,
    clock: @escaping @Sendable () -> WallTime, report: @escaping @Sendable (Ledger.Event) -> Void
  ) throws(SystemError) {
    self.database = database
    self.files = files
    self.settings = settings
    self.maintenance = maintenance
    self.clock = clock
    self.report = report
    loop = try EventLoop.start(name: "numgate-ledger")
    if files.isOnDisk { loop.execute { [weak self] in self?.maintain() } }
  }

  deinit { loop.stop() }

  // MARK: Called on other threads

  var reading: Ledger.Reading { readings.withLock { $0 } }

  func add(_ queue: LedgerQueue) { queues.withLock { $0.append(queue) } }

  func wake() {
    loop.execute { [self] in schedule() }
  }

  func countUnacknowledged(_ count: Int) {
    readings.withLock { $0.unacknowledged += UInt64(count) }
  }

  /// Runs `body` between two commits. The database is nil if it is closed or cannot be opened.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (LedgerDatabase?) -> Result) async -> Result {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in continuation.resume(returning: body(database)) }
    }
  }

  /// As `perform`, but blocks the caller, which must not be an event loop.
  func performBlocking<Result: Sendable>(_ body: @escaping @Sendable (LedgerDatabase?) -> Result) -> Result {
    let done = DispatchSemaphore(value: 0)
    let result = Locked<Result?>(nil)
    loop.execute { [self] in
      let value = body(database)
      result.withLock { $0 = value }
      done.signal()
    }
    done.wait()
    // `signal` follows the assignment.
    return result.withLock { $0! }
  }

  /// Commits what is queued.
  func flush() async {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        commit()
        continuation.resume()
      }
    }
  }

  /// Commits what is queued and closes the files.
  func close() async {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        nextAttempt = nil
        commit()
        database?.close()
        database = nil
        files.unlock()
        queues.withLock { $0 = [] }
        continuation.resume()
      }
    }
  }

  // MARK: On the thread

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
    let queues = queues.withLock { $0 }
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
