/// Reads the ledger's file for commands, also while a gateway writes it.
public final class LedgerReader {
  let database: SQLiteDatabase

  /// - Parameter folder: `store.path`.
  public init(folder: String) throws(StoreError) {
    do throws(SQLiteError) {
      database = try SQLiteDatabase(folder + "/ledger.db", .readOnly)
      let version = try database.prepare("PRAGMA user_version").first { $0.int(0) } ?? 0
      guard version <= LedgerSchema.version else {
        throw SQLiteError("read", code: 0, message: "the database was written by a later version of Numgate")
      }
    } catch {
      throw .folder(path: folder, reason: error.message)
    }
  }

  public func usage(_ query: UsageQuery) throws(StoreError) -> [UsageRow] {
    do throws(SQLiteError) {
      return try query.run(on: database)
    } catch {
      throw .database(error)
    }
  }
}
