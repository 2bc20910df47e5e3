import Networking
import NumberAuth
import Store

/// The limits that gateways share: those of teams and apps, and the calls per second that accounts allow.
final class SharedGatewayLimits: SharedLimitUser {
  private let registry: LimitRegistry
  private let gates: VendorGates
  private let ledger: Ledger
  private let log: LogWriter

  init(_ registry: LimitRegistry, _ gates: VendorGates, _ ledger: Ledger, _ log: LogWriter) {
    self.registry = registry
    self.gates = gates
    self.ledger = ledger
    self.log = log
  }

  func uses() -> [LimitUse] {
    registry.uses(at: .wallClock) + gates.uses()
  }

  func apply(_ shares: [String: LimitShare]) {
    registry.apply(shares, at: .wallClock)
    gates.apply(shares)
  }

  func changed(gateways: Int) { ledger.remember(gateways: gateways) }

  func changed(error: PostgresError?) { LedgerLog(writer: log).write(error, at: .wallClock) }
}
