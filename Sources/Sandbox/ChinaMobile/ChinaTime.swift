/// China Mobile's timestamps: `yyyyMMddHHmmssSSS`, 17 digits, China Standard Time (`specs/china-mobile.md` §5).
enum ChinaTime {
  private static let offset: Int64 = 8 * 3_600_000

  /// The timestamp of a time in milliseconds since 1970.
  static func stamp(_ milliseconds: Int64) -> String {
    let date = CivilDate(milliseconds: milliseconds + offset)
    return digits(date.year, 4) + digits(date.month, 2) + digits(date.day, 2) + digits(date.hour, 2)
      + digits(date.minute, 2) + digits(date.second, 2) + digits(date.millisecond, 3)
  }

  /// The time of a timestamp; nil if the text is not 17 digits or not a valid date.
  static func milliseconds(_ stamp: String) -> Int64? {
    let bytes = Array(stamp.utf8)
    guard bytes.count == 17, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    let date = CivilDate(
      year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10), minute: number(10..<12),
      second: number(12..<14), millisecond: number(14..<17))
    return date.map { $0.milliseconds - offset }
  }

  /// The number of the day in China, for daily limits.
  static func day(_ milliseconds: Int64) -> Int64 {
    (milliseconds + offset).quotientRoundedDown(by: 86_400_000)
  }

  private static func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
