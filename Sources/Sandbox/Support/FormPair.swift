internal import Cryptography

/// One name and value of a query or of a form body (`application/x-www-form-urlencoded`).
struct FormPair: Sendable, Equatable {
  let name: String
  let value: String

  /// Returns nil if a name or a value is not percent-encoded UTF-8. A space is `+` or `%20`.
  static func parse(_ text: String) -> [FormPair]? {
    var pairs: [FormPair] = []
    for part in text.utf8.split(separator: UInt8(ascii: "&")) {
      let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(Substring(sides[0]), plusIsBlank: true),
        let value = sides.count < 2 ? "" : PercentEncoding.decode(Substring(sides[1]), plusIsBlank: true)
      else { return nil }
      pairs.append(FormPair(name: name, value: value))
    }
    return pairs
  }
}
