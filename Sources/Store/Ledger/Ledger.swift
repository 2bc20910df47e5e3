public import Networking
public import NumberAuth

/// The ledger of one gateway: written on a thread of its own (`LedgerWriter`), read on a second one (`LedgerMaintenance`).
///
/// If the disk is full or fails, calls continue: up to 100,000 entries stay in memory and are written when the disk is
/// back; further entries are lost and counted. `docs/ledger.md` describes the guarantees.
public final class Ledger: Sendable {
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
  private let clock: @Sendable () -> WallTime
  private let maintenance: LedgerMaintenance
  private let writer: LedgerWriter
  private let latestIntent: Locked<Int64>

  /// Opens the database, recovers the calls that a crash has interrupted and starts the threads.
  /// - Parameter report: Called on the writer's thread.
  public init(
    _ store: StoreSettings, _ settings: LedgerSettings, answersLife: Duration = .seconds(600),
    clock: @escaping @Sendable () -> WallTime = { .systemClock }, report: @escaping @Sendable (Event) -> Void
  ) throws(StoreError) {
    self.settings = settings
    self.clock = clock
    keys = StoreKeys(store.keys)
    files = try LedgerFiles(store.path)
    var reports: [Event] = []
    let database = try files.open { reports.append($0) }
    gateway = database.gateway
    knownGateways = database.knownGateways
    latestIntent = Locked(database.firstIntent)
    do throws(SQLiteError) {
      try LedgerRecovery.recover(database, answersLife: answersLife, now: clock())
    } catch {
      throw .database(error)
    }
    do throws(SystemError) {
      maintenance = try LedgerMaintenance(files)
      writer = try LedgerWriter(database, files, settings, maintenance, clock: clock, report: report)
    } catch {
      throw .folder(path: store.path ?? ":memory:", reason: "\(error)")
    }
    for event in reports { report(event) }
  }

  /// Stores the number of gateways for the next run. Blocks the caller, which must not be an event loop.
  public func remember(gateways: Int) {
    writer.performBlocking { try? $0?.remember(gateways: gateways) }
  }

  /// The queue of one event loop. Call once for each loop.
  public func queue(on loop: EventLoop) -> LedgerQueue {
    let queue = LedgerQueue(self, loop)
    writer.add(queue)
    return queue
  }

  public var reading: Reading { writer.reading }

  /// Whether new calls must be refused: writing fails and `onError` is `refuse`.
  public var refusesCalls: Bool { settings.onError == .refuse && writer.reading.isFailing }

  /// The keyed hash of a phone number for a row; nil unless `numberHash` is set.
  public func numberHash(_ number: PhoneNumber) -> [UInt8]? {
    settings.numberHash ? keys.numberHash(number) : nil
  }

  /// Sums of the ledger. Runs on the thread of the readers.
  public func usage(_ query: UsageQuery) async -> Result<[UsageRow], StoreError> {
    guard !files.isOnDisk else { return await maintenance.read(query) }
    // Only the writer's connection has the database in memory.
    return await writer.perform { database in
      do throws(SQLiteError) {
        return .success(try database.map { database throws(SQLiteError) in try query.run(on: database.database) } ?? [])
      } catch {
        return .failure(.database(error))
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
    return writer.performBlocking { $0.flatMap { try? UsageHistory.read($0.database, calendar, now: now) } }
  }

  /// Whether idempotent answers survive a restart.
  public var keepsAnswers: Bool { files.isOnDisk }

  /// The record of the first of these names that has one, from the database. Runs on the thread of the readers.
  func answer(named names: [AnswerName]) async -> StoredRecord? { await maintenance.answer(named: names) }

  /// Writes everything that is queued, then closes the files. Nothing may be appended afterwards. Call from any task.
  public func close() async {
    await maintenance.stop()
    await writer.close()
  }

  /// Returns when everything appended so far is written, or cannot be written now.
  public func flush() async { await writer.flush() }

  /// The rows on their way to a shared database. Use one outbox only.
  public var outbox: any Outbox { LedgerOutbox(self) }

  /// Deletes rows on the writer's thread. Blocks the caller, which must not be an event loop.
  func deleteCalls(_ ids: [Int64]) throws(SQLiteError) {
    let result: Result<Void, SQLiteError> = writer.performBlocking { database in
      do throws(SQLiteError) {
        try database?.deleteCalls(ids)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  // MARK: Called by queues, on their loops

  func nextIntent() -> Int64 {
    latestIntent.withLock { intent in
      intent += 1
      return intent
    }
  }

  func countUnacknowledged(_ count: Int) { writer.countUnacknowledged(count) }

  func wake() { writer.wake() }
}

extension Duration {
  /// Zero if it is negative.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return seconds < 0 ? 0 : UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
