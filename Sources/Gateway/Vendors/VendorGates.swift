import Configuration
import Networking

/// The gates of all accounts and hosts. A reload keeps the gate of an account, with its queue and its breaker, if its
/// provider and its host are unchanged.
final class VendorGates: Sendable {
  private struct Gates {
    var accounts: [String: AccountGate] = [:]
    var hosts: [HTTPOrigin: HostGate] = [:]
  }

  private let settings: BreakerSettings
  private let gates = Locked(Gates())
  private let sharesLimits: Bool

  /// - Parameter sharesLimits: Whether several gateways share the calls per second that accounts allow.
  init(_ settings: BreakerSettings, sharesLimits: Bool = false) {
    self.settings = settings
    self.sharesLimits = sharesLimits
  }

  /// The current gates, by account.
  var accounts: [String: AccountGate] { gates.withLock { $0.accounts } }

  /// Returns the gates of these accounts, by name. Discards the gates of other accounts; calls in flight keep theirs.
  func apply(_ accounts: some Sequence<Account>) -> [String: AccountGate] {
    gates.withLock { gates in
      var next = Gates()
      for account in accounts {
        let host =
          next.hosts[account.origin] ?? gates.hosts[account.origin] ?? HostGate(account.origin, settings)
        next.hosts[account.origin] = host
        if let gate = gates.accounts[account.name], gate.provider == account.file.name, gate.host === host {
          gate.apply(account.limits)
          next.accounts[account.name] = gate
        } else {
          next.accounts[account.name] = AccountGate(account, settings, host, sharesLimits: sharesLimits)
        }
      }
      gates = next
      return next.accounts
    }
  }
}
