/// Characters and names.
extension XMLParser {
  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

  /// `Char` of XML 1.0 §2.2.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0a, 0x0d, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }

  /// Checks that the document is UTF-8 and contains only characters that XML allows.
  func checkCharacters() throws(XMLError) {
    guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .invalidUTF8 }
    for (offset, byte) in bytes.enumerated() {
      if byte < 0x20, !Self.isSpace(byte) { throw .invalid(offset: offset) }
      // U+FFFE and U+FFFF
      if byte >= 0xbe, byte <= 0xbf, offset >= 2, bytes[offset - 1] == 0xbf, bytes[offset - 2] == 0xef {
        throw .invalid(offset: offset - 2)
      }
    }
  }

  @discardableResult
  mutating func skipSpace() -> Bool {
    let start = at
    while let byte = peek, Self.isSpace(byte) { at += 1 }
    return at > start
  }

  /// Skips these bytes if they follow.
  @discardableResult
  mutating func skip(_ expected: [UInt8]) -> Bool {
    guard bytes[at...].starts(with: expected) else { return false }
    at += expected.count
    return true
  }

  /// Skips this text if it follows.
  mutating func skip(_ text: StaticString) -> Bool {
    let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[at...].starts(with: expected) else { return false }
    at += expected.count
    return true
  }

  mutating func expect(_ text: StaticString) throws(XMLError) {
    guard skip(text) else { throw .invalid(offset: at) }
  }

  /// A name, with its namespace prefix if it has one.
  mutating func name() throws(XMLError) -> String {
    let start = at
    while let byte = peek, !Self.isSpace(byte), !"/>=<&'\"?;".utf8.contains(byte) { at += 1 }
    let name = String(decoding: bytes[start..<at], as: UTF8.self)
    guard Self.isName(name) else { throw .invalid(offset: start) }
    return name
  }
}

extension XMLParser {
  /// Whether the text is a `Name` of XML 1.0 §2.3.
  static func isName(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isNameStart(first) else { return false }
    return text.unicodeScalars.allSatisfy { isNameStart($0) || isFurtherNameCharacter($0) }
  }

  private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3a, 0x41...0x5a, 0x5f, 0x61...0x7a, 0xc0...0xd6, 0xd8...0xf6, 0xf8...0x2ff, 0x370...0x37d,
      0x37f...0x1fff, 0x200c...0x200d, 0x2070...0x218f, 0x2c00...0x2fef, 0x3001...0xd7ff, 0xf900...0xfdcf,
      0xfdf0...0xfffd, 0x10000...0xeffff:
      true
    default: false
    }
  }

  private static func isFurtherNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x2d, 0x2e, 0x30...0x39, 0xb7, 0x300...0x36f, 0x203f...0x2040: true
    default: false
    }
  }
}

/// Names and characters for documents that are written.
public enum XMLText {
  public static func isName(_ text: String) -> Bool { XMLParser.isName(text) }

  /// Whether XML 1.0 can contain all characters of the text. It has no control characters but tab and line ends.
  public static func isAllowed(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(XMLParser.isAllowed) }

  /// The text with references for characters that have a meaning in markup, or that a parser would change.
  public static func escaped(_ text: String, inAttribute: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"" where inAttribute: result += "&quot;"
      case "\t" where inAttribute: result += "&#09;"
      case "\n" where inAttribute: result += "&#10;"
      case "\r": result += "&#13;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
