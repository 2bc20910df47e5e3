import Glibc
import Networking

/// Tasks and threads can wait until it is opened. It stays open.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var threads: [Semaphore] = []
  }

  private let state = Locked(State())

  var isOpen: Bool { state.withLock { $0.isOpen } }

  func open() {
    let (waiting, threads) = state.withLock { state in
      state.isOpen = true
      defer { (state.waiting, state.threads) = ([], []) }
      return (state.waiting, state.threads)
    }
    for continuation in waiting { continuation.resume() }
    for thread in threads { thread.signal() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  /// Blocks the calling thread.
  func block() {
    let semaphore = Semaphore()
    let isOpen = state.withLock { state in
      if !state.isOpen { state.threads.append(semaphore) }
      return state.isOpen
    }
    if !isOpen { semaphore.wait() }
  }
}

/// Opens after a number of calls of `arrive`.
final class Countdown: Sendable {
  private let left: Locked<Int>
  private let gate = Gate()

  init(_ count: Int) { left = Locked(count) }

  func arrive() {
    let isDone = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isDone { gate.open() }
  }

  func done() async { await gate.wait() }
}

private final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(semaphore, 0, 0) }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() { while sem_wait(semaphore) != 0 {} }
}
