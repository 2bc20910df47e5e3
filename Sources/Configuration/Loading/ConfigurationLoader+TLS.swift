import Glibc
import Networking
import NumberAuth
import Schema
import YAML

extension ConfigurationLoader {
  /// Reads `server.tls` with its files. Returns nil after an error.
  mutating func readTLS(_ node: YAMLNode, _ path: String) -> TLSContext? {
    let certificate = readPEM("certificate", of: node, path)
    let key = readPEM("key", of: node, path)
    let authorities = readPEM("clientAuthorities", of: node, path)
    if node["clientAuthorities"] == nil, let setting = node["clientCertificates"] {
      error(path, setting, "`clientCertificates` requires `clientAuthorities`")
    }
    fingerprint.noteTLS(node, files: [certificate, key, authorities])
    guard let certificate, let key, (authorities == nil) == (node["clientAuthorities"] == nil) else { return nil }
    do throws(TLSContextError) {
      let context = try TLSContext(
        certificateChain: certificate, key: key,
        minimum: node["minimum"]?.text.flatMap(TLSVersion.init) ?? Defaults.minimumTLSVersion,
        clientAuthorities: authorities,
        clientCertificates: node["clientCertificates"]?.text.flatMap(TLSContext.ClientCertificates.init)
          ?? Defaults.clientCertificates)
      warnAboutValidity(of: context, node["certificate"] ?? node, path)
      return context
    } catch {
      report(error, node, path)
      return nil
    }
  }

  /// Returns nil if the key is absent, or after the error that its file cannot be read.
  private mutating func readPEM(_ name: String, of node: YAMLNode, _ path: String) -> [UInt8]? {
    guard let value = node[name], let file = value.text else { return nil }
    let resolved = Self.resolve(file, beside: path)
    guard let bytes = files.read(resolved) else {
      error(path, value, "the file '\(shortened(file))' \(files.unreadable(resolved))")
      return nil
    }
    return bytes
  }

  private mutating func report(_ failure: TLSContextError, _ node: YAMLNode, _ path: String) {
    let (name, message) =
      switch failure {
      case .certificateUnreadable: ("certificate", "is not a chain of certificates in PEM")
      case .certificateRejected:
        ("certificate", "has a certificate that OpenSSL rejects: its key is too short or its hash function is weak")
      case .keyUnreadable: ("key", "is not a private key in PEM that TLS supports")
      case .keyEncrypted: ("key", "is encrypted; decrypt it with `openssl pkey`, and restrict its permissions")
      case .keyMismatch: ("key", "does not match the certificate")
      case .authoritiesUnreadable: ("clientAuthorities", "is not a list of certificates in PEM")
      case .unavailable: ("certificate", "cannot be used: OpenSSL failed")
      }
    let value = node[name] ?? node
    error(path, value, "the file '\(shortened(value.text ?? ""))' \(message)")
  }

  private mutating func warnAboutValidity(of context: TLSContext, _ node: YAMLNode, _ path: String) {
    let now = Int64(time(nil))
    let file = shortened(node.text ?? "")
    if context.validity.notAfter < now {
      let end = WallTime(milliseconds: context.validity.notAfter * 1000).iso8601
      diagnostics.warning(path, node.mark, "the certificate '\(file)' expired at \(end)")
    } else if context.validity.notBefore > now {
      let start = WallTime(milliseconds: context.validity.notBefore * 1000).iso8601
      diagnostics.warning(path, node.mark, "the certificate '\(file)' is not valid before \(start)")
    }
  }
}
