import Configuration
import Networking

/// The credentials of all accounts that need some. A reload keeps those of an unchanged account.
final class VendorCredentials: Sendable {
  private struct Kept: Sendable {
    let fingerprint: Int?
    let credentials: AccountCredentials
  }

  private let accounts = Locked<[String: Kept]>([:])

  /// Returns the credentials of the accounts of this configuration, by name, and discards those of others.
  func activate(_ configuration: Configuration) -> [String: AccountCredentials] {
    accounts.withLock { accounts in
      var next: [String: Kept] = [:]
      for account in configuration.accounts.values where account.credentialUser != nil {
        let fingerprint = configuration.fingerprint.ofAccount(account.name)
        let kept = accounts[account.name].flatMap { $0.fingerprint == fingerprint ? $0 : nil }
        next[account.name] = kept ?? Kept(fingerprint: fingerprint, credentials: AccountCredentials())
      }
      accounts = next
      return next.mapValues(\.credentials)
    }
  }

  /// The credentials of all accounts, by name.
  var current: [(account: String, credentials: AccountCredentials)] {
    accounts.withLock { $0.map { ($0.key, $0.value.credentials) } }
  }
}
