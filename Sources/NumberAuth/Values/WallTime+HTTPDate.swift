extension WallTime {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// Reads an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7). nil for anything else, including the
  /// obsolete forms and a weekday that does not match the date. A leap second is read as the second after it.
  public init?(httpDate text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 29 else { return nil }
    func word(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    func number(_ range: Range<Int>) -> Int? {
      bytes[range].reduce(0) { sum, byte in
        guard let sum, (0x30...0x39).contains(byte) else { return nil }
        return sum * 10 + Int(byte) - 0x30
      }
    }
    guard word(3..<5) == ", ", word(7..<8) == " ", word(11..<12) == " ", word(16..<17) == " ", word(19..<20) == ":",
      word(22..<23) == ":", word(25..<29) == " GMT", let weekday = Self.weekdays.firstIndex(of: word(0..<3)),
      let month = Self.months.firstIndex(of: word(8..<11)), let day = number(5..<7), let year = number(12..<16),
      let hour = number(17..<19), let minute = number(20..<22), let second = number(23..<25), hour < 24, minute < 60,
      second <= 60, day >= 1, day <= Self.days(inMonth: month, of: year)
    else { return nil }
    // Years are counted from 1 March, so that the leap day is the last day of a year.
    let shiftedYear = month < 2 ? year - 1 : year
    let shiftedMonth = (month + 10) % 12
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + (153 * shiftedMonth + 2) / 5 + day - 1
    let days = era * 146_097 + dayOfEra - 719_468
    guard (days % 7 + 7) % 7 == weekday else { return nil }
    self.init(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
  }
}
