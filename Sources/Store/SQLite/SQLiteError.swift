import CSQLite

/// A failed operation of SQLite. It contains no value of a row.
public struct SQLiteError: Error, Sendable, CustomStringConvertible {
  /// What was attempted, such as `commit`.
  public let action: String
  /// SQLite's extended result code.
  public let code: Int32
  public let message: String

  init(_ action: String, code: Int32, message: String) {
    self.action = action
    self.code = code
    self.message = message
  }

  /// Whether the file is damaged or not a database.
  var isCorrupt: Bool { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xff) }

  public var description: String { "\(action): \(message) (SQLite code \(code))" }
}
