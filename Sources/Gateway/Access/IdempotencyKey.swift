import Networking
import NumberAuth

/// The field `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
enum IdempotencyKey {
  /// In characters.
  private static let maximumLength = 255

  /// The key of a request with this field: a string in quotes (RFC 9651, section 3.3.3), or a token without quotes.
  /// Throws `invalidRequest` for several fields and for other values.
  static func read(_ headers: HTTPFields) throws(Failure) -> String {
    let values = headers.all("Idempotency-Key")
    guard values.count == 1, let key = parse(values[0]) else {
      throw .gateway(
        .invalidRequest,
        "The Idempotency-Key must be one string of 1 to \(maximumLength) printable ASCII characters in quotes.")
    }
    return key
  }

  /// nil if the value is neither a string nor a token.
  static func parse(_ value: String) -> String? {
    let bytes = Array(value.utf8)
    let key: [UInt8]?
    if bytes.first == quote {
      key = content(bytes)
    } else {
      key = bytes.allSatisfy(isTokenCharacter) ? bytes : nil
    }
    guard let key, (1...maximumLength).contains(key.count) else { return nil }
    return String(decoding: key, as: UTF8.self)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  /// The text between the quotes, without escapes.
  private static func content(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 2, bytes.last == quote else { return nil }
    var content: [UInt8] = []
    var isEscaped = false
    for byte in bytes[1..<(bytes.count - 1)] {
      guard (0x20...0x7e).contains(byte) else { return nil }
      if isEscaped {
        guard byte == quote || byte == backslash else { return nil }
        content.append(byte)
        isEscaped = false
      } else if byte == backslash {
        isEscaped = true
      } else if byte == quote {
        return nil
      } else {
        content.append(byte)
      }
    }
    return isEscaped ? nil : content
  }

  /// The characters of a token of RFC 9651, at any position.
  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "!#$%&'*+-.^_`|~:/=".utf8.contains(byte)
    }
  }
}
