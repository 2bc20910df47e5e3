/// Characters of Chinese and typeset texts that are similar to characters of YAML's syntax.
public enum TypographicCharacter {
  /// The characters, each with the text to type in its place.
  private static let replacements: [Unicode.Scalar: String] = [
    "：": "': '", "，": "', '", "、": "', '", "“": "'\"'", "”": "'\"'", "‘": "\"'\"", "’": "\"'\"", "＂": "'\"'",
    "＇": "\"'\"", "｛": "'{'", "｝": "'}'", "［": "'['", "］": "']'", "【": "'['", "】": "']'", "＃": "'#'",
    "－": "'-'", "—": "'-'", "＄": "'$'", "\u{3000}": "a space", "\u{a0}": "a space",
  ]
  private static let curlyQuotes: Set<Unicode.Scalar> = ["“", "”", "‘", "’"]

  public static func isCurlyQuote(_ scalar: Unicode.Scalar) -> Bool { curlyQuotes.contains(scalar) }

  /// The first such character and its replacement, as "a full-width '，'; type ', '". nil if the text has no such character.
  public static func description(in text: some StringProtocol) -> String? {
    guard let scalar = text.unicodeScalars.first(where: { replacements[$0] != nil }) else { return nil }
    return description(of: scalar)
  }

  /// The first curly quote and its replacement. nil if the text has no such character.
  public static func curlyQuote(in text: String) -> String? {
    text.unicodeScalars.first(where: isCurlyQuote).flatMap(description)
  }

  private static func description(of scalar: Unicode.Scalar) -> String? {
    guard let replacement = replacements[scalar] else { return nil }
    let kind =
      switch scalar {
      case _ where isCurlyQuote(scalar): "a curly quote '\(scalar)'"
      case "\u{3000}": "a full-width space"
      case "\u{a0}": "a no-break space"
      case "—": "a dash '—'"
      default: "a full-width '\(scalar)'"
      }
    return "\(kind); type \(replacement)"
  }

  /// Explains a frequent cause of syntax errors: such a character outside of quotes and comments, on the line of the
  /// error or shortly before it. Otherwise an empty text.
  static func cause(ofErrorOn errorLine: Int, in bytes: some Collection<UInt8>) -> String {
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    for number in stride(from: min(errorLine, lines.count), to: max(0, errorLine - 4), by: -1) {
      let line = String(decoding: lines[number - 1], as: UTF8.self)
      if let found = description(in: syntax(of: line)) { return " (line \(number) has \(found))" }
    }
    return ""
  }

  /// The part of a line that is not in quotes and not a comment.
  private static func syntax(of line: String) -> String {
    var quote: Unicode.Scalar?
    var result = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      if let open = quote {
        if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
      } else if scalar == "#" {
        break
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
