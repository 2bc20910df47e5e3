import Configuration
import NumberAuth

/// The part of a configuration that requests read. Immutable: a reload replaces the whole snapshot. Of `server` it
/// contains only the session keys, because requests use no other setting there that a reload changes.
///
/// Every loop has its own copy. A request retains the copy of its loop, so the loops do not contend for one reference
/// count.
final class Snapshot: Sendable {
  let accounts: [String: Account]
  let apps: [String: App]
  let providers: [String: ProviderFile]
  let router: Router
  let teams: TeamDirectory
  /// The gates of the accounts, by name.
  let gates: [String: AccountGate]
  private let gatesOfAccounts: [ObjectIdentifier: AccountGate]
  /// The credentials of the accounts that need some, by name.
  let credentials: [String: AccountCredentials]
  /// The accounts of routes that have exactly one.
  private let soleAccounts: [AppRoute: Account]
  let sessions: Sessions
  let limits: ConfiguredLimits
  /// The reusable SDK parameters of this loop. A new configuration starts without any, because its accounts may have
  /// other credentials.
  let parameters = ParameterCache()

  private struct AppRoute: Hashable {
    let appId: String
    let channel: Channel
    let operation: Operation
  }

  /// - Parameter fallbackKey: Signs sessions if the configuration has no key.
  init(
    _ configuration: Configuration, gates: [String: AccountGate], credentials: [String: AccountCredentials],
    limits: ConfiguredLimits, fallbackKey: [UInt8]
  ) {
    let keys = configuration.server.sessionKeys.map { Array($0.revealed.utf8) }
    sessions = Sessions(keys: keys.isEmpty ? [fallbackKey] : keys)
    self.gates = gates
    self.credentials = credentials
    self.limits = limits
    gatesOfAccounts = Dictionary(
      uniqueKeysWithValues: configuration.accounts.values.compactMap { account in
        gates[account.name].map { (ObjectIdentifier(account), $0) }
      })
    var soleAccounts: [AppRoute: Account] = [:]
    for app in configuration.apps.values {
      for (route, candidates) in app.routes where candidates.count == 1 {
        soleAccounts[AppRoute(appId: app.id, channel: route.channel, operation: route.operation)] =
          configuration.accounts[candidates[0].account]
      }
    }
    self.soleAccounts = soleAccounts
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
    credentials = other.credentials
    gatesOfAccounts = other.gatesOfAccounts
    soleAccounts = other.soleAccounts
    sessions = other.sessions
    limits = other.limits
  }

  /// The account of a route that has exactly one; nil for every other route.
  func soleAccount(of app: App, _ channel: Channel, _ operation: Operation) -> Account? {
    soleAccounts[AppRoute(appId: app.id, channel: channel, operation: operation)]
  }

  /// The gate of one of the accounts.
  func gate(of account: Account) -> AccountGate {
    guard let gate = gatesOfAccounts[ObjectIdentifier(account)] else { preconditionFailure("every account has a gate") }
    return gate
  }

  /// Another object with the same content.
  func copy() -> Snapshot { Snapshot(self) }
}
