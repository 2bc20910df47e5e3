internal import Glibc

/// An address to listen on: a host and a port, or the path of a Unix domain socket.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
  /// Empty for a Unix domain socket.
  public let host: String
  /// 0 for a Unix domain socket.
  public let port: Int
  /// The path of a Unix domain socket; nil for a host and a port.
  public let path: String?

  /// Does not check that the host is a numeric address.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
    path = nil
  }

  /// Does not check the length of the path.
  public init(path: String) {
    host = ""
    port = 0
    self.path = path
  }

  /// Parses `host:port`, with IPv6 in brackets, or `unix:/path`. The host must be a numeric address or `localhost`.
  public init?(_ text: String) {
    if text.hasPrefix("unix:/") {
      self.init(path: String(text.dropFirst(5)))
      guard withSocketAddress({ _, _, _ in true }) == true else { return nil }
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    if host == "localhost" { host = "127.0.0.1" }
    self.init(host: host, port: port)
    guard withSocketAddress({ _, _, _ in true }) == true else { return nil }
  }

  /// Whether only processes on this machine can connect.
  public var isLocal: Bool {
    path != nil || host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
  }

  public var description: String {
    if let path { return "unix:" + path }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  func withSocketAddress<Result>(_ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
    if let path {
      var unix = sockaddr_un()
      unix.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard bytes.count < MemoryLayout.size(ofValue: unix.sun_path) else { return nil }
      withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: bytes) }
      return withUnsafePointer(to: &unix) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    }
    var v4 = sockaddr_in()
    if inet_pton(AF_INET, host, &v4.sin_addr) == 1 {
      v4.sin_family = sa_family_t(AF_INET)
      v4.sin_port = in_port_t(port).bigEndian
      return withUnsafePointer(to: &v4) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body(AF_INET, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    var v6 = sockaddr_in6()
    guard inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 else { return nil }
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &v6) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body(AF_INET6, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
      }
    }
  }
}
