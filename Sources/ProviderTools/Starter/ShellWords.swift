import YAML

/// A word of a command line, without its quotes.
struct ShellWord {
  let text: String
  let mark: YAMLMark
  /// The position of each scalar of `text`.
  let marks: [YAMLMark]

  init(_ text: String, at mark: YAMLMark, _ marks: [YAMLMark]) {
    self.text = text
    self.mark = mark
    self.marks = marks
  }

  /// The rest of the word after `count` scalars.
  func dropFirst(_ count: Int) -> ShellWord {
    let rest = Array(marks.dropFirst(count))
    return ShellWord(String(text.unicodeScalars.dropFirst(count)), at: rest.first ?? mark, rest)
  }

  /// The position of a byte of `text`.
  func mark(ofByte offset: Int) -> YAMLMark {
    let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
    return before < marks.count ? marks[before] : marks.last ?? mark
  }
}

/// Splits one command of a POSIX shell into words. Variables and commands in the text are not expanded.
struct ShellWords {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var mark = YAMLMark(line: 1, column: 1)

  /// Throws an error with its position if a quote is not closed, or the text is not one command.
  static func split(_ text: String) throws(SampleError) -> [ShellWord] {
    var reader = ShellWords(scalars: Array(text.replacing("\r\n", with: "\n").unicodeScalars))
    return try reader.words()
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var next: Unicode.Scalar? { peek(0) }

  private func peek(_ distance: Int) -> Unicode.Scalar? {
    index + distance < scalars.count ? scalars[index + distance] : nil
  }

  private mutating func advance() {
    mark =
      scalars[index] == "\n"
      ? YAMLMark(line: mark.line + 1, column: 1) : YAMLMark(line: mark.line, column: mark.column + 1)
    index += 1
  }

  private mutating func words() throws(SampleError) -> [ShellWord] {
    var words: [ShellWord] = []
    while let scalar = next {
      switch scalar {
      case " ", "\t": advance()
      case "\n":
        advance()
        try checkEnd(words)
      case "#":
        while let scalar = next, scalar != "\n" { advance() }
      case "\\" where peek(1) == "\n":
        advance()
        advance()
      case "^" where peek(1) == "\n" || peek(1) == "\"":
        throw SampleError(mark, "'^' is the quoting of Windows, which is not supported; copy the command for bash")
      default: words.append(try word())
      }
    }
    return words
  }

  /// Checks that nothing follows the end of a line without a backslash.
  private func checkEnd(_ words: [ShellWord]) throws(SampleError) {
    guard !words.isEmpty else { return }
    var line = mark.line
    var column = 1
    for scalar in scalars[index...] {
      switch scalar {
      case "\n": (line, column) = (line + 1, 1)
      case " ", "\t": column += 1
      case "#": return
      default:
        throw SampleError(
          YAMLMark(line: line, column: column),
          "the command ended on line \(mark.line - 1); a command of several lines needs '\\' at the end of each line")
      }
    }
  }

  // MARK: Words

  private static let quotes: Set<Unicode.Scalar> = ["“", "”", "‘", "’", "＂", "＇"]

  private mutating func word() throws(SampleError) -> ShellWord {
    let start = mark
    var text = String.UnicodeScalarView()
    var marks: [YAMLMark] = []
    func isEnd(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\n" }
    while let scalar = next, !isEnd(scalar) {
      switch scalar {
      case "'": try quoted("'", &text, &marks)
      case "\"": try quoted("\"", &text, &marks)
      case "$" where peek(1) == "'":
        advance()
        try quoted("$", &text, &marks)
      case "\\" where peek(1) == "\n":
        advance()
        advance()
        continue
      case "\\":
        try checkBackslash()
        advance()
        append(&text, &marks)
      case ";", "|", "<", ">":
        throw SampleError(mark, "unexpected '\(scalar)'; the file must contain one curl command only")
      case let quote where Self.quotes.contains(quote):
        throw SampleError(mark, "'\(quote)' is a typographic quote; write ' or \"")
      case "^" where peek(1) == "\"":
        throw SampleError(mark, "'^' is the quoting of Windows, which is not supported; copy the command for bash")
      default: append(&text, &marks)
      }
    }
    return ShellWord(String(text), at: start, marks)
  }

  /// A backslash before spaces at the end of a line does not continue the command.
  private func checkBackslash() throws(SampleError) {
    var distance = 1
    while peek(distance) == " " || peek(distance) == "\t" { distance += 1 }
    if distance > 1, peek(distance) == "\n" || peek(distance) == nil {
      throw SampleError(mark, "remove the space after '\\': it must be the last character of its line")
    }
    if peek(1) == nil { throw SampleError(mark, "the command ends with '\\'; its next line is missing") }
  }

  private mutating func append(_ text: inout String.UnicodeScalarView, _ marks: inout [YAMLMark]) {
    guard let scalar = next else { return }
    text.append(scalar)
    marks.append(mark)
    advance()
  }

  /// A part in quotes. `kind`: the quote, or `$` for `$'…'`.
  private mutating func quoted(
    _ kind: Unicode.Scalar, _ text: inout String.UnicodeScalarView, _ marks: inout [YAMLMark]
  ) throws(SampleError) {
    let start = mark
    let quote: Unicode.Scalar = kind == "$" ? "'" : kind
    advance()
    while let scalar = next {
      if scalar == quote {
        advance()
        return
      }
      guard scalar == "\\", kind != "'" else {
        append(&text, &marks)
        continue
      }
      if kind == "$" {
        try escape(&text, &marks)
      } else if peek(1) == "\n" {
        advance()
        advance()
      } else if let escaped = peek(1), ["\"", "\\", "$", "`"].contains(escaped) {
        advance()
        append(&text, &marks)
      } else {
        append(&text, &marks)
      }
    }
    throw SampleError(start, "the quote that begins here is not closed")
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "\"": "\"", "?": "?", "a": "\u{7}", "b": "\u{8}",
    "e": "\u{1b}", "f": "\u{c}", "v": "\u{b}",
  ]

  /// An escape sequence of `$'…'`.
  private mutating func escape(
    _ text: inout String.UnicodeScalarView, _ marks: inout [YAMLMark]
  ) throws(SampleError) {
    let start = mark
    advance()
    guard let kind = next else { return }
    if let escaped = Self.escapes[kind] {
      text.append(escaped)
      marks.append(start)
      return advance()
    }
    let (length, radix): (Int, Int)
    switch kind {
    case "u": (length, radix) = (4, 16)
    case "U": (length, radix) = (8, 16)
    case "x": (length, radix) = (2, 16)
    case "0"..."7": (length, radix) = (3, 8)
    default: throw SampleError(start, "unknown escape sequence '\\\(kind)' in $'…'")
    }
    if radix == 16 { advance() }
    var value = try number(length, radix, at: start)
    // A character outside of the basic plane is written as a pair of surrogates.
    if (0xd800..<0xdc00).contains(value), next == "\\", peek(1) == "u" {
      advance()
      advance()
      let low = try number(4, 16, at: start)
      value = 0x10000 + (value - 0xd800) << 10 + (low & 0x3ff)
    }
    guard let scalar = Unicode.Scalar(value) else { throw SampleError(start, "invalid escape sequence in $'…'") }
    text.append(scalar)
    marks.append(start)
  }

  /// Up to `length` digits.
  private mutating func number(_ length: Int, _ radix: Int, at start: YAMLMark) throws(SampleError) -> UInt32 {
    var digits = ""
    while digits.utf8.count < length, let digit = next, UInt32(String(digit), radix: radix) != nil {
      digits.unicodeScalars.append(digit)
      advance()
    }
    guard let value = UInt32(digits, radix: radix) else {
      throw SampleError(start, "an escape sequence in $'…' needs digits")
    }
    return value
  }
}
