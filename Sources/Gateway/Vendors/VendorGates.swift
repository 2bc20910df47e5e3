import Configuration
import Networking
import Store

/// The gates of all accounts and hosts. A reload keeps the gate of an account, with its queue and its breaker, if its
/// provider and its host are unchanged.
final class VendorGates: Sendable {
  private struct Gates {
    var accounts: [String: AccountGate] = [:]
    var hosts: [HostGate.Key: HostGate] = [:]
    /// The shared limits of the configuration that is about to be activated, by account.
    var announced: [String: AccountLimits] = [:]
    /// The shares of this gateway, by account.
    var shares: [String: LimitShare] = [:]
  }

  private let settings: BreakerSettings
  private let gates = Locked(Gates())
  private let sharesLimits: Bool

  /// - Parameter sharesLimits: Whether several gateways share the calls per second that accounts allow.
  init(_ settings: BreakerSettings, sharesLimits: Bool = false) {
    self.settings = settings
    self.sharesLimits = sharesLimits
  }

  /// Prepares the limits of accounts, so that this gateway can get shares of them. The active limits stay as they are.
  func announce(_ accounts: some Sequence<Account>) {
    guard sharesLimits else { return }
    let limits = accounts.filter { $0.limits.perSecond != nil }.map { ($0.name, $0.limits) }
    gates.withLock { $0.announced = Dictionary(limits) { $1 } }
  }

  /// Returns the gates of these accounts, by name. Discards the gates of other accounts; calls in flight keep theirs.
  func activate(_ accounts: some Sequence<Account>) -> [String: AccountGate] {
    gates.withLock { gates in
      var next = Gates()
      next.shares = gates.shares
      for account in accounts {
        let key = HostGate.Key(account)
        let host = next.hosts[key] ?? gates.hosts[key] ?? HostGate(key, settings)
        next.hosts[key] = host
        let kept = gates.accounts[account.name].flatMap { gate in
          gate.provider == account.file.name && gate.host === host ? gate : nil
        }
        let gate = kept ?? AccountGate(account, settings, host, sharesLimits: sharesLimits)
        gate.apply(account.limits, share: gates.shares[account.name])
        next.accounts[account.name] = gate
      }
      gates = next
      return next.accounts
    }
  }

  // MARK: Shared limits

  /// The use of the shared limits by this gateway.
  func uses() -> [LimitUse] {
    gates.withLock { gates in
      let current = gates.accounts.compactMap { $1.pace.use(named: Self.limitName(ofAccount: $0)) }
      let names = Set(current.map(\.name))
      return current
        + gates.announced.compactMap { account, limits in
          let name = Self.limitName(ofAccount: account)
          guard let rate = limits.perSecond, !names.contains(name) else { return nil }
          return LimitUse(name: name, kind: .rate, total: Int64(rate) * 1000, used: 0)
        }
    }
  }

  func apply(_ shares: [String: LimitShare]) {
    gates.withLock { gates in
      gates.shares = [:]
      for account in Set(gates.accounts.keys).union(gates.announced.keys) {
        guard let share = shares[Self.limitName(ofAccount: account)] else { continue }
        gates.shares[account] = share
        gates.accounts[account]?.pace.apply(share)
      }
    }
  }

  private static func limitName(ofAccount account: String) -> String { "account/\(account)/perSecond" }
}
