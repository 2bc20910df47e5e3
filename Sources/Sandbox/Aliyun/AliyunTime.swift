/// Aliyun's timestamps: `YYYY-MM-DDThh:mm:ssZ` in UTC (`specs/aliyun.md` §3).
enum AliyunTime {
  /// Milliseconds since 1970; nil for every other text.
  static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    let pattern = Array("dddd-dd-ddTdd:dd:ddZ".utf8)
    guard bytes.count == pattern.count else { return nil }
    for (byte, expected) in zip(bytes, pattern) {
      let isDigit = byte >= 0x30 && byte <= 0x39
      guard expected == UInt8(ascii: "d") ? isDigit : byte == expected else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 } }
    return CivilDate(
      year: number(0..<4), month: number(5..<7), day: number(8..<10), hour: number(11..<13), minute: number(14..<16),
      second: number(17..<19), millisecond: 0
    )?.milliseconds
  }
}
