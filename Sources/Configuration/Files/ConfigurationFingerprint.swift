import Networking
import NumberAuth
import YAML

/// A hash of each entry of a configuration, to detect changes. Positions and comments are not included. The hashes are
/// keyed and valid within one process only, so that they do not reveal secrets.
public struct ConfigurationFingerprint: Sendable, Equatable {
  /// By name. The hash includes the file that it extends and the files of carriers.
  private(set) var providers: [String: Int] = [:]
  /// By name. The hash includes the resolved secrets, the contents of the files of `tls`, and the provider.
  private(set) var accounts: [String: Int] = [:]
  private(set) var apps: [String: Int] = [:]
  private(set) var teams: [String: Int] = [:]
  private(set) var sessionKeys = 0
  /// The settings that a reload does not change, by path, such as `server.limits.body` or `ledger.keep`.
  private(set) var server: [String: Int] = [:]
  /// `server.tls` with the content of its files; nil without TLS.
  private(set) var tls: Int?

  /// The paths of the settings that a reload does not change and that differ, sorted.
  public func serverKeys(differingFrom other: ConfigurationFingerprint) -> [String] {
    let names = ConfigurationChange.Names(from: other.server, to: server)
    return (names.added + names.changed + names.removed).sorted()
  }

  /// The hash of an account, with its secrets and its provider file; nil if there is no such account.
  public func ofAccount(_ name: String) -> Int? { accounts[name] }

  mutating func noteProvider(_ name: String, _ node: YAMLNode, base: YAMLNode?, carriers: [YAMLNode]) {
    var hasher = Hasher()
    node.feed(&hasher)
    base?.feed(&hasher)
    for carrier in carriers { carrier.feed(&hasher) }
    providers[name] = hasher.finalize()
  }

  /// Must be called after `noteProvider` for the account's provider.
  mutating func noteAccount(
    _ name: String, _ node: YAMLNode, provider: String, fields: [String: Secret], identity: TLSIdentity?
  ) {
    var hasher = Hasher()
    node.feed(&hasher)
    hasher.combine(fields)
    hasher.combine(providers[provider])
    hasher.combine(identity)
    accounts[name] = hasher.finalize()
  }

  mutating func noteTLS(_ node: YAMLNode, files: [[UInt8]?]) {
    var hasher = Hasher()
    node.feed(&hasher)
    hasher.combine(files)
    tls = hasher.finalize()
  }

  /// Adds the apps, the teams and `server`. `authorities` is the content of the authorities file, `proxy` the proxy's
  /// URL.
  mutating func note(_ root: YAMLNode, sessionKeys keys: [Secret], authorities: [UInt8]?, proxy: Secret?) {
    apps = Self.entries(root["apps"])
    teams = Self.entries(root["teams"])
    for section in ["server", "store", "ledger", "idempotency"] { noteServer(root[section], section) }
    var hasher = Hasher()
    hasher.combine(keys)
    sessionKeys = hasher.finalize()
    // Session keys are reloadable, so a change does not require a restart.
    server = server.filter { !$0.key.hasPrefix("server.sessionKey") }
    add("server.vendors.authorities") { hasher in authorities?.withUnsafeBytes { hasher.combine(bytes: $0) } }
    add("server.vendors.proxy") { $0.combine(proxy) }
  }

  private static func entries(_ node: YAMLNode?) -> [String: Int] {
    var values: [String: Int] = [:]
    for entry in node?.entries ?? [] {
      var hasher = Hasher()
      entry.value.feed(&hasher)
      values[entry.key] = hasher.finalize()
    }
    return values
  }

  private mutating func noteServer(_ node: YAMLNode?, _ path: String) {
    guard let node else { return }
    // New certificates are loaded without a restart; only the change between HTTP and HTTPS requires one.
    guard path != "server.tls" else {
      server[path] = 0
      return
    }
    guard node.entries.isEmpty else {
      for entry in node.entries { noteServer(entry.value, path + "." + entry.key) }
      return
    }
    var hasher = Hasher()
    node.feed(&hasher)
    server[path] = hasher.finalize()
  }

  /// Adds the content that the key at `path` refers to, if the key is present.
  private mutating func add(_ path: String, _ feed: (inout Hasher) -> Void) {
    guard let hash = server[path] else { return }
    var hasher = Hasher()
    hasher.combine(hash)
    feed(&hasher)
    server[path] = hasher.finalize()
  }
}

extension YAMLNode {
  /// Hashes the content without the positions.
  fileprivate func feed(_ hasher: inout Hasher) {
    switch content {
    case .scalar(let text, let isPlain):
      hasher.combine(0)
      hasher.combine(text)
      hasher.combine(isPlain)
    case .sequence(let elements):
      hasher.combine(1)
      hasher.combine(elements.count)
      for element in elements { element.feed(&hasher) }
    case .mapping(let entries):
      hasher.combine(2)
      hasher.combine(entries.count)
      for entry in entries {
        hasher.combine(entry.key)
        entry.value.feed(&hasher)
      }
    }
  }
}
