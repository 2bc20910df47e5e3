/// Why the store cannot be opened or read. The text is for the operator and contains no secret.
public enum StoreError: Error, Sendable, CustomStringConvertible {
  case database(SQLiteError)
  /// Another process has opened the folder.
  case inUse(path: String)
  /// A later version of this program has written the database.
  case newerVersion(found: String, known: Int64)
  /// The folder or a file in it cannot be created.
  case folder(path: String, reason: String)
  /// Too many queries are waiting.
  case busy
  /// The shared database cannot be used.
  case shared(PostgresError)

  public var description: String {
    switch self {
    case .database(let error): "the ledger's database: \(error)"
    case .busy: "too many usage queries are waiting"
    case .shared(let error): "`store.postgres`: \(error)"
    case .inUse(let path):
      "the folder '\(path)' is used by another process: this gateway may be running already; otherwise set another "
        + "`store.path`"
    case .newerVersion(let found, let known):
      "the ledger's database has version \(found), and this program supports versions up to \(known); "
        + "start the version of Numgate that wrote it, or a later one"
    case .folder(let path, let reason):
      "the folder '\(path)' of the store cannot be used: \(reason); set `store.path` to a folder that the gateway can "
        + "write, or to ':memory:'"
    }
  }
}
