internal import CLinux
internal import Glibc
internal import Networking

/// A thread that may block. It runs `body` until `stop()`.
final class PostgresThread: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  // Protected by the mutex.
  private var stopping = false
  private var isWoken = false
  private var isFinished = true

  init() {
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Starts the thread, once. Its name is cut to 15 characters. Throws if the process cannot create a thread.
  func start(name: String, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(Start(self, name, body))
    locked { $0.isFinished = false }
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        numgate_name_thread(String(start.name.prefix(15)))
        start.body()
        start.thread.locked {
          $0.isFinished = true
          pthread_cond_broadcast($0.condition)
        }
        return nil
      }, start.toOpaque())
    guard result == 0 else {
      start.release()
      locked { $0.isFinished = true }
      throw SystemError("pthread_create", code: result)
    }
    pthread_detach(thread)
  }

  private final class Start {
    let thread: PostgresThread
    let name: String
    let body: @Sendable () -> Void
    init(_ thread: PostgresThread, _ name: String, _ body: @escaping @Sendable () -> Void) {
      self.thread = thread
      self.name = name
      self.body = body
    }
  }

  private func locked<Result>(_ body: (PostgresThread) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(self)
  }

  var isStopping: Bool { locked { $0.stopping } }

  /// Ends the current or the next `wait`.
  func wake() {
    locked {
      $0.isWoken = true
      pthread_cond_broadcast($0.condition)
    }
  }

  /// Waits until `wake`, `stop` or the end of `duration`. Call on the thread itself.
  func wait(for duration: Duration) {
    locked {
      $0.sleep(until: MonotonicTime.now.advanced(by: duration)) { $0.isWoken || $0.stopping }
      $0.isWoken = false
    }
  }

  /// Asks the thread to end.
  func stop() {
    locked {
      $0.stopping = true
      pthread_cond_broadcast($0.condition)
    }
  }

  /// Waits until the thread has ended, at most `duration`. Returns whether it has ended.
  func join(within duration: Duration) -> Bool {
    locked {
      $0.sleep(until: MonotonicTime.now.advanced(by: duration)) { $0.isFinished }
      return $0.isFinished
    }
  }

  /// Sleeps with the mutex released until the predicate holds.
  private func sleep(until time: MonotonicTime, _ isOver: (PostgresThread) -> Bool) {
    var limit = timespec(
      tv_sec: Int(time.nanoseconds / 1_000_000_000), tv_nsec: Int(time.nanoseconds % 1_000_000_000))
    while !isOver(self) {
      if pthread_cond_timedwait(condition, mutex, &limit) == ETIMEDOUT { return }
    }
  }
}
