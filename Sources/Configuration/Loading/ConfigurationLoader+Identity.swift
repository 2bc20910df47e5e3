import Networking
import NumberAuth
import YAML

extension ConfigurationLoader {
  /// Reads `tls` of an account with its files. Returns nil after an error.
  ///
  /// - Parameter origin: The account's endpoint; nil if it is invalid.
  mutating func readIdentity(
    _ node: YAMLNode, _ path: String, account: String, _ origin: HTTPOrigin?
  ) -> TLSIdentity? {
    guard case .mapping = node.content else { return nil }
    let name = "accounts.\(account).tls"
    let before = diagnostics.found.count
    if let origin, !origin.isSecure { error(path, node, "'\(name)' needs https, but the endpoint is \(origin)") }
    for (present, missing) in [("certificate", "key"), ("key", "certificate")] {
      if let value = node[present], node[missing] == nil {
        error(path, value, "'\(name).\(present)' needs '\(name).\(missing)'")
      }
    }
    if ["certificate", "key", "authorities"].allSatisfy({ node[$0] == nil }) {
      error(path, node, "'\(name)' needs `certificate` and `key`, or `authorities`")
    }
    let chain = readPEMFile("certificate", of: node, path, name)
    let key = readPrivateKey(of: node, path, name)
    let authorities = readPEMFile("authorities", of: node, path, name)
    guard diagnostics.found.count == before, (chain == nil) == (key == nil),
      (authorities == nil) == (node["authorities"] == nil)
    else { return nil }
    let certificate = chain.flatMap { chain in key.map { (chain: chain, key: $0) } }
    do throws(TLSContextError) {
      let identity = try TLSIdentity(name: account, certificate: certificate, authorities: authorities)
      if let validity = identity.validity {
        warnAbout(validity, node["certificate"] ?? node, path, margin: CertificateValidity.renewalMargin)
      }
      return identity
    } catch {
      report(error, node, path, authorities: "authorities")
      return nil
    }
  }

  /// The content of the key: the value is a path as in `server.tls`, or a reference to the content.
  private mutating func readPrivateKey(of node: YAMLNode, _ path: String, _ name: String) -> [UInt8]? {
    guard let value = node["key"], let text = value.text else { return nil }
    guard text.hasPrefix("${") else { return readPEMFile("key", of: node, path, name) }
    return resolveReference(value, path, name + ".key").map { Array($0.text.utf8) }
  }

  /// As `readPEM`. The value can be a key that was written in place of its path, so the error does not contain it.
  private mutating func readPEMFile(_ key: String, of node: YAMLNode, _ path: String, _ name: String) -> [UInt8]? {
    if let value = node[key], value.text?.contains("-----BEGIN") == true {
      error(path, value, "'\(name).\(key)' must be the path of a PEM file, not its content")
      return nil
    }
    return readPEM(key, of: node, path)
  }
}
