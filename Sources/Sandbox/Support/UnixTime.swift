/// Times as vendors' requests write them: digits counting from 1970.
enum UnixTime {
  /// Milliseconds, from 10 digits of seconds; nil for any other form.
  static func seconds(_ text: String) -> Int64? { digits(text, 10).map { $0 * 1000 } }

  /// From 13 digits; nil for any other form.
  static func milliseconds(_ text: String) -> Int64? { digits(text, 13) }

  private static func digits(_ text: String, _ count: Int) -> Int64? {
    guard text.utf8.count == count, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int64(text)
  }
}
