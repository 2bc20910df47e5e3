import Glibc
import Networking
public import NumberAuth

/// The folder of the SQLite database. One process has it open at a time: a lock file guarantees it.
final class LedgerFiles: @unchecked Sendable {
  /// The database, or `:memory:`.
  let database: String
  let isOnDisk: Bool
  /// The descriptor of the lock file, or -1.
  private let lock: Locked<Int32>

  /// Creates the folder if needed and locks it. nil: a database in memory.
  init(_ folder: String?) throws(StoreError) {
    guard let folder else {
      database = ":memory:"
      isOnDisk = false
      lock = Locked(-1)
      return
    }
    isOnDisk = true
    database = folder + "/ledger.db"
    if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Self.fault(folder) }
    let descriptor = Glibc.open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.fault(folder) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isLocked = errno == EWOULDBLOCK
      let fault = Self.fault(folder)
      close(descriptor)
      throw isLocked ? .inUse(path: folder) : fault
    }
    lock = Locked(descriptor)
  }

  deinit { unlock() }

  /// Permits another process to open the folder. Can be called twice.
  func unlock() {
    let descriptor = lock.withLock { lock in
      defer { lock = -1 }
      return lock
    }
    if descriptor >= 0 { close(descriptor) }
  }

  private static func fault(_ folder: String) -> StoreError {
    .folder(path: folder, reason: String(cString: strerror(errno)))
  }

  /// Opens the database. A damaged file is moved aside and reported, and a new one is created.
  func open(_ report: (Ledger.Event) -> Void) throws(StoreError) -> LedgerDatabase {
    if isOnDisk {
      // Only the gateway's user can read the database. SQLite gives its log the same permissions.
      let descriptor = Glibc.open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw Self.fault(database) }
      close(descriptor)
    }
    do throws(StoreError) {
      return try LedgerDatabase(path: database)
    } catch {
      guard case .database(let cause) = error, cause.isCorrupt, isOnDisk else { throw error }
      report(.movedAside(path: try moveAside(), reason: "\(cause)"))
      return try LedgerDatabase(path: database)
    }
  }

  /// Renames the database and its log. Returns the new path of the database.
  func moveAside() throws(StoreError) -> String {
    let time = WallTime.systemClock.text(.basic)
    let moved = "\(database).damaged-\(time)"
    guard rename(database, moved) == 0 else { throw .folder(path: database, reason: String(cString: strerror(errno))) }
    for suffix in ["-wal", "-shm"] { _ = rename(database + suffix, moved + suffix) }
    return moved
  }
}

extension WallTime {
  /// The current time of the system clock.
  public static var systemClock: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
