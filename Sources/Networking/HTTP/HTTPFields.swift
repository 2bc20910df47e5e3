internal import Glibc

/// Header or trailer fields (RFC 9110 §5), stored as the received bytes. Names are compared without regard to case.
public struct HTTPFields: Sendable {
  /// The fields that this project reads. A field is identified once, when it is added.
  public enum Known: UInt8, Sendable {
    case other
    case host, contentLength, transferEncoding, connection, expect, keepAlive
    case authorization, contentType, requestId, retryAfter, idempotencyKey
  }

  struct Field {
    private let nameStart, nameEnd, valueStart, valueEnd: UInt32
    let known: Known

    /// `known` must match the bytes of `name`.
    init(name: Range<Int>, value: Range<Int>, _ known: Known) {
      nameStart = UInt32(name.lowerBound)
      nameEnd = UInt32(name.upperBound)
      valueStart = UInt32(value.lowerBound)
      valueEnd = UInt32(value.upperBound)
      self.known = known
    }

    var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
  }

  /// Names and values; for a parsed message the whole head, including the start line.
  private(set) var storage: [UInt8]
  private(set) var fields: [Field]

  public init() {
    storage = []
    fields = []
  }

  public init(_ pairs: KeyValuePairs<String, String>) {
    self.init()
    for (name, value) in pairs { append(name, value) }
  }

  init(storage: [UInt8], fields: [Field]) {
    self.storage = storage
    self.fields = fields
  }

  public var count: Int { fields.count }

  /// The first field of this name.
  public subscript(name: String) -> String? {
    for field in fields where matches(field, name) { return text(field.value) }
    return nil
  }

  /// The first field of this kind.
  public subscript(known: Known) -> String? {
    for field in fields where field.known == known { return text(field.value) }
    return nil
  }

  public func contains(_ known: Known) -> Bool { fields.contains { $0.known == known } }

  /// Calls `body` with the value of the first field of this kind, or with nil.
  public func withValue<Result, Failure: Error>(
    of known: Known, _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    for field in fields where field.known == known { return try withBytes(field.value, body) }
    return try body(nil)
  }

  /// The values of all fields of this name, in order.
  public func all(_ name: String) -> [String] {
    fields.filter { matches($0, name) }.map { text($0.value) }
  }

  /// Appends a field. Name and value must not contain line ends.
  public mutating func append(_ name: String, _ value: String) {
    let start = storage.count
    storage.append(contentsOf: name.utf8)
    let middle = storage.count
    storage.append(contentsOf: value.utf8)
    addField(name: start..<middle)
  }

  /// Appends a field whose value is a whole number.
  public mutating func append(_ name: String, _ value: Int) {
    let start = storage.count
    storage.append(contentsOf: name.utf8)
    let middle = storage.count
    storage.append(contentsOf: String(value).utf8)
    addField(name: start..<middle)
  }

  public mutating func append(contentsOf other: HTTPFields) {
    other.storage.withUnsafeBufferPointer { bytes in
      for field in other.fields {
        let start = storage.count
        storage.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.name]))
        let middle = storage.count
        storage.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.value]))
        fields.append(Field(name: start..<middle, value: middle..<storage.count, field.known))
      }
    }
  }

  /// Adds the field whose name is at `name` in `storage`, with its value behind it.
  private mutating func addField(name: Range<Int>) {
    let known = storage.withUnsafeBytes { Known(name: UnsafeRawBufferPointer(rebasing: $0[name])) }
    fields.append(Field(name: name, value: name.upperBound..<storage.count, known))
  }

  /// Removes all fields. Their memory is reused.
  public mutating func removeAll() {
    storage.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
  }

  /// Appends bytes that do not belong to a field, and returns their range.
  mutating func appendLoose(_ text: String) -> Range<Int> {
    let start = storage.count
    storage.append(contentsOf: text.utf8)
    return start..<storage.count
  }

  /// All fields in order, with the names in their original case.
  public var pairs: [(name: String, value: String)] {
    fields.map { (text($0.name), text($0.value)) }
  }

  func text(_ range: Range<Int>) -> String {
    withBytes(range) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with a part of `storage`.
  func withBytes<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try storage.withUnsafeBufferPointer { (bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Result in
      try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
    }
  }

  private func matches(_ field: Field, _ name: String) -> Bool {
    guard field.name.count == name.utf8.count else { return false }
    var at = field.name.lowerBound
    for byte in name.utf8 {
      if lowercased(storage[at]) != lowercased(byte) { return false }
      at += 1
    }
    return true
  }

  /// Writes the fields in HTTP/1.1 format, each with its CRLF.
  func serialize(into output: inout [UInt8]) {
    storage.withUnsafeBufferPointer { bytes in
      for field in fields {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.name]))
        output.append(": ")
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[field.value]))
        output.append("\r\n")
      }
    }
  }
}

extension HTTPFields.Known {
  /// Identifies a field by its name, in any case.
  init(name: UnsafeRawBufferPointer) {
    func named(_ text: StaticString, _ known: Self) -> Self { equalsIgnoringCase(name, text) ? known : .other }
    self =
      switch name.count {
      case 4: named("host", .host)
      case 6: named("expect", .expect)
      case 10: equalsIgnoringCase(name, "connection") ? .connection : named("keep-alive", .keepAlive)
      case 11: named("retry-after", .retryAfter)
      case 12: equalsIgnoringCase(name, "content-type") ? .contentType : named("x-request-id", .requestId)
      case 13: named("authorization", .authorization)
      case 14: named("content-length", .contentLength)
      case 15: named("idempotency-key", .idempotencyKey)
      case 17: named("transfer-encoding", .transferEncoding)
      default: .other
      }
  }
}

@inline(__always) func lowercased(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/// `text` must be in lower case.
func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
  // The process never leaves the locale "C".
  bytes.count == text.utf8CodeUnitCount
    && (bytes.isEmpty || strncasecmp(bytes.baseAddress!, text.utf8Start, bytes.count) == 0)
}

extension [UInt8] {
  mutating func append(_ text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
