/// A parameter of a statement or a field of a row, in PostgreSQL's text format.
struct PostgresValue: ExpressibleByStringLiteral, ExpressibleByNilLiteral {
  let text: String?

  init(_ text: String?) { self.text = text }
  init(_ number: Int64) { text = String(number) }
  init(stringLiteral value: String) { text = value }
  init(nilLiteral: ()) { text = nil }

  /// An array of texts. A NUL, which PostgreSQL cannot store, is replaced with U+FFFD.
  init(_ elements: some Sequence<String>) {
    var array = "{"
    for element in elements {
      array += array.utf8.count == 1 ? "\"" : ",\""
      for scalar in element.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { array += "\\" }
        array.unicodeScalars.append(scalar == "\0" ? "\u{fffd}" : scalar)
      }
      array += "\""
    }
    text = array + "}"
  }

  init(_ elements: some Sequence<Int64>) {
    text = "{" + elements.map(String.init).joined(separator: ",") + "}"
  }

  /// A value of type `bytea`.
  init(bytes: [UInt8]) { text = "\\x" + PostgresText.hex(bytes) }
}

/// The result of a statement. All fields are texts.
struct PostgresRows {
  var rows: [[String?]] = []
  /// Number of rows that the statement returned or changed.
  var count = 0

  func integer(_ row: Int, _ column: Int) -> Int64 { rows[row][column].flatMap { Int64($0) } ?? 0 }
}

/// Conversions between Swift values and PostgreSQL's texts.
enum PostgresText {
  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { output in
      for (index, byte) in bytes.enumerated() {
        output[2 * index] = digits[Int(byte >> 4)]
        output[2 * index + 1] = digits[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }

  /// Parses `\x0a0b…`; nil if the text is not a value of type `bytea`.
  static func bytes(_ text: String?) -> [UInt8]? {
    guard let digits = text?.utf8, digits.starts(with: "\\x".utf8), digits.count % 2 == 0 else { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits.dropFirst(2) {
      let value: UInt8
      switch digit {
      case 0x30...0x39: value = digit - 0x30
      case 0x61...0x66: value = digit - 0x61 + 10
      default: return nil
      }
      if let first = high {
        result.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return result
  }
}
