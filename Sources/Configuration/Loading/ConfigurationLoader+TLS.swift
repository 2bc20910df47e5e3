import Glibc
public import Networking
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
      warnAbout(context.validity, node["certificate"] ?? node, path)
      return context
    } catch {
      report(error, node, path, authorities: "clientAuthorities")
      return nil
    }
  }

  /// Returns nil if the key is absent, or after the error that its file cannot be read.
  mutating func readPEM(_ name: String, of node: YAMLNode, _ path: String) -> [UInt8]? {
    guard let value = node[name], let file = value.text else { return nil }
    let resolved = Self.resolve(file, beside: path)
    guard let bytes = files.read(resolved) else {
      error(path, value, "the file '\(shortened(file))' \(files.unreadable(resolved))")
      return nil
    }
    return bytes
  }

  /// Reports the error at the value that names the file. `authorities`: the name of the key of the authorities.
  mutating func report(_ failure: TLSContextError, _ node: YAMLNode, _ path: String, authorities: String) {
    let (name, message) =
      switch failure {
      case .certificateUnreadable: ("certificate", "is not a chain of certificates in PEM")
      case .certificateRejected:
        ("certificate", "has a certificate that OpenSSL rejects: its key is too short or its hash function is weak")
      case .keyUnreadable: ("key", "is not a private key in PEM that TLS supports")
      case .keyEncrypted: ("key", "is encrypted; decrypt it with `openssl pkey`, and restrict its permissions")
      case .keyMismatch: ("key", "does not match the certificate")
      case .authoritiesUnreadable: (authorities, "is not a list of certificates in PEM")
      case .unavailable: ("certificate", "cannot be used: OpenSSL failed")
      }
    let value = node[name] ?? node
    let text = value.text ?? ""
    let source = text.hasPrefix("${") ? "the content of '\(shortened(text))'" : "the file '\(shortened(text))'"
    error(path, value, "\(source) \(message)")
  }

  /// Warns about a certificate that has expired, is not valid yet, or expires within `margin` seconds. `node` names its
  /// file.
  mutating func warnAbout(_ validity: CertificateValidity, _ node: YAMLNode, _ path: String, margin: Int64 = 0) {
    guard let fault = validity.fault(at: Int64(time(nil)), margin: margin) else { return }
    diagnostics.warning(path, node.mark, "the certificate '\(shortened(node.text ?? ""))' \(fault)")
  }
}

extension CertificateValidity {
  /// The time before the end of a certificate from which it must be renewed: 30 days, in seconds.
  public static let renewalMargin: Int64 = 30 * 86_400

  /// Why a certificate needs attention at a time, in seconds since the Unix epoch; nil if it is valid for more than
  /// `margin` seconds.
  public func fault(at now: Int64, margin: Int64 = renewalMargin) -> String? {
    if notAfter < now { return "expired at \(WallTime(milliseconds: notAfter * 1000).iso8601)" }
    if notBefore > now { return "is not valid before \(WallTime(milliseconds: notBefore * 1000).iso8601)" }
    return notAfter - now < margin ? "expires at \(WallTime(milliseconds: notAfter * 1000).iso8601)" : nil
  }
}
