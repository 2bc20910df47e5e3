internal import CSimdJSON

/// A parsed JSON text in one array: the number of tape entries, the entries, and the bytes of strings and numbers to
/// which the entries refer.
struct JSONStorage: Sendable {
  /// The bytes that the parser holds for the calling thread.
  static var retainedBytes: Int { numgate_json_retained() }

  private let words: [UInt64]

  /// Copies the tape, which belongs to the parser.
  init(_ tape: numgate_json_tape) {
    let size = 1 + tape.count + (tape.text_length + 7) / 8
    words = Array(unsafeUninitializedCapacity: size) { words, count in
      words[0] = UInt64(tape.count)
      if size > 1 { words[size - 1] = 0 }
      if tape.count > 0 { (words.baseAddress! + 1).update(from: tape.entries, count: tape.count) }
      if tape.text_length > 0 {
        UnsafeMutableRawPointer(words.baseAddress! + 1 + tape.count).copyMemory(
          from: tape.text, byteCount: tape.text_length)
      }
      count = size
    }
  }

  var count: Int { Int(words[0]) }

  /// An entry of the tape: tag, size and position.
  subscript(index: Int) -> UInt64 { words[index + 1] }

  /// The bytes of strings and numbers. Positions in the entries are offsets into it.
  func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    words.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[((count + 1) * 8)...])) }
  }
}

/// A value of a parsed JSON text (RFC 8259), read by key, by index or by JSON Pointer. Numbers keep their original
/// text, so that a vendor's ID of 20 digits is not rounded.
public struct JSONValue: Sendable {
  public enum Kind: Sendable { case null, boolean, number, string, array, object }

  let storage: JSONStorage
  let index: Int

  private var entry: UInt64 { storage[index] }
  private var tag: UInt64 { entry >> 60 }
  private var size: Int { Int((entry >> 32) & 0xfff_ffff) }
  private var place: Int { Int(entry & 0xffff_ffff) }

  public var kind: Kind {
    switch UInt32(tag) {
    case NUMGATE_JSON_NULL.rawValue: .null
    case NUMGATE_JSON_FALSE.rawValue, NUMGATE_JSON_TRUE.rawValue: .boolean
    case NUMGATE_JSON_NUMBER.rawValue: .number
    case NUMGATE_JSON_STRING.rawValue: .string
    case NUMGATE_JSON_ARRAY.rawValue: .array
    default: .object
    }
  }

  public var isNull: Bool { tag == 0 }

  /// The value of a JSON string; nil for all other types.
  public var string: String? { kind == .string ? rawText : nil }

  /// The value of a JSON string, or the original text of a JSON number. Vendors' codes are read this way.
  public var text: String? {
    switch kind {
    case .string, .number: rawText
    default: nil
    }
  }

  public var bool: Bool? { kind == .boolean ? UInt32(tag) == NUMGATE_JSON_TRUE.rawValue : nil }

  /// A JSON number that is a whole number in the range of `Int`; nil otherwise.
  public var int: Int? { kind == .number ? Int(rawText) : nil }

  /// The number of elements or members of an array or object; 0 for all other types.
  public var count: Int { kind == .array || kind == .object ? size : 0 }

  private var rawText: String {
    let range = place..<(place + size)
    return storage.withText { String(decoding: $0[range], as: UTF8.self) }
  }

  /// The UTF-8 bytes of a string or the text of a number.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let range = place..<(place + size)
    return storage.withText { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// The first member of an object with this key; nil if it is missing or this is not an object.
  public subscript(key: String) -> JSONValue? {
    guard kind == .object else { return nil }
    return key.utf8.withContiguousStorageIfAvailable { member(UnsafeRawBufferPointer($0)) }
      ?? Array(key.utf8).withUnsafeBytes { member($0) }
  }

  /// The first member of this object with this key.
  private func member(_ key: UnsafeRawBufferPointer) -> JSONValue? {
    storage.withText { text in
      var at = index + 1
      for _ in 0..<size {
        let name = storage[at]
        let length = Int((name >> 32) & 0xfff_ffff)
        let start = Int(name & 0xffff_ffff)
        if length == key.count,
          length == 0 || numgate_json_equal(text.baseAddress! + start, key.baseAddress!, length)
        {
          return JSONValue(storage: storage, index: at + 1)
        }
        at = next(after: at + 1)
      }
      return nil
    }
  }

  /// The element of an array; nil outside its bounds, or if this is not an array.
  public subscript(position: Int) -> JSONValue? {
    guard kind == .array, position >= 0, position < size else { return nil }
    var at = index + 1
    for _ in 0..<position { at = next(after: at) }
    return JSONValue(storage: storage, index: at)
  }

  private func next(after at: Int) -> Int {
    let entry = storage[at]
    let tag = UInt32(entry >> 60)
    let isContainer = tag == NUMGATE_JSON_ARRAY.rawValue || tag == NUMGATE_JSON_OBJECT.rawValue
    return isContainer ? Int(entry & 0xffff_ffff) : at + 1
  }

  /// The elements of an array, in order; empty for all other types.
  public var elements: [JSONValue] {
    guard kind == .array else { return [] }
    var result: [JSONValue] = []
    result.reserveCapacity(size)
    var at = index + 1
    for _ in 0..<size {
      result.append(JSONValue(storage: storage, index: at))
      at = next(after: at)
    }
    return result
  }

  /// The members of an object, in the order of the text; empty for all other types.
  public var members: [(key: String, value: JSONValue)] {
    guard kind == .object else { return [] }
    var result: [(key: String, value: JSONValue)] = []
    result.reserveCapacity(size)
    var at = index + 1
    for _ in 0..<size {
      let key = JSONValue(storage: storage, index: at).rawText
      result.append((key, JSONValue(storage: storage, index: at + 1)))
      at = next(after: at + 1)
    }
    return result
  }

  /// The value at a JSON Pointer (RFC 6901) such as `/header/resultCode`; nil if there is no such value.
  ///
  /// With `lookingIntoTexts`, a string that contains JSON is parsed on the way: some servers put JSON inside JSON.
  public func at(_ pointer: JSONPointer, lookingIntoTexts: Bool = false) -> JSONValue? {
    var value = self
    for token in pointer.tokens {
      if lookingIntoTexts, let text = value.string, let inner = try? JSONValue.parse(text, duplicateKeys: .refused) {
        value = inner
      }
      let next: JSONValue?
      switch value.kind {
      case .object: next = value[token]
      case .array: next = JSONPointer.arrayIndex(token).flatMap { value[$0] }
      default: next = nil
      }
      guard let next else { return nil }
      value = next
    }
    return value
  }
}
