import Glibc
import Networking
import NumberAuth

@testable import Store

/// Waits for other threads.
func wait(_ condition: () throws -> Bool) rethrows {
  while try !condition() { usleep(500) }
}

/// An outbox in memory.
final class MemoryOutbox: Outbox {
  private struct State {
    var rows: [OutboxRow] = []
    var last: Int64 = 0
    var refusesAcknowledgements = false
  }

  private let state = Locked(State())
  private let id: Int32

  init(source: Int32 = .random(in: 1 ... .max)) { id = source }

  func append(_ rows: [LedgerRow]) {
    state.withLock { state in
      var sequence = state.rows.last?.sequence ?? state.last
      for row in rows {
        sequence += 1
        state.rows.append(OutboxRow(sequence: sequence, row: row))
      }
    }
  }

  func source() throws -> Int32 { id }

  func next(limit: Int) throws -> [OutboxRow] { state.withLock { Array($0.rows.prefix(limit)) } }

  func acknowledge(_ rows: [OutboxRow]) throws {
    let sequences = Set(rows.map(\.sequence))
    try state.withLock { state in
      if state.refusesAcknowledgements { throw TestFailure(description: "the disk is full") }
      state.last = state.rows.last?.sequence ?? state.last
      state.rows.removeAll { sequences.contains($0.sequence) }
    }
  }

  func waiting() throws -> Int { state.withLock { $0.rows.count } }

  func refuseAcknowledgements(_ refuses: Bool) { state.withLock { $0.refusesAcknowledgements = refuses } }
}

enum Sample {
  /// 2026-11-28T05:30:00Z
  static let now = WallTime(milliseconds: 1_795_843_800_000)

  static func series(
    app: String = "shop", gateway: String = "gateway-1", operation: NumberAuth.Operation = .login,
    outcome: String = "ok", reason: FailureReason? = nil
  ) -> Series {
    Series(
      gateway: gateway, team: "retail", app: app, account: "\(app)-h5", provider: "china-mobile-h5", channel: .h5,
      operation: operation, stage: .login, carrier: .chinaMobile, outcome: outcome, reason: reason,
      delivery: .answered, billed: .yes, currency: "CNY")
  }

  static func row(
    _ number: Int = 0, at time: WallTime = now, _ series: Series = series(), code: String? = nil
  ) -> LedgerRow {
    LedgerRow(
      time: time, series: SeriesEntry(series), requestId: "request-\(number)", transaction: "transaction-\(number)",
      vendorId: "vendor-\(number)", vendorCode: code, price: Money(micros: 60_000), latency: 150_000)
  }
}

extension Shipment {
  convenience init(
    _ outbox: MemoryOutbox, _ database: Secret, batch: Int = 10_000, keep: Duration = .seconds(400 * 86_400),
    now: @escaping () -> WallTime = { Sample.now }
  ) {
    var settings = OutboxShipper.Settings(keep: keep)
    settings.batch = batch
    self.init(outbox, database, "gateway-1", settings, now)
  }

  /// Ships until the outbox is empty. Returns the readings.
  @discardableResult
  func shipAll(_ outbox: MemoryOutbox, _ state: Locked<ShippingReadings> = Locked(ShippingReadings())) throws
    -> ShippingReadings
  {
    repeat { _ = step(state) } while try outbox.waiting() > 0
    return state.withLock { $0 }
  }
}
