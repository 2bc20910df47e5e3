internal import Cryptography

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
  init(bytes: [UInt8]) { text = "\\x" + Hex.encode(bytes) }
}

/// The result of a statement. All fields are texts.
struct PostgresRows {
  var rows: [[String?]] = []
  /// Number of rows that the statement returned or changed.
  var count = 0

  /// A field of type `bytea`; nil if it is NULL.
  func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
    rows[row][column].flatMap { $0.hasPrefix("\\x") ? Hex.decode(String($0.dropFirst(2))) : nil }
  }

  func integer(_ row: Int, _ column: Int) -> Int64 { rows[row][column].flatMap { Int64($0) } ?? 0 }
}
