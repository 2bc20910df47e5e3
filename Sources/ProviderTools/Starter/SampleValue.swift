import Cryptography
import NumberAuth

/// Recognises the form of a sample value.
enum SampleValue {
  static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  static func isHex(_ text: String) -> Bool { !text.isEmpty && text.utf8.count % 2 == 0 && Hex.decode(text) != nil }

  /// `8-4-4-4-12` hexadecimal digits.
  static func isUUID(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { isHex(String($0)) }
  }

  /// The characters before a mobile number of mainland China, such as `+86`; nil if the text is not such a number.
  static func prefix(ofPhoneNumber text: String) -> String? {
    guard let number = PhoneNumber(text), text.hasSuffix(number.text) else { return nil }
    return String(text.dropLast(number.text.count))
  }

  /// A step `time` that writes a value in the format of the sample; nil if the text is not a time.
  static func timeStep(_ text: String) -> String? {
    guard let time = WallTime(vendorsText: text) ?? basicTime(text), (2000..<2100).contains(year(time)) else {
      return nil
    }
    guard isDigits(text) else { return text.contains("-") ? "{time: iso8601}" : "{time: \"yyyyMMdd'T'HHmmss'Z'\"}" }
    return switch text.utf8.count {
    case 10: "{time: seconds}"
    case 13: "{time: milliseconds}"
    case 14: "{time: yyyyMMddHHmmss, zone: china}"
    default: "{time: yyyyMMddHHmmssSSS, zone: china}"
    }
  }

  /// `20240102T030405Z`.
  private static func basicTime(_ text: String) -> WallTime? {
    guard text.utf8.count == 16, text.hasSuffix("Z"), text.dropFirst(8).hasPrefix("T") else { return nil }
    return WallTime(vendorsText: String(text.prefix(8)) + String(text.dropFirst(9).dropLast()))
  }

  private static func year(_ time: WallTime) -> Int { Int(time.iso8601.prefix(4)) ?? 0 }

  /// Whether the text can be a token or a key: long, with letters and digits, and not a phrase.
  static func isRandom(_ text: String) -> Bool {
    guard text.utf8.count >= 20, !text.contains("://") else { return false }
    let isToken = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
      default: "-_.+/=~".utf8.contains(byte)
      }
    }
    return isToken && text.contains(where: \.isNumber) && text.contains(where: \.isLetter)
  }

  /// Whether a segment of a path can be the identifier of an account, in contrast to a name such as `v1`.
  static func isPathIdentifier(_ text: String) -> Bool {
    if isDigits(text) { return text.utf8.count >= 6 }
    if isUUID(text) || isHex(text) && text.utf8.count >= 16 { return true }
    return isRandom(text) && text.count(where: \.isNumber) >= 4
  }

  /// The digest step that has a result of this form; nil if the text does not look like a digest.
  static func digest(_ text: String) -> (step: String, encoding: String)? {
    guard isHex(text) else { return nil }
    let encoding = text.contains(where: \.isUppercase) ? "HEX" : "hex"
    return switch text.utf8.count {
    case 32: ("md5", encoding)
    case 40: ("sha1", encoding)
    case 64: ("sha256", encoding)
    case 96: ("sha384", encoding)
    case 128: ("sha512", encoding)
    default: nil
    }
  }

  /// The size and the encoding of a text that can be a ciphertext; nil if it does not look like one.
  static func ciphertext(_ text: String) -> (size: Int, encoding: String)? {
    if text.utf8.count >= 32, isHex(text), text.utf8.count % 16 == 0 { return (text.utf8.count / 2, "hex") }
    guard text.utf8.count >= 20, !isDigits(text), let bytes = Base64.decode(text), bytes.count % 8 == 0 else {
      return nil
    }
    return (bytes.count, "base64")
  }
}

/// The text of a name without separators, in lower case: `X-App-Id` is `appid`.
func comparable(_ name: String) -> String {
  let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
  return name.lowercased().hasPrefix("x-") ? String(letters.dropFirst()) : letters
}
