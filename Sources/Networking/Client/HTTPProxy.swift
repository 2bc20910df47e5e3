/// An HTTP proxy for connections to servers. It opens a tunnel for a CONNECT request and resolves the name of the
/// server. A value can contain a password; its description does not show its content.
public struct HTTPProxy: Sendable, Equatable {
  let origin: HTTPOrigin
  let user: String?
  let password: String?
  /// Hosts that are contacted without the proxy.
  public var exceptions: [HostPattern] = []

  /// Why a text is not a valid proxy.
  public enum Fault: Error, Sendable, Equatable {
    /// The scheme is not `http`. The connection to the proxy itself does not use TLS.
    case scheme
    case host
    /// The port is missing or out of range.
    case port
    /// A percent sign without two hexadecimal digits, or a control character.
    case credentials
    /// A path, query or fragment.
    case path
  }

  /// Parses `http://[user[:password]@]host:port`. Reserved characters of user and password must be percent-encoded.
  public init(_ text: String) throws(Fault) {
    guard text.hasPrefix("http://") else { throw .scheme }
    var rest = text.dropFirst(7)
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard !rest.contains(where: { "/?#".contains($0) }) else { throw .path }
    if let at = rest.lastIndex(of: "@") {
      let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = try Self.decode(parts[0])
      password = parts.count > 1 ? try Self.decode(parts[1]) : ""
      rest = rest[rest.index(after: at)...]
    } else {
      user = nil
      password = nil
    }
    guard let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]"),
      let port = Int(rest[rest.index(after: colon)...]), (1...65535).contains(port)
    else { throw .port }
    guard let origin = HTTPOrigin("http://" + rest) else { throw .host }
    self.origin = origin
  }

  /// Whether a user is given.
  public var hasCredentials: Bool { user != nil }

  /// Whether the proxy is on this machine.
  public var isLoopback: Bool { origin.isLoopback }

  /// Whether connections to a host use the proxy. `host` must be in lower case, as in `HTTPOrigin`.
  func serves(_ host: String) -> Bool { !exceptions.contains { $0.matches(host) } }

  private static func decode(_ text: Substring) throws(Fault) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = String(rest.prefix(2)) ?? ""
      guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
        throw .credentials
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f })
    else { throw .credentials }
    return decoded
  }
}

extension HTTPProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "******" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A host; or, with a leading dot, all hosts below a domain.
public struct HostPattern: Sendable, Equatable {
  private let text: String

  /// Parses `host`, `.domain` or a numeric address, with IPv6 in brackets; nil for every other text, such as a text
  /// with a port.
  public init?(_ text: String) {
    let host = text.hasPrefix(".") ? String(text.dropFirst()) : text
    guard !host.isEmpty, !host.hasPrefix("."), let origin = HTTPOrigin("http://" + host),
      origin.host == host.lowercased(), host.hasPrefix("[") || !host.contains(":")
    else { return nil }
    self.text = text.lowercased()
  }

  /// `host` must be in lower case.
  func matches(_ host: String) -> Bool {
    text.hasPrefix(".") ? host.hasSuffix(text) && host.utf8.count > text.utf8.count : host == text
  }
}
