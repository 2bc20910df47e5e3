/// Checks and masks of phone numbers as vendors see them: 11 bare digits, `1` and a digit from 3 to 9 first.
enum PhoneText {
  static func isMobileNumber(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 11 && bytes[0] == UInt8(ascii: "1")
      && (UInt8(ascii: "3")...UInt8(ascii: "9")).contains(bytes[1]) && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// `188****1079`, as `securityPhone` has it (`specs/china-mobile.md` §1.4).
  static func mask(_ number: String) -> String {
    number.prefix(3) + "****" + number.suffix(4)
  }

  /// Whether what the user typed on the authorisation page is this number: all of it, or the four digits hidden by
  /// the mask.
  static func isTyped(_ typed: String, _ number: String) -> Bool {
    typed == number || typed == String(number.dropFirst(3).prefix(4))
  }
}
