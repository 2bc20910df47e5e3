private import CSimdJSON

/// An error in a JSON text. The description names an offset or a field, never a value.
public enum JSONError: Error, Equatable, CustomStringConvertible {
  case invalid(offset: Int)
  case invalidUTF8
  case tooDeep(limit: Int)
  case tooLarge
  case duplicateKey(String)
  /// A field that is missing or has another type than expected.
  case field(String, expected: String)

  public var description: String {
    switch self {
    case .invalid(let offset): "not valid JSON at byte \(offset)"
    case .invalidUTF8: "not valid UTF-8"
    case .tooDeep(let limit): "nested deeper than \(limit) levels"
    case .tooLarge: "JSON text too large"
    case .duplicateKey(let key): "duplicate key '\(key)'"
    case .field(let name, let expected): "'\(name)' must be \(expected)"
    }
  }
}

/// U+FEFF in UTF-8.
private let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

extension JSONValue {
  /// The handling of duplicate keys in an object (RFC 8259 §4 leaves it open).
  public enum DuplicateKeys: Sendable {
    /// The text is rejected. For requests of callers.
    case refused
    /// The text is rejected, also for duplicate keys in JSON inside a string. For responses of vendors.
    case refusedInStringsToo
    /// The first value is used. For texts that do not influence a verdict.
    case firstWins
  }

  /// Parses and validates a complete JSON text (RFC 8259): UTF-8, numbers, escapes, no trailing characters. A byte
  /// order mark before the value is skipped (§8.1); offsets of errors include it.
  public static func parse(
    _ bytes: [UInt8], duplicateKeys: DuplicateKeys = .firstWins, maximumDepth: Int = 64
  ) throws(JSONError) -> JSONValue {
    var tape = numgate_json_tape()
    let start = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    let status = bytes.withUnsafeBufferPointer {
      numgate_json_parse(
        $0.baseAddress.map { $0 + start }, $0.count - start, maximumDepth, duplicateKeys != .firstWins, &tape)
    }
    defer { numgate_json_release() }
    switch UInt32(status) {
    case NUMGATE_JSON_OK.rawValue: break
    case NUMGATE_JSON_INVALID_UTF8.rawValue: throw .invalidUTF8
    case NUMGATE_JSON_TOO_DEEP.rawValue: throw .tooDeep(limit: maximumDepth)
    case NUMGATE_JSON_TOO_LARGE.rawValue: throw .tooLarge
    default: throw .invalid(offset: tape.error_offset + start)
    }
    let storage = JSONStorage(tape)
    if tape.duplicate_key != 0 {
      let key = JSONValue(storage: storage, index: tape.duplicate_key)
      throw .duplicateKey(String((key.string ?? "").prefix(64)))
    }
    if duplicateKeys == .refusedInStringsToo { try storage.refuseDuplicateKeysInStrings(maximumDepth) }
    return JSONValue(storage: storage, index: 0)
  }

  public static func parse(
    _ text: String, duplicateKeys: DuplicateKeys = .firstWins, maximumDepth: Int = 64
  ) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8), duplicateKeys: duplicateKeys, maximumDepth: maximumDepth)
  }

  /// The string at `key`. Throws `JSONError.field` if it is missing or not a string.
  public func requiredString(_ key: String) throws(JSONError) -> String {
    guard let value = self[key], let string = value.string else { throw .field(key, expected: "a string") }
    return string
  }

  /// The string at `key`; nil if the member is missing or null. Throws `JSONError.field` for another type.
  public func optionalString(_ key: String) throws(JSONError) -> String? {
    guard let value = self[key], !value.isNull else { return nil }
    guard let string = value.string else { throw .field(key, expected: "a string") }
    return string
  }

  /// The whole number at `key`; nil if the member is missing or null. Throws `JSONError.field` for another type.
  public func optionalInt(_ key: String) throws(JSONError) -> Int? {
    guard let value = self[key], !value.isNull else { return nil }
    guard let int = value.int else { throw .field(key, expected: "a whole number") }
    return int
  }
}

extension JSONStorage {
  /// Throws `duplicateKey` if a string contains a JSON object or array with a duplicate key. Skips strings that are not
  /// JSON. Each level of nesting doubles the escapes, so the length of the text bounds the recursion.
  fileprivate func refuseDuplicateKeysInStrings(_ maximumDepth: Int) throws(JSONError) {
    for index in 0..<count {
      guard let bytes = JSONValue(storage: self, index: index).nestedText else { continue }
      do throws(JSONError) {
        _ = try JSONValue.parse(bytes, duplicateKeys: .refusedInStringsToo, maximumDepth: maximumDepth)
      } catch {
        if case .duplicateKey = error { throw error }
      }
    }
  }
}

extension JSONValue {
  /// The bytes of a string that begins like a JSON object or array.
  fileprivate var nestedText: [UInt8]? {
    guard kind == .string else { return nil }
    return withBytes { bytes in
      let content = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(byteOrderMark.count) : bytes[...]
      let first = content.first { $0 > 0x20 }
      return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? Array(bytes) : nil
    }
  }
}
