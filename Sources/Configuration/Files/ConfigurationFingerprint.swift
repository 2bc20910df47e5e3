import NumberAuth
import YAML

/// One number for each entry of a configuration, another one where the entry says something else; where it stands, and
/// comments, do not count. The numbers are keyed hashes, good within one process only: no secret can be told from them.
public struct ConfigurationFingerprint: Sendable, Equatable {
  /// By name; a file that extends another one counts as changed with it.
  private(set) var providers: [String: Int] = [:]
  /// By name, resolved secrets included; an account counts as changed with its provider.
  private(set) var accounts: [String: Int] = [:]
  private(set) var apps: [String: Int] = [:]
  private(set) var teams: [String: Int] = [:]
  private(set) var sessionKeys = 0
  /// By path, such as `server.limits.body`.
  private(set) var server: [String: Int] = [:]
  /// `server.tls` with the content of its files; nil without TLS.
  private(set) var tls: Int?

  /// The paths below `server` that differ, sorted.
  public func serverKeys(differingFrom other: ConfigurationFingerprint) -> [String] {
    let names = ConfigurationChange.Names(from: other.server, to: server)
    return (names.added + names.changed + names.removed).sorted()
  }

  mutating func noteProvider(_ name: String, _ node: YAMLNode, base: YAMLNode?) {
    var hasher = Hasher()
    node.feed(&hasher)
    base?.feed(&hasher)
    providers[name] = hasher.finalize()
  }

  /// After its provider.
  mutating func noteAccount(_ name: String, _ node: YAMLNode, provider: String, fields: [String: Secret]) {
    var hasher = Hasher()
    node.feed(&hasher)
    hasher.combine(fields)
    hasher.combine(providers[provider])
    accounts[name] = hasher.finalize()
  }

  mutating func noteTLS(_ node: YAMLNode, files: [[UInt8]?]) {
    var hasher = Hasher()
    node.feed(&hasher)
    hasher.combine(files)
    tls = hasher.finalize()
  }

  /// The rest of `config.yaml`; `authorities` is the content of the file that it names, `proxy` the proxy's URL.
  mutating func note(_ root: YAMLNode, sessionKeys keys: [Secret], authorities: [UInt8]?, proxy: Secret?) {
    apps = Self.entries(root["apps"])
    teams = Self.entries(root["teams"])
    noteServer(root["server"], "server")
    var hasher = Hasher()
    hasher.combine(keys)
    sessionKeys = hasher.finalize()
    // A reload replaces them: they are not settings that need a restart.
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

  /// What a key's value stands for, where the key is given.
  private mutating func add(_ path: String, _ feed: (inout Hasher) -> Void) {
    guard let written = server[path] else { return }
    var hasher = Hasher()
    hasher.combine(written)
    feed(&hasher)
    server[path] = hasher.finalize()
  }
}

extension YAMLNode {
  /// The content without its marks.
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
