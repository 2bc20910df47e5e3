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

  init(_ settings: BreakerSettings) { self.settings = settings }

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
          next.accounts[account.name] = AccountGate(account, settings, host)
        }
      }
      gates = next
      return next.accounts
    }
  }
}
