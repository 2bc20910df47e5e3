import Networking

/// The second thread of the ledger: answers queries and copies the write-ahead log into the database file, with a
/// connection of its own, so that neither delays a commit.
final class LedgerMaintenance: @unchecked Sendable {
  /// Time between two checkpoints.
  static let interval = Duration.seconds(1)

  private let loop: EventLoop
  private let files: LedgerFiles
  /// Accessed on the thread only. Opened for the first use, and again after an error.
  private var connection: SQLiteDatabase?
  private var isStopped = false

  init(_ files: LedgerFiles) throws(SystemError) {
    self.files = files
    loop = try EventLoop.start(name: "numgate-ledger-2")
  }

  deinit { loop.stop() }

  /// Copies the log as far as possible, then calls `finished` on this thread.
  func checkpoint(_ finished: @escaping @Sendable () -> Void) {
    loop.execute { [self] in
      guard !isStopped, let connection = open() else { return }
      if (try? connection.checkpoint()) == nil { self.connection = nil }
      finished()
    }
  }

  func read(_ query: UsageQuery) async -> Result<[UsageRow], StoreError> {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        guard let connection = open() else {
          continuation.resume(
            returning: .failure(.folder(path: files.database, reason: "the database cannot be opened")))
          return
        }
        do throws(SQLiteError) {
          continuation.resume(returning: .success(try query.run(on: connection)))
        } catch {
          self.connection = nil
          continuation.resume(returning: .failure(.database(error)))
        }
      }
    }
  }

  func stop() async {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        isStopped = true
        connection = nil
        continuation.resume()
      }
    }
  }

  private func open() -> SQLiteDatabase? {
    if connection == nil, !isStopped { connection = try? SQLiteDatabase(files.database) }
    return connection
  }
}
