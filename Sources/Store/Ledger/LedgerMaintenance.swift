import Networking
import NumberAuth

/// The second thread of the ledger: answers queries and copies the write-ahead log into the database file, with a
/// connection of its own, so that neither delays a commit.
final class LedgerMaintenance: @unchecked Sendable {
  /// Time between two checkpoints.
  static let interval = Duration.seconds(1)

  /// Maximum number of usage queries that wait for the thread.
  static let maximumWaiting = 100

  private let loop: EventLoop
  private let waiting = Locked(0)
  private let files: LedgerFiles
  /// Accessed on the thread only. Opened for the first use, and again after an error.
  private var connection: SQLiteDatabase?
  /// The statement of `readAnswer` on this connection.
  private var answers: SQLiteStatement?
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
      if (try? connection.checkpoint()) == nil { close() }
      finished()
    }
  }

  /// Fails with `busy` if `maximumWaiting` queries are waiting.
  func read(_ query: UsageQuery) async -> Result<[UsageRow], StoreError> {
    let isAccepted = waiting.withLock { waiting in
      guard waiting < Self.maximumWaiting else { return false }
      waiting += 1
      return true
    }
    guard isAccepted else { return .failure(.busy) }
    return await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        waiting.withLock { $0 -= 1 }
        guard let connection = open() else {
          continuation.resume(
            returning: .failure(.folder(path: files.database, reason: "the database cannot be opened")))
          return
        }
        do throws(SQLiteError) {
          continuation.resume(returning: .success(try query.run(on: connection)))
        } catch {
          close()
          continuation.resume(returning: .failure(.database(error)))
        }
      }
    }
  }

  /// The record of the first of these names that has one; nil if no record exists or the database cannot be read.
  func answer(named names: [AnswerName]) async -> StoredRecord? {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in continuation.resume(returning: readAnswer(named: names)) }
    }
  }

  private func readAnswer(named names: [AnswerName]) -> StoredRecord? {
    guard files.isOnDisk, let connection = open() else { return nil }
    do throws(SQLiteError) {
      if answers == nil {
        answers = try connection.prepare("SELECT expires, record FROM answers WHERE key = ?")
      }
      guard let select = answers else { return nil }
      for name in names {
        select.bind(1, name.bytes)
        let found = try select.first {
          StoredRecord(name: name, expires: WallTime(milliseconds: $0.int(0)), record: $0.blob(1))
        }
        if let found { return found }
      }
    } catch {
      close()
    }
    return nil
  }

  private func close() {
    answers = nil
    connection = nil
  }

  func stop() async {
    await withUnsafeContinuation { continuation in
      loop.execute { [self] in
        isStopped = true
        close()
        continuation.resume()
      }
    }
  }

  private func open() -> SQLiteDatabase? {
    if connection == nil, !isStopped { connection = try? SQLiteDatabase(files.database) }
    return connection
  }
}
