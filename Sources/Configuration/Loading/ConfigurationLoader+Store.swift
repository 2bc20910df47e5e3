import NumberAuth
import Store
import YAML

/// Reads `store`.
extension ConfigurationLoader {
  mutating func readStore(_ node: YAMLNode?, _ path: String) -> StoreSettings {
    let folder = node?["path"]?.text ?? Defaults.storePath
    var settings = StoreSettings(path: folder == ":memory:" ? nil : Self.resolve(folder, beside: path))
    if let node = node?["postgres"], let (text, isLiteral) = resolveReference(node, path, "store.postgres") {
      if isLiteral { error(path, node, "'store.postgres' can contain a password: use ${env:NAME} or ${file:path}") }
      settings.postgres = Secret(text)
      if settings.path == nil {
        error(
          path, node, "'store.postgres' needs a folder in 'store.path': rows are written there before they are shared")
      }
    }
    if let postgres = node?["postgres"], node?["keys"]?.elements.isEmpty != false {
      error(
        path, postgres, "'store.postgres' needs 'store.keys', the same on all gateways: answers are shared encrypted")
    }
    settings.keys = (node?["keys"]?.elements ?? []).enumerated().compactMap { index, node in
      readKey(node, path, "store.keys[\(index)]")
    }
    return settings
  }

  /// Reads a key of 32 bytes or more, which must be a reference.
  mutating func readKey(_ node: YAMLNode, _ path: String, _ name: String) -> Secret? {
    guard let (text, isLiteral) = resolveReference(node, path, name) else { return nil }
    if isLiteral {
      error(path, node, "'\(name)' is a secret: use ${env:NAME} or ${file:path}")
    } else if text.utf8.count < 32 {
      error(path, node, "'\(name)' must have at least 32 bytes; generate it with `openssl rand -hex 32`")
    }
    return Secret(text)
  }
}
