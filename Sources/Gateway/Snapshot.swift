import Configuration
import NumberAuth

/// What requests read of a configuration: never changed, replaced as a whole. Of `server` it holds only the session keys:
/// a reload does not change the other settings there.
///
/// Every loop has an object of its own: a request retains the one of its loop, so that no processor waits for another's
/// reference count.
final class Snapshot: Sendable {
  let accounts: [String: Account]
  let apps: [String: App]
  let providers: [String: ProviderFile]
  let router: Router
  let teams: TeamDirectory
  /// The gates of the accounts, by name.
  let gates: [String: AccountGate]
  private let gatesOfAccounts: [ObjectIdentifier: AccountGate]
  let sessions: Sessions

  /// - Parameter fallbackKey: signs sessions if the configuration has no key.
  init(_ configuration: Configuration, gates: [String: AccountGate], fallbackKey: [UInt8]) {
    let keys = configuration.server.sessionKeys.map { Array($0.revealed.utf8) }
    sessions = Sessions(keys: keys.isEmpty ? [fallbackKey] : keys)
    self.gates = gates
    gatesOfAccounts = Dictionary(
      uniqueKeysWithValues: configuration.accounts.values.compactMap { account in
        gates[account.name].map { (ObjectIdentifier(account), $0) }
      })
    accounts = configuration.accounts
    apps = configuration.apps
    providers = configuration.providers
    router = configuration.router
    teams = TeamDirectory(configuration.teams)
  }

  private init(_ other: Snapshot) {
    accounts = other.accounts
    apps = other.apps
    providers = other.providers
    router = other.router
    teams = other.teams
    gates = other.gates
    gatesOfAccounts = other.gatesOfAccounts
    sessions = other.sessions
  }

  /// The gate of one of the accounts.
  func gate(of account: Account) -> AccountGate {
    guard let gate = gatesOfAccounts[ObjectIdentifier(account)] else { preconditionFailure("every account has a gate") }
    return gate
  }

  /// Another object with the same content.
  func copy() -> Snapshot { Snapshot(self) }
}
