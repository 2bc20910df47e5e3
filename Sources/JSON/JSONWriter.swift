/// Writes JSON text (RFC 8259) into a byte buffer, member by member, without an intermediate tree.
///
///     var writer = JSONWriter()
///     writer.object { $0.member("verdict", "match") }
///     send(writer.take())
///
/// Names that are literals are written unchanged. They must not contain characters that need an escape.
public struct JSONWriter: Sendable {
  private var buffer: ByteBuffer
  private var needsComma = false

  public init(reservingCapacity capacity: Int = 256) { buffer = ByteBuffer(capacity: capacity) }

  /// Reuses the memory of an array and leaves the array empty.
  public init(reusing memory: inout [UInt8]) { buffer = ByteBuffer(reusing: &memory) }

  /// The bytes written so far.
  public var bytes: [UInt8] { buffer.bytes }

  public var count: Int { buffer.count }

  /// Removes what has been written and returns it without a copy.
  public mutating func take() -> [UInt8] {
    needsComma = false
    return buffer.take()
  }

  public mutating func object(_ body: (inout JSONWriter) -> Void) {
    container(open: UInt8(ascii: "{"), close: UInt8(ascii: "}"), body)
  }

  public mutating func array(_ body: (inout JSONWriter) -> Void) {
    container(open: UInt8(ascii: "["), close: UInt8(ascii: "]"), body)
  }

  private mutating func container(open: UInt8, close: UInt8, _ body: (inout JSONWriter) -> Void) {
    separate()
    buffer.append(open)
    needsComma = false
    body(&self)
    buffer.append(close)
    needsComma = true
  }

  /// Removes what has been written and keeps the memory.
  public mutating func removeAll() {
    buffer.removeAll()
    needsComma = false
  }

  /// Ends a JSON text. The next one begins on a new line.
  public mutating func endLine() {
    buffer.append(0x0a)
    needsComma = false
  }

  public mutating func key(_ key: StaticString) {
    buffer.append(key, afterComma: needsComma)
    needsComma = false
  }

  public mutating func key(named key: String) {
    separate()
    buffer.append(quoted: key)
    buffer.append(UInt8(ascii: ":"))
    needsComma = false
  }

  public mutating func value(_ string: String) {
    separate()
    buffer.append(quoted: string)
    needsComma = true
  }

  public mutating func value(_ int: Int) {
    separate()
    buffer.append(decimal: int)
    needsComma = true
  }

  public mutating func value(_ bool: Bool) { word(bool ? "true" : "false") }

  public mutating func null() { word("null") }

  private mutating func word(_ word: StaticString) {
    separate()
    buffer.append(word)
    needsComma = true
  }

  /// Writes a finished piece of JSON.
  public mutating func value(_ fragment: JSONFragment) {
    separate()
    buffer.append(fragment.bytes)
    needsComma = true
  }

  public mutating func value(_ value: JSONValue) {
    switch value.kind {
    case .null: null()
    case .boolean: self.value(value.bool == true)
    case .number:
      separate()
      buffer.append(Array((value.text ?? "0").utf8))
      needsComma = true
    case .string: self.value(value.string ?? "")
    case .array: array { for element in value.elements { $0.value(element) } }
    case .object:
      object { writer in
        for member in value.members {
          writer.key(named: member.key)
          writer.value(member.value)
        }
      }
    }
  }

  public mutating func member(_ name: StaticString, _ string: String) {
    key(name)
    value(string)
  }

  public mutating func member(_ name: StaticString, _ int: Int) {
    key(name)
    value(int)
  }

  public mutating func member(_ name: StaticString, _ bool: Bool) {
    key(name)
    value(bool)
  }

  /// Omits the member if the value is nil.
  public mutating func member(_ name: StaticString, ifPresent string: String?) {
    if let string { member(name, string) }
  }

  /// Writes a member that is an object.
  public mutating func object(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  /// Writes a member that is an array.
  public mutating func array(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
    key(name)
    array(body)
  }

  private mutating func separate() {
    if needsComma { buffer.append(UInt8(ascii: ",")) }
  }
}

/// Members with names that are not literals.
extension JSONWriter {
  public mutating func member(named name: String, _ string: String) {
    key(named: name)
    value(string)
  }

  public mutating func member(named name: String, _ int: Int) {
    key(named: name)
    value(int)
  }

  public mutating func object(named name: String, _ body: (inout JSONWriter) -> Void) {
    key(named: name)
    object(body)
  }

  public mutating func array(named name: String, _ body: (inout JSONWriter) -> Void) {
    key(named: name)
    array(body)
  }
}

/// A finished piece of JSON text, written by a `JSONWriter`.
public struct JSONFragment: Sendable, Equatable {
  public let bytes: [UInt8]

  public init(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    body(&writer)
    bytes = writer.take()
  }

  /// Wraps bytes that are valid JSON.
  public init(json bytes: [UInt8]) { self.bytes = bytes }
}
