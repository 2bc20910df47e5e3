import CSQLite

/// One connection to an SQLite database. Used by one thread at a time.
final class SQLiteDatabase: @unchecked Sendable {
  fileprivate let handle: OpaquePointer

  enum Mode { case readWrite, readOnly }

  /// Opens or creates the file. `:memory:` opens a database in memory.
  init(_ path: String, _ mode: Mode = .readWrite) throws(SQLiteError) {
    var handle: OpaquePointer?
    let flags = mode == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let result = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard result == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      throw SQLiteError("open", code: result, message: message)
    }
    self.handle = handle
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, 5000)
  }

  deinit { sqlite3_close_v2(handle) }

  /// Runs statements that return no rows.
  func execute(_ sql: String) throws(SQLiteError) {
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(String(sql.prefix { $0 != " " && $0 != ";" }), result) }
  }

  /// Compiles a statement that is used repeatedly.
  func prepare(_ sql: String) throws(SQLiteError) -> SQLiteStatement {
    var statement: OpaquePointer?
    let result = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard result == SQLITE_OK, let statement else { throw error("prepare", result) }
    return SQLiteStatement(statement, self)
  }

  /// Runs `body` in a transaction, which is rolled back if it throws.
  func transaction<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
    try execute("BEGIN IMMEDIATE")
    do throws(SQLiteError) {
      let value = try body()
      try execute("COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// Ends a transaction after an error. SQLite has already ended it after some errors, such as a full disk.
  func rollBack() {
    if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
  }

  /// Copies the write-ahead log into the database file as far as readers permit. Does not block writers.
  func checkpoint() throws(SQLiteError) {
    let result = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    guard result == SQLITE_OK || result == SQLITE_BUSY else { throw error("checkpoint", result) }
  }

  /// Copies the whole log into the database file. The connection closes when its last statement is released.
  func close() {
    sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
  }

  /// Number of rows that the latest statement changed.
  var changes: Int { Int(sqlite3_changes(handle)) }

  fileprivate func error(_ action: String, _ code: Int32) -> SQLiteError {
    SQLiteError(action, code: code, message: String(cString: sqlite3_errmsg(handle)))
  }
}

/// A compiled statement. Parameters are numbered from 1, columns from 0.
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let database: SQLiteDatabase

  fileprivate init(_ handle: OpaquePointer, _ database: SQLiteDatabase) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// SQLite copies the bound bytes: `SQLITE_TRANSIENT`.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  func bind(_ parameter: Int32, _ value: Int64) { sqlite3_bind_int64(handle, parameter, value) }

  func bind(_ parameter: Int32, _ value: String?) {
    guard var value else {
      sqlite3_bind_null(handle, parameter)
      return
    }
    value.withUTF8 {
      _ = $0.withMemoryRebound(to: CChar.self) {
        sqlite3_bind_text(handle, parameter, $0.baseAddress, Int32($0.count), Self.copied)
      }
    }
  }

  func bind(_ parameter: Int32, _ value: HexIdentifier) {
    withUnsafeBytes(of: value.bytes) {
      _ = sqlite3_bind_blob(handle, parameter, $0.baseAddress, Int32($0.count), Self.copied)
    }
  }

  func bind(_ parameter: Int32, _ value: [UInt8]?) {
    guard let value else {
      sqlite3_bind_null(handle, parameter)
      return
    }
    _ = value.withUnsafeBytes {
      sqlite3_bind_blob(handle, parameter, $0.baseAddress, Int32($0.count), Self.copied)
    }
  }

  func bindNull(_ parameter: Int32) { sqlite3_bind_null(handle, parameter) }

  /// Runs a statement that returns no rows, and prepares it for the next use.
  func run() throws(SQLiteError) {
    defer { reset() }
    let result = sqlite3_step(handle)
    guard result == SQLITE_DONE || result == SQLITE_ROW else { throw database.error("write", result) }
  }

  /// Calls `body` for each row, and prepares the statement for the next use.
  func forEachRow(_ body: (SQLiteStatement) -> Void) throws(SQLiteError) {
    defer { reset() }
    while true {
      switch sqlite3_step(handle) {
      case SQLITE_ROW: body(self)
      case SQLITE_DONE: return
      case let code: throw database.error("read", code)
      }
    }
  }

  /// The first row's value; nil if the statement returns no row.
  func first<Value>(_ body: (SQLiteStatement) -> Value) throws(SQLiteError) -> Value? {
    defer { reset() }
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return body(self)
    case SQLITE_DONE: return nil
    case let code: throw database.error("read", code)
    }
  }

  func int(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_BLOB }

  func text(_ column: Int32) -> String {
    guard let bytes = sqlite3_column_text(handle, column) else { return "" }
    return String(
      decoding: UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
  }

  func blob(_ column: Int32) -> [UInt8] {
    guard let bytes = sqlite3_column_blob(handle, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, column))))
  }

  private func reset() {
    sqlite3_reset(handle)
  }
}
