/// The tables of the SQLite database, as numbered migrations. `docs/ledger.md` describes them.
enum LedgerSchema {
  /// The version that this program reads and writes: the number of migrations.
  static var version: Int64 { Int64(migrations.count) }

  /// Applies the missing migrations. Throws `newerVersion` if a later program has written the file.
  static func migrate(_ database: SQLiteDatabase) throws(StoreError) {
    do throws(SQLiteError) {
      let found = try database.prepare("PRAGMA user_version").first { $0.int(0) } ?? 0
      if found > version { throw SQLiteError("open", code: newerVersion, message: "\(found)") }
      for (number, statements) in migrations.enumerated().dropFirst(Int(found)) {
        try database.transaction { () throws(SQLiteError) in
          try database.execute(statements)
          try database.execute("PRAGMA user_version = \(number + 1)")
        }
      }
    } catch  where error.code == newerVersion {
      throw .newerVersion(found: error.message, known: version)
    } catch {
      throw .database(error)
    }
  }

  /// Not a code of SQLite.
  private static let newerVersion: Int32 = -1

  private static let migrations = [
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE series (
      id INTEGER PRIMARY KEY, \(Series.columns.map { "\"\($0)\" TEXT NOT NULL" }.joined(separator: ", "))
    );
    CREATE TABLE calls (
      id INTEGER PRIMARY KEY, series INTEGER NOT NULL, request NOT NULL, txn NOT NULL, vendor_id TEXT, code TEXT,
      price INTEGER NOT NULL, latency INTEGER NOT NULL, number_hash BLOB
    );
    CREATE TABLE usage_hourly (
      hour INTEGER NOT NULL, series INTEGER NOT NULL, calls INTEGER NOT NULL, price INTEGER NOT NULL,
      latency INTEGER NOT NULL, PRIMARY KEY (hour, series)
    ) WITHOUT ROWID;
    CREATE TABLE intents (
      seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, series INTEGER NOT NULL, request NOT NULL, txn NOT NULL,
      price INTEGER NOT NULL, number_hash BLOB, answer BLOB
    );
    CREATE TABLE answers (
      key BLOB PRIMARY KEY, expires INTEGER NOT NULL, record BLOB NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX answers_by_expiry ON answers (expires);
    """
  ]
}
