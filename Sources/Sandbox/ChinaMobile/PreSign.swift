/// The text that a quick app's SDK requests a signature for: appId, msgId (a value of `Math.random()`), a timestamp of
/// 17 digits, a UUID and the version (`specs/china-mobile.md` §2).
enum PreSign {
  static let version = "1.2"

  static func make(appId: String, at now: Int64) -> String {
    appId + RandomText.fraction() + ChinaTime.stamp(now) + RandomText.uuid() + version
  }

  /// Whether a text has this format and begins with this appId. It is parsed from the end, where the lengths are fixed.
  static func isWellFormed(_ text: String, appId: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.starts(with: appId.utf8), let lastDash = bytes.lastIndex(of: UInt8(ascii: "-")) else { return false }
    let uuid = lastDash - 23
    let version = lastDash + 13
    let msgId = appId.utf8.count
    guard uuid - 17 > msgId, version < bytes.count else { return false }
    return isVersion(bytes[version...]) && isUUID(bytes[uuid..<version]) && isDigits(bytes[(uuid - 17)..<uuid])
      && isFraction(bytes[msgId..<(uuid - 17)])
  }

  private static func isDigits(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  private static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy(isDigits)
  }

  private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.enumerated().allSatisfy { offset, byte in
      switch offset {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default: byte >= 0x30 && byte <= 0x39 || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
      }
    }
  }

  /// `0.73`, or `7.3e-8` for very small numbers.
  private static func isFraction(_ bytes: ArraySlice<UInt8>) -> Bool {
    let sides = bytes.split(separator: UInt8(ascii: "e"), omittingEmptySubsequences: false)
    guard sides.count <= 2, let mantissa = sides.first else { return false }
    if sides.count == 2 {
      guard sides[1].first == UInt8(ascii: "-"), isDigits(sides[1].dropFirst()) else { return false }
      return isVersion(mantissa) || isDigits(mantissa)
    }
    return mantissa == [UInt8(ascii: "0")] || mantissa.first == UInt8(ascii: "0") && isVersion(mantissa)
  }
}
