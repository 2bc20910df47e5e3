public import Configuration
import JSON
import NumberAuth
public import Store

/// Log lines about the ledger itself. They contain paths and errors of the database, but no row.
struct LedgerLog: Sendable {
  let writer: LogWriter

  /// The shared database is not available, or is again (nil).
  func write(_ error: PostgresError?, at now: WallTime) {
    var writer = JSONWriter(reservingCapacity: 256)
    writer.object {
      $0.member("time", now.iso8601)
      $0.member("event", "shared-store")
      $0.member("level", error == nil ? "info" : "error")
      $0.member("state", error == nil ? "available" : "unavailable")
      if let error { $0.member("reason", "\(error)") }
    }
    writer.endLine()
    self.writer.write(writer.bytes)
  }

  func write(_ event: Ledger.Event, at now: WallTime) {
    var writer = JSONWriter(reservingCapacity: 256)
    writer.object {
      $0.member("time", now.iso8601)
      $0.member("event", "ledger")
      switch event {
      case .failing(let reason):
        $0.member("level", "error")
        $0.member("state", "failing")
        $0.member("reason", reason)
      case .recovered(let waiting, let lost):
        $0.member("level", "info")
        $0.member("state", "recovered")
        $0.member("written", waiting)
        $0.member("lost", Int(clamping: lost))
      case .losing:
        $0.member("level", "error")
        $0.member("state", "losing")
        $0.member("reason", "the memory for rows that cannot be written is full")
      case .removalFailing(let reason):
        $0.member("level", "error")
        $0.member("state", "removal-failing")
        $0.member("reason", reason)
      case .movedAside(let path, let reason):
        $0.member("level", "error")
        $0.member("state", "replaced")
        $0.member("reason", reason)
        $0.member("movedTo", path)
      }
    }
    writer.endLine()
    self.writer.write(writer.bytes)
  }
}

extension Ledger {
  /// Opens the ledger of a configuration; nil if it is off. Its events are written to the log.
  /// - Parameter folder: used in place of `store.path`.
  public static func open(
    _ configuration: Configuration, folder: String? = nil, log: LogWriter
  ) throws(StoreError) -> Ledger? {
    guard configuration.ledger.durability != .off else { return nil }
    let ledgerLog = LedgerLog(writer: log)
    var store = configuration.store
    if let folder { store.path = folder == ":memory:" ? nil : folder }
    return try Ledger(store, configuration.ledger, answersLife: configuration.idempotency.keep) {
      ledgerLog.write($0, at: .wallClock)
    }
  }
}

extension SharedStore {
  /// Opens the shared store of a configuration; nil if it has none. A database that is not available is logged, and the
  /// gateway starts without it.
  public static func open(
    _ configuration: Configuration, _ ledger: Ledger?, log: LogWriter
  ) throws(StoreError) -> SharedStore? {
    guard let postgres = configuration.store.postgres, let ledger else { return nil }
    return try SharedStore(
      postgres, gateway: ledger.gateway, keep: configuration.ledger.keep, outbox: ledger.outbox,
      now: { .systemClock }, report: { LedgerLog(writer: log).write($0, at: .wallClock) })
  }
}
