/// Writes JSON text (RFC 8259) into a byte buffer, member by member, without an intermediate tree.
///
///     var writer = JSONWriter()
///     writer.object { $0.member("verdict", "match") }
///     send(writer.bytes)
public struct JSONWriter: Sendable {
  public private(set) var bytes: [UInt8]
  private var needsComma = false

  public init(reservingCapacity capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    container(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), body)
  }

  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    container(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), body)
  }

  private mutating func container(open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(open)
    needsComma = false
    body(&self)
    bytes.append(close)
    needsComma = true
  }

  public mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func value(_ string: String) {
    separate()
    quote(string)
    needsComma = true
  }

  public mutating func value(_ int: Int) {
    separate()
    bytes.appendDecimal(int)
    needsComma = true
  }

  public mutating func value(_ bool: Bool) {
    separate()
    bytes.append(contentsOf: (bool ? "true" : "false").utf8)
    needsComma = true
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
    needsComma = true
  }

  /// A text that is JSON already.
  public mutating func value(_ fragment: JSONFragment) {
    separate()
    bytes.append(contentsOf: fragment.bytes)
    needsComma = true
  }

  public mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .null: null()
    case .boolean: self.value(value.bool == true)
    case .number:
      separate()
      bytes.append(contentsOf: (value.text ?? "0").utf8)
      needsComma = true
    case .string: self.value(value.string ?? "")
    case .array: array { for element in value.elements { $0.value(element) } }
    case .object:
      object { writer in
        for member in value.members {
          writer.key(member.key)
          writer.value(member.value)
        }
      }
    }
  }

  public mutating func member(_ name: String, _ string: String) {
    key(name)
    value(string)
  }

  public mutating func member(_ name: String, _ int: Int) {
    key(name)
    value(int)
  }

  public mutating func member(_ name: String, _ bool: Bool) {
    key(name)
    value(bool)
  }

  /// Leaves the member out where the value is nil.
  public mutating func member(_ name: String, ifPresent string: String?) {
    if let string { member(name, string) }
  }

  /// A member that is an object.
  public mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  /// A member that is an array.
  public mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    array(body)
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func quote(_ string: String) { bytes.appendQuoted(string) }
}

extension JSONValue {
  /// The value as a person reads it: a member a line, two blanks a level, numbers as they are written.
  public func indented() -> String {
    var text = ""
    indent(into: &text, "\n")
    return text
  }

  private func indent(into text: inout String, _ lineBreak: String) {
    switch kind {
    case .object where count > 0:
      text += "{"
      for (index, member) in members.enumerated() {
        text += (index > 0 ? "," : "") + lineBreak + "  " + JSONValue.quoted(member.key) + ": "
        member.value.indent(into: &text, lineBreak + "  ")
      }
      text += lineBreak + "}"
    case .array where elements.contains { $0.count > 0 }:
      text += "["
      for (index, element) in elements.enumerated() {
        text += (index > 0 ? "," : "") + lineBreak + "  "
        element.indent(into: &text, lineBreak + "  ")
      }
      text += lineBreak + "]"
    case .array:
      text += "["
      for (index, element) in elements.enumerated() {
        text += index > 0 ? ", " : ""
        element.indent(into: &text, lineBreak)
      }
      text += "]"
    case .object: text += "{}"
    case .string: text += JSONValue.quoted(string ?? "")
    case .number: text += self.text ?? "0"
    case .boolean: text += bool == true ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.appendQuoted(text)
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A finished piece of JSON text, made by a `JSONWriter`.
public struct JSONFragment: Sendable, Equatable {
  public let bytes: [UInt8]

  public init(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    body(&writer)
    bytes = writer.bytes
  }

  /// Bytes that are JSON already.
  public init(json bytes: [UInt8]) { self.bytes = bytes }
}

extension [UInt8] {
  /// Appends a text as a JSON string.
  public mutating func appendQuoted(_ string: String) {
    var string = string
    append(UInt8(ascii: "\""))
    string.withUTF8 { utf8 in
      var clean = 0
      for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5c {
        append(contentsOf: utf8[clean..<index])
        appendEscaped(byte)
        clean = index + 1
      }
      append(contentsOf: utf8[clean...])
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case 0x22, 0x5c: append(byte)
    case 0x0a: append(UInt8(ascii: "n"))
    case 0x0d: append(UInt8(ascii: "r"))
    case 0x09: append(UInt8(ascii: "t"))
    default:
      let digits: StaticString = "0123456789abcdef"
      append(contentsOf: "u00".utf8)
      append(digits.utf8Start[Int(byte >> 4)])
      append(digits.utf8Start[Int(byte & 15)])
    }
  }

  /// Appends the decimal digits of a whole number without making a `String`.
  public mutating func appendDecimal(_ int: Int) {
    if int < 0 { append(UInt8(ascii: "-")) }
    var rest = int.magnitude
    var divisor: UInt = 1
    while rest / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }
}
