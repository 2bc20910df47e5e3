import Networking
import NumberAuth
import YAML

extension ConfigurationLoader {
  /// Reads `proxy` and `noProxy` of `server.vendors`. Returns nil without a proxy, or after an error.
  mutating func readProxy(_ vendors: YAMLNode?, _ path: String) -> (proxy: HTTPProxy, url: Secret)? {
    let name = "server.vendors.proxy"
    guard let node = vendors?["proxy"] else {
      if let list = vendors?["noProxy"] { error(path, list, "'server.vendors.noProxy' requires '\(name)'") }
      return nil
    }
    guard let (text, isLiteral) = resolveReference(node, path, name) else { return nil }
    do throws(HTTPProxy.Fault) {
      var proxy = try HTTPProxy(text)
      if isLiteral, proxy.hasCredentials, !proxy.isLoopback {
        error(
          path, node,
          "'\(name)' has a password: use ${env:NAME} or ${file:path} (literals are for a proxy on loopback only)"
        )
      }
      proxy.exceptions = (vendors?["noProxy"]?.elements ?? []).compactMap { $0.text.flatMap(HostPattern.init) }
      return (proxy, Secret(text))
    } catch {
      // The message does not contain the text, which may include a password.
      let fault =
        switch error {
        case .scheme: "must begin with http://; a proxy behind TLS or SOCKS is not supported"
        case .host: "has no valid host"
        case .port: "needs a port from 1 to 65535 after the host"
        case .credentials: "has a user or password that is not percent-encoded UTF-8 (write '%' as %25)"
        case .path: "must end after the port ('/', '?' and '#' in a user or password must be percent-encoded)"
        }
      self.error(path, node, "'\(name)' \(fault); expected http://[user:password@]host:port")
      return nil
    }
  }
}
