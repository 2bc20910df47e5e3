internal import Glibc

/// The scheme, host and port of a server.
public struct HTTPOrigin: Sendable, Hashable, CustomStringConvertible {
  /// Whether the scheme is `https`.
  public let isSecure: Bool
  /// In lower case, as in a URL: an IPv6 address is in brackets.
  public let host: String
  public let port: Int
  /// The value of a Host field: the host, with the port if it is not the default port of the scheme.
  public let authority: String

  /// Does not check the host, which must be in lower case.
  public init(isSecure: Bool, host: String, port: Int) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    authority = port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
  }

  /// Parses `http://host[:port]` or `https://host[:port]`; nil for every other text.
  public init?(_ text: String) {
    let rest: Substring
    if text.hasPrefix("https://") {
      rest = text.dropFirst(8)
    } else if text.hasPrefix("http://") {
      rest = text.dropFirst(7)
    } else {
      return nil
    }
    let secure = text.hasPrefix("https://")
    var host = rest
    var port = secure ? 443 : 80
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      guard let number = Int(rest[rest.index(after: colon)...]), (1...65535).contains(number) else { return nil }
      port = number
      host = rest[..<colon]
    }
    let allowed = host.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"):
        true
      default: false
      }
    }
    guard !host.isEmpty, allowed else { return nil }
    self.init(isSecure: secure, host: host.lowercased(), port: port)
  }

  public static func == (left: HTTPOrigin, right: HTTPOrigin) -> Bool {
    left.port == right.port && left.isSecure == right.isSecure && left.host == right.host
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(host)
    hasher.combine(port)
    hasher.combine(isSecure)
  }

  public var description: String { (isSecure ? "https://" : "http://") + authority }

  /// Whether the host is a name that must be resolved: neither a numeric address nor `localhost`.
  var needsNameLookup: Bool { host != "localhost" && numericAddress == nil }

  /// The host without brackets if it is a numeric IP address.
  var numericAddress: Substring? {
    if host.hasPrefix("["), host.hasSuffix("]") { return host.dropFirst().dropLast() }
    var address = in_addr()
    return inet_pton(AF_INET, host, &address) == 1 ? host[...] : nil
  }

  /// The host in the form of certificates and of the server name indication: without the final dot of an absolute name.
  var certificateName: Substring { host.hasSuffix(".") ? host.dropLast() : host[...] }

  /// Whether the host is `localhost`, 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    if host == "localhost" || host == "[::1]" { return true }
    var address = in_addr()
    return host.hasPrefix("127.") && inet_pton(AF_INET, host, &address) == 1
  }
}
