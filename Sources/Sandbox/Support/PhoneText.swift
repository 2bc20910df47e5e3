/// Checks and masks phone numbers in the form that vendors use: 11 digits, beginning with `13` to `19`.
enum PhoneText {
  static func isMobileNumber(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.count == 11 && bytes[0] == UInt8(ascii: "1")
      && (UInt8(ascii: "3")...UInt8(ascii: "9")).contains(bytes[1]) && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
  }

  /// `188****1079`, the format of `securityPhone` (`specs/china-mobile.md` §1.4).
  static func mask(_ number: String) -> String {
    number.prefix(3) + "****" + number.suffix(4)
  }

  /// Whether the input of the user on the authorisation page is this number, or its four masked digits.
  static func isTyped(_ typed: String, _ number: String) -> Bool {
    typed == number || typed == String(number.dropFirst(3).prefix(4))
  }
}
