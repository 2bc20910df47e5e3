import Configuration
import NumberAuth

/// What requests read of a configuration: never changed, replaced as a whole. It holds nothing of `server`, which a
/// reload leaves as it was.
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

  init(_ configuration: Configuration, gates: [String: AccountGate]) {
    self.gates = gates
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
  }

  /// Another object with the same content.
  func copy() -> Snapshot { Snapshot(self) }
}
