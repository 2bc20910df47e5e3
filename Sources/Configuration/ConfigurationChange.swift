/// The difference between two configurations, by the names of their entries. Computed in one pass over both.
public struct ConfigurationChange: Sendable, Equatable {
  /// Each list is sorted.
  public struct Names: Sendable, Equatable {
    public let added: [String]
    public let changed: [String]
    public let removed: [String]

    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

    init(from old: [String: Int], to new: [String: Int]) {
      var added: [String] = []
      var changed: [String] = []
      for (name, value) in new {
        switch old[name] {
        case nil: added.append(name)
        case value: break
        default: changed.append(name)
        }
      }
      self.added = added.sorted()
      self.changed = changed.sorted()
      removed = old.keys.filter { new[$0] == nil }.sorted()
    }
  }

  public let providers: Names
  public let accounts: Names
  public let apps: Names
  public let teams: Names
  /// Whether the keys that sign and verify sessions differ.
  public let changesSessionKeys: Bool
  /// Whether certificates, keys or TLS settings of new connections differ. False if TLS was added or removed.
  public let changesTLS: Bool

  public init(from old: ConfigurationFingerprint, to new: ConfigurationFingerprint) {
    providers = Names(from: old.providers, to: new.providers)
    accounts = Names(from: old.accounts, to: new.accounts)
    apps = Names(from: old.apps, to: new.apps)
    teams = Names(from: old.teams, to: new.teams)
    changesSessionKeys = old.sessionKeys != new.sessionKeys
    changesTLS = old.tls != nil && new.tls != nil && old.tls != new.tls
  }
}
