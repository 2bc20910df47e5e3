import Schema

/// The kinds of values that an option of an authorisation page can have.
enum PageOptionKind: String, Sendable, CaseIterable {
  case length, colour, url, boolean, number, opacity, text, links, any

  static let words = allCases.map(\.rawValue)

  /// The form of a value that is written as a text or a number. An empty text selects the default of the SDK.
  private var form: Shape.Form? {
    switch self {
    case .length:
      Shape.Form(
        "a length such as 20px, 1.5rem, 50% or 20", pattern: "^([0-9]+([.][0-9]+)?(px|rem|%)?)?$"
      ) { text in
        let unit = ["px", "rem", "%"].first(where: text.hasSuffix) ?? ""
        return text.isEmpty || Self.isDecimal(text.dropLast(unit.count))
      }
    case .colour:
      Shape.Form(
        "a colour such as \"#FFFFFF\" or \"#FFF\", in quotes", pattern: "^(#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}))?$"
      ) { text in
        text.isEmpty
          || text.first == "#" && (text.utf8.count == 4 || text.utf8.count == 7)
            && text.utf8.dropFirst().allSatisfy { Self.hexadecimalDigits.contains($0) }
      }
    case .url:
      Shape.Form("an http or https URL", pattern: "^(https?://[^ ]+)?$") { $0.isEmpty || Self.isURL($0) }
    case .boolean:
      Shape.Form("true or false", words: ["true", "false"]) { $0 == "true" || $0 == "false" }
    case .number:
      Shape.Form("a number such as 500", pattern: "^(-?[0-9]+([.][0-9]+)?)?$") { text in
        text.isEmpty || Self.isDecimal(text.drop { $0 == "-" }) && !text.hasPrefix("--")
      }
    case .opacity:
      Shape.Form(
        "a number from 0.0 (transparent) to 1.0 (opaque)", pattern: "^(0([.][0-9]+)?|1([.]0+)?)?$"
      ) { text in
        text.isEmpty
          || Self.isDecimal(Substring(text)) && text.prefix { $0 != "." }.count == 1 && (Double(text) ?? 2) <= 1
      }
    case .text, .links, .any: nil
    }
  }

  /// The shape of a value of this kind, or one of these words.
  func shape(or words: [String], atMost length: Int?) -> Shape {
    switch self {
    case .length, .colour, .url, .boolean, .number, .opacity:
      guard let form else { return .any }
      return .form(words.isEmpty ? form : Self.form(words, or: form))
    case .text: return .quotedText(atMost: length)
    case .links:
      let url = Shape.Form("an http or https URL", pattern: "^https?://[^ ]+$", Self.isURL)
      return .list(
        .object([.required("name", .quotedText(atMost: nil)), .required("url", .form(url))]), atLeast: 0)
    case .any: return .any
    }
  }

  /// The form of a value that is one of these words, or has another form.
  static func form(_ words: [String], or other: Shape.Form? = nil) -> Shape.Form {
    let expectation =
      if let other {
        words.joined(separator: ", ") + ", or " + other.expectation
      } else {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
      }
    return Shape.Form(expectation, pattern: other?.pattern, words: words + (other == nil ? [""] : [])) { text in
      words.contains(text) || (other.map { $0.isValid(text) } ?? text.isEmpty)
    }
  }

  private static let hexadecimalDigits = Set("0123456789abcdefABCDEF".utf8)

  private static func isURL(_ text: String) -> Bool {
    let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
    return !rest.isEmpty && !rest.unicodeScalars.contains { $0.value <= 0x20 }
  }

  /// Digits, with or without a point and further digits.
  private static func isDecimal(_ text: Substring) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
  }
}

/// The values that an option accepts: a kind, words, or a kind and words, separated by `|`.
struct PageOptionValues {
  let kind: PageOptionKind?
  let words: [String]

  /// nil if the text has another form, or a word is a kind or resembles one: it is probably mistyped.
  init?(_ text: String) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { part in
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    kind = PageOptionKind(rawValue: parts[0])
    words = kind == nil ? parts : Array(parts.dropFirst())
    if kind == nil, words.count == 1 || nearest(to: parts[0], among: PageOptionKind.words) != nil { return nil }
    guard Set(words).count == words.count, words.allSatisfy(Self.isWord) else { return nil }
    switch kind {
    case .boolean, .text, .links, .any: if !words.isEmpty { return nil }
    case .length, .colour, .url, .number, .opacity, nil: break
    }
  }

  private static func isWord(_ text: String) -> Bool {
    Shape.Form.name.isValid(text) && PageOptionKind(rawValue: text) == nil
      && nearest(to: text, among: PageOptionKind.words) == nil
  }

  func shape(atMost length: Int?) -> Shape {
    kind?.shape(or: words, atMost: length) ?? .form(PageOptionKind.form(words))
  }

  /// The form of the text itself.
  static let form = form(kinds: PageOptionKind.words)

  /// Also `group`, whose fields are in `fields`.
  static let declaredForm = form(kinds: PageOptionKind.words + ["group"])

  private static func form(kinds: [String]) -> Shape.Form {
    let word = "[A-Za-z0-9_.-]{1,64}"
    return Shape.Form(
      "a kind (\(kinds.joined(separator: ", "))), words such as left | right, or both such as length | center",
      pattern: "^\(word)( *[|] *\(word))+$", words: kinds
    ) { text in kinds.contains(text) || PageOptionValues(text) != nil }
  }
}
