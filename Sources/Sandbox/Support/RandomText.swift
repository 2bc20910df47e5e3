internal import Cryptography

/// Random identifiers in the formats of the vendors' servers.
enum RandomText {
  /// Lower-case hexadecimal digits, two per byte.
  static func hex(_ bytes: Int) -> String { Hex.encode(SecureRandom.bytes(bytes)) }

  /// A version 4 UUID (RFC 9562 §5.4) in lower case with dashes.
  static func uuid() -> String {
    var bytes = SecureRandom.bytes(16)
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    let digits = Array(Hex.encode(bytes))
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      .map { String($0) }.joined(separator: "-")
  }

  /// Letters and digits.
  static func alphanumeric(_ count: Int) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String(SecureRandom.bytes(count).map { alphabet[Int($0) % alphabet.count] })
  }

  /// A decimal fraction such as `0.7312…`, as JavaScript prints a value of `Math.random()`.
  static func fraction() -> String {
    let digits = SecureRandom.bytes(16).map { String($0 % 10) }.joined()
    // JavaScript would not print a final 0.
    return "0." + digits + "7"
  }
}
