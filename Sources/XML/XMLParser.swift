/// A parser for the part of XML 1.0 that data formats use: elements, attributes, character data, CDATA sections,
/// comments, character references and the five predefined entities. Document types and processing instructions are
/// errors, so a document cannot define entities or refer to files. Namespaces are not resolved.
struct XMLParser {
  static let maximumDepth = 32
  static let maximumAttributes = 64

  let bytes: [UInt8]
  var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(XMLError) -> XMLElement {
    try checkCharacters()
    skip([0xef, 0xbb, 0xbf])
    try readDeclaration()
    try skipMisc()
    guard peek == UInt8(ascii: "<") else { throw .invalid(offset: at) }
    let root = try element(depth: 1)
    try skipMisc()
    guard at == bytes.count else { throw .invalid(offset: at) }
    return root
  }

  // MARK: Elements

  private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
    guard depth <= Self.maximumDepth else { throw .tooDeep(limit: Self.maximumDepth) }
    try expect("<")
    let name = try name()
    let attributes = try readAttributes()
    if skip("/>") { return XMLElement(name: name, attributes: attributes, children: [], text: "") }
    try expect(">")
    var children: [XMLElement] = []
    var text = CharacterData()
    while !skip("</") {
      switch peek {
      case nil: throw .invalid(offset: at)
      case UInt8(ascii: "&"): try readReference(into: &text.bytes)
      case UInt8(ascii: "<"):
        if skip("<![CDATA[") {
          try readCharacters(until: "]]>", into: &text.bytes)
        } else if bytes[at...].starts(with: "<!--".utf8) {
          text.markComment()
          try skipComment()
        } else {
          try refuseDeclarations()
          children.append(try element(depth: depth + 1))
        }
      default:
        if bytes[at...].starts(with: "]]>".utf8) { throw .invalid(offset: at) }
        readCharacter(into: &text.bytes)
      }
    }
    if text.isDivided { throw .dividedText(offset: at - 2) }
    let end = at
    guard try self.name().utf8.elementsEqual(name.utf8) else { throw .invalid(offset: end) }
    skipSpace()
    try expect(">")
    return XMLElement(
      name: name, attributes: attributes, children: children, text: children.isEmpty ? text.trimmed : nil)
  }

  private mutating func readAttributes() throws(XMLError) -> [XMLElement.Attribute] {
    var attributes: [XMLElement.Attribute] = []
    while true {
      let hasSpace = skipSpace()
      if peek == UInt8(ascii: "/") || peek == UInt8(ascii: ">") { return attributes }
      let start = at
      guard hasSpace else { throw .invalid(offset: at) }
      guard attributes.count < Self.maximumAttributes else { throw .tooManyAttributes(limit: Self.maximumAttributes) }
      let name = try name()
      guard !attributes.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
        throw .invalid(offset: start)
      }
      skipSpace()
      try expect("=")
      skipSpace()
      attributes.append(.init(name: name, value: try attributeValue()))
    }
  }

  /// A quoted value. White space is normalised to blanks (XML 1.0 §3.3.3), except in character references.
  private mutating func attributeValue() throws(XMLError) -> String {
    guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw .invalid(offset: at)
    }
    at += 1
    var value: [UInt8] = []
    while let byte = peek, byte != quote {
      switch byte {
      case UInt8(ascii: "<"): throw .invalid(offset: at)
      case UInt8(ascii: "&"): try readReference(into: &value)
      default:
        readCharacter(into: &value)
        if let last = value.last, Self.isSpace(last) { value[value.count - 1] = 0x20 }
      }
    }
    guard peek == quote else { throw .invalid(offset: at) }
    at += 1
    return String(decoding: value, as: UTF8.self)
  }

  // MARK: Character data

  /// Appends one byte. A line end is normalised to a line feed (§2.11).
  private mutating func readCharacter(into text: inout [UInt8]) {
    let byte = bytes[at]
    at += 1
    guard byte == 0x0d else { return text.append(byte) }
    text.append(0x0a)
    if peek == 0x0a { at += 1 }
  }

  private mutating func readCharacters(until end: StaticString, into text: inout [UInt8]) throws(XMLError) {
    while !skip(end) {
      guard at < bytes.count else { throw .invalid(offset: at) }
      readCharacter(into: &text)
    }
  }

  private mutating func readReference(into text: inout [UInt8]) throws(XMLError) {
    let start = at
    at += 1
    guard let end = bytes[at...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw .entity(offset: start) }
    let name = String(decoding: bytes[at..<end], as: UTF8.self)
    at = end + 1
    switch name {
    case "lt": text.append(UInt8(ascii: "<"))
    case "gt": text.append(UInt8(ascii: ">"))
    case "amp": text.append(UInt8(ascii: "&"))
    case "apos": text.append(UInt8(ascii: "'"))
    case "quot": text.append(UInt8(ascii: "\""))
    default:
      guard name.hasPrefix("#") else { throw .entity(offset: start) }
      let isHexadecimal = name.hasPrefix("#x")
      let digits = name.dropFirst(isHexadecimal ? 2 : 1)
      // `UInt32(_:radix:)` accepts a sign.
      guard digits.utf8.first != UInt8(ascii: "+"), let code = UInt32(digits, radix: isHexadecimal ? 16 : 10),
        let scalar = Unicode.Scalar(code), Self.isAllowed(scalar)
      else { throw .invalid(offset: start) }
      text += Array(String(Character(scalar)).utf8)
    }
  }

  // MARK: Outside of elements

  /// `<?xml version="1.0" encoding="…" standalone="…"?>`, only at the start of the document.
  private mutating func readDeclaration() throws(XMLError) {
    guard bytes[at...].starts(with: "<?xml".utf8), bytes.count > at + 5, Self.isSpace(bytes[at + 5]) else { return }
    let start = at
    at += 5
    let found = try readPseudoAttributes()
    try expect("?>")
    let names = found.map(\.name)
    guard names.first == "version", found[0].value == "1.0",
      found.allSatisfy({ $0.name != "encoding" || Self.isEncodingName($0.value) }),
      ["version", "encoding", "standalone"].filter(names.contains) == names,
      found.allSatisfy({ $0.name != "standalone" || $0.value == "yes" || $0.value == "no" })
    else { throw .invalid(offset: start) }
    if let encoding = found.first(where: { $0.name == "encoding" })?.value {
      guard Self.isSupported(encoding) || bytes.allSatisfy({ $0 < 0x80 }) else { throw .encoding }
    }
  }

  private mutating func readPseudoAttributes() throws(XMLError) -> [XMLElement.Attribute] {
    var found: [XMLElement.Attribute] = []
    while true {
      let hasSpace = skipSpace()
      if peek == UInt8(ascii: "?") { return found }
      guard hasSpace else { throw .invalid(offset: at) }
      let name = try name()
      skipSpace()
      try expect("=")
      skipSpace()
      let start = at
      let value = try attributeValue()
      // A reference or a line break would have been changed by `attributeValue`.
      let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "&") }
      guard isPlain, at - start == value.utf8.count + 2 else { throw .invalid(offset: start) }
      found.append(.init(name: name, value: value))
    }
  }

  /// `EncName` of §4.3.3.
  private static func isEncodingName(_ text: String) -> Bool {
    let isLetter = { (byte: UInt8) in (0x61...0x7a).contains(byte | 0x20) }
    return text.utf8.first.map(isLetter) == true
      && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "._-".utf8.contains($0) }
  }

  /// The body has been converted to UTF-8 before it is parsed. UTF-16 cannot be true, because the declaration was read
  /// as ASCII: .NET writes it when a text is serialised.
  private static func isSupported(_ encoding: String) -> Bool {
    ["utf-8", "utf8", "utf-16", "us-ascii", "gbk", "gb2312", "gb18030", "cp936"].contains(encoding.lowercased())
  }

  private mutating func skipMisc() throws(XMLError) {
    while true {
      skipSpace()
      guard bytes[at...].starts(with: "<!--".utf8) else { break }
      try skipComment()
    }
    try refuseDeclarations()
  }

  private mutating func skipComment() throws(XMLError) {
    at += 4
    while !bytes[at...].starts(with: "--".utf8) {
      guard at < bytes.count else { throw .invalid(offset: at) }
      at += 1
    }
    try expect("-->")
  }

  private func refuseDeclarations() throws(XMLError) {
    if bytes[at...].starts(with: "<!DOCTYPE".utf8) { throw .documentType }
    if bytes[at...].starts(with: "<?".utf8) { throw .processingInstruction }
  }
}

/// The character data of an element.
private struct CharacterData {
  var bytes: [UInt8] = []
  /// The length of the text before the last comment that follows a text.
  private var commentStart: Int?
  /// The length of the text that is known to be blank: it is not read again for each comment.
  private var blankLength = 0

  mutating func markComment() {
    guard commentStart == nil else { return }
    if bytes[blankLength...].contains(where: { !XMLParser.isSpace($0) }) { commentStart = bytes.count }
    blankLength = bytes.count
  }

  /// Whether a comment separates two parts of the text that are not blank.
  var isDivided: Bool {
    guard let commentStart else { return false }
    return bytes[commentStart...].contains { !XMLParser.isSpace($0) }
  }

  var trimmed: String {
    guard let first = bytes.firstIndex(where: { !XMLParser.isSpace($0) }),
      let last = bytes.lastIndex(where: { !XMLParser.isSpace($0) })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
  }
}

extension XMLElement {
  /// Parses a complete document in UTF-8, with or without a byte order mark, and returns its root element.
  public static func parse(_ bytes: [UInt8]) throws(XMLError) -> XMLElement {
    var parser = XMLParser(bytes)
    return try parser.document()
  }
}
