/// Parses Unix timestamps in requests. Results are in milliseconds.
enum UnixTime {
  /// Parses 10 digits, the time in seconds; nil for every other text.
  static func seconds(_ text: String) -> Int64? { digits(text, 10).map { $0 * 1000 } }

  /// Parses 13 digits, the time in milliseconds; nil for every other text.
  static func milliseconds(_ text: String) -> Int64? { digits(text, 13) }

  private static func digits(_ text: String, _ count: Int) -> Int64? {
    guard text.utf8.count == count, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int64(text)
  }
}
