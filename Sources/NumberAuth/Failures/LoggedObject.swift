import JSON

/// A text that an app logged instead of JSON: iOS' `NSError`, or `toString()` of an Android object. Read in linear time,
/// because everyone can send such a text.
struct LoggedObject {
  /// The longest text that is read, in bytes.
  private static let longest = 16_384
  /// The longest name of a member, in bytes.
  private static let longestName = 64

  private let text: [UInt8]
  /// Whether the search for the end of a JSON object has failed. Later searches are skipped.
  private var isUnbalanced = false

  /// The members that the text lists as `name=value`, `name = "value"` or `name='value'`, as an object. Of members with the
  /// same name, the first one is used. nil without members.
  static func read(_ text: String) -> JSONValue? {
    guard text.utf8.count <= longest else { return nil }
    var object = LoggedObject(text: Array(text.utf8))
    let members = object.members()
    guard !members.isEmpty else { return nil }
    let json = JSONFragment { writer in
      writer.object {
        var written: Set<String> = []
        for (name, value) in members where written.insert(name).inserted { $0.member(named: name, value) }
      }
    }
    return try? JSONValue.parse(json.bytes)
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func members() -> [(name: String, value: String)] {
    var members: [(name: String, value: String)] = []
    var position = 0
    while let sign = text[position...].firstIndex(of: UInt8(ascii: "=")) {
      let name = name(before: sign, from: position)
      let start = skipBlanks(from: sign + 1)
      let value: Range<Int>
      switch start < text.count ? text[start] : 0 {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): value = (start + 1)..<closingQuote(text[start], from: start + 1)
      case UInt8(ascii: "{"):
        // Without JSON, the members of an inner object follow.
        value = start..<(jsonEnd(from: start) ?? start)
      default: value = start..<unquotedEnd(from: start)
      }
      position = max(value.upperBound, sign + 1)
      guard !name.isEmpty, !value.isEmpty else { continue }
      // `Code` of `NSError` is `code` elsewhere.
      members.append((name == "Code" ? "code" : name, String(decoding: text[value], as: UTF8.self)))
    }
    return members
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "\n"): true
    default: false
    }
  }

  private func skipBlanks(from start: Int) -> Int {
    text[start...].firstIndex { $0 != UInt8(ascii: " ") } ?? text.count
  }

  private func name(before sign: Int, from start: Int) -> String {
    let word = text[start..<sign].reversed().drop { $0 == UInt8(ascii: " ") }.prefix(while: Self.isWord)
    return word.count <= Self.longestName ? String(decoding: word.reversed(), as: UTF8.self) : ""
  }

  /// A value without quotes ends before a separator, and before a blank that another member or a quote follows:
  /// `Domain=x Code=600012 "…"`.
  private func unquotedEnd(from start: Int) -> Int {
    for index in start..<text.count {
      if Self.isSeparator(text[index]) { return index }
      guard text[index] == UInt8(ascii: " "), index + 1 < text.count else { continue }
      let next = text[(index + 1)...].prefix(Self.longestName + 1).first { !Self.isWord($0) }
      if text[index + 1] == UInt8(ascii: "\"") || next == UInt8(ascii: "=") { return index }
    }
    return text.count
  }

  /// The end of a JSON object that begins at `start`; nil without one.
  private mutating func jsonEnd(from start: Int) -> Int? {
    guard !isUnbalanced, text[start...].dropFirst().first(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "\"")
    else { return nil }
    var depth = 0
    for index in start..<text.count {
      if text[index] == UInt8(ascii: "{") { depth += 1 }
      if text[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 { return index + 1 }
    }
    // Searching again from a later brace would take quadratic time.
    isUnbalanced = true
    return nil
  }

  /// The quote that ends a value: a separator or the end of the text follows it. JSON inside the value contains quotes too,
  /// so its quote follows a brace.
  private func closingQuote(_ quote: UInt8, from start: Int) -> Int {
    let isJSON = start < text.count && text[start] == UInt8(ascii: "{")
    for index in start..<text.count where text[index] == quote {
      let next = skipBlanks(from: index + 1)
      let isEnd = next == text.count || Self.isSeparator(text[next])
      if isEnd, next == text.count || !isJSON || text[index - 1] == UInt8(ascii: "}") { return index }
    }
    return text.count
  }
}
