/// Takes out what must stand in no log, metric or error: a vendor may repeat a phone number in its words.
enum Redaction {
  /// Runs of eight and more digits become `***`: no documented code is that long, a phone number is.
  static func code(_ text: String) -> String { mask(text.prefix(64), runsOf: 8) }

  /// Runs of eleven and more digits become `***`, but 14 and 17 (times) may stay.
  static func text(_ text: String) -> String { mask(text.prefix(256), runsOf: 11) }

  private static func mask(_ text: Substring, runsOf limit: Int) -> String {
    var result: [UInt8] = []
    var digits: [UInt8] = []
    func flush() {
      let isTime = limit > 8 && (digits.count == 14 || digits.count == 17) && digits.first == UInt8(ascii: "2")
      result += digits.count >= limit && !isTime ? Array("***".utf8) : digits
      digits.removeAll(keepingCapacity: true)
    }
    for byte in text.utf8 {
      if byte >= 0x30 && byte <= 0x39 {
        digits.append(byte)
      } else {
        flush()
        result.append(byte)
      }
    }
    flush()
    return String(decoding: result, as: UTF8.self)
  }
}
