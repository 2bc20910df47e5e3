/// A parsed JSON Pointer (RFC 6901).
public struct JSONPointer: Sendable, Hashable {
  /// The keys and indices, without escapes.
  public let tokens: [String]

  public init(tokens: some Sequence<String>) { self.tokens = Array(tokens) }

  /// nil if the text is neither empty nor begins with `/`, or contains a `~` other than in `~0` and `~1`.
  public init?(_ text: String) {
    if text.isEmpty {
      tokens = []
      return
    }
    // By code points: in a `Character`, a combining mark would hide the slash before it.
    let scalars = text.unicodeScalars
    guard scalars.first == "/" else { return nil }
    var tokens: [String] = []
    for part in scalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let token = JSONPointer.unescape(part) else { return nil }
      tokens.append(token)
    }
    self.tokens = tokens
  }

  private static func unescape(_ part: Substring.UnicodeScalarView) -> String? {
    guard part.contains("~") else { return String(part) }
    var result = String.UnicodeScalarView()
    var scalars = part.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "~" else {
        result.append(scalar)
        continue
      }
      switch scalars.next() {
      case "0": result.append("~")
      case "1": result.append("/")
      default: return nil
      }
    }
    return String(result)
  }

  /// RFC 6901 §4: digits without a leading zero.
  public static func arrayIndex(_ token: String) -> Int? {
    guard !token.isEmpty, token.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    guard token == "0" || token.utf8.first != 0x30 else { return nil }
    return Int(token)
  }
}

extension JSONPointer: CustomStringConvertible {
  public var description: String {
    tokens.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
  }
}
