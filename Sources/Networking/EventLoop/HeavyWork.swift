/// Schedules operations that occupy a loop for a long time, such as RSA signatures. In each turn of the loop, after all
/// other ready work, it starts operations until `startTime` has passed, at least one. Used only on its loop.
final class HeavyWork {
  /// No operation is started in a turn after this time. A long operation gets its own turn. Short operations share a
  /// turn and its `epoll_wait`; their messages are sent together, so that a peer is woken once.
  var startTime = Duration.microseconds(250)
  private var queue = HeavyWorkQueue<UnsafeContinuation<Bool, Never>>()
  /// Tasks that have finished their operation and wait for the other operations of this turn.
  private var done: [UnsafeContinuation<Void, Never>] = []
  private var isRunning = false
  private let timer: LoopTimer
  /// When the timer fires; nil if it is not armed.
  private var expiry: MonotonicTime?
  private var isStopped = false

  init(_ loop: EventLoop) {
    timer = LoopTimer(loop)
    timer.onFire = { [unowned self, unowned loop] in expire(at: loop.now) }
  }

  var isEmpty: Bool { queue.isEmpty }

  func append(_ waiter: UnsafeContinuation<Bool, Never>, lane: String, expiry: MonotonicTime) {
    guard !isStopped else { return waiter.resume(returning: false) }
    queue.appendBeginning(waiter, lane: lane, expiry: expiry)
    if self.expiry.map({ expiry < $0 }) ?? true { arm(at: expiry) }
  }

  func appendEnding(_ waiter: UnsafeContinuation<Bool, Never>) {
    guard !isStopped else { return waiter.resume(returning: false) }
    queue.appendEnding(waiter)
  }

  /// - Parameter drain: Runs the tasks that have been resumed.
  func runTurn(_ drain: () -> Void) {
    guard !isEmpty else { return }
    isRunning = true
    // The loop's time can be old: this turn may already have taken long.
    var now = MonotonicTime.now
    let latestStart = now.advanced(by: startTime)
    repeat {
      if let expiry, expiry <= now { expire(at: now) }
      guard let next = queue.next() else { break }
      next.resume(returning: true)
      drain()
      now = .now
    } while now < latestStart
    isRunning = false
    for waiter in done { waiter.resume() }
    done.removeAll(keepingCapacity: true)
    drain()
  }

  func appendDone(_ waiter: UnsafeContinuation<Void, Never>) {
    if isRunning { done.append(waiter) } else { waiter.resume() }
  }

  /// Refuses one waiting task, and every later one. Returns false if no task is waiting.
  func refuseNext() -> Bool {
    isStopped = true
    guard let waiter = queue.next() else { return false }
    waiter.resume(returning: false)
    return true
  }

  private func expire(at now: MonotonicTime) {
    expiry = nil
    for waiter in queue.removeExpired(at: now) { waiter.resume(returning: false) }
    if let next = queue.nextExpiry { arm(at: next) }
  }

  private func arm(at time: MonotonicTime) {
    expiry = time
    timer.arm(at: time)
  }
}

extension EventLoop {
  /// Waits until the calling task may occupy the loop for a long time, for example with an RSA signature. In each turn
  /// the loop resumes few such tasks (one if its operation is long), after the ready descriptors, jobs and timers. Call
  /// from a task that runs on the loop.
  /// - Parameters:
  ///   - lane: Lanes are served in turn. A lane is, for example, an account.
  ///   - expiry: Latest time to wait for. Tasks of one lane must expire in the order of their calls.
  /// - Returns: false if `expiry` has passed or the loop has stopped.
  public func turnForHeavyWork(lane: String, expiry: MonotonicTime) async -> Bool {
    preconditionOnLoop()
    return await withUnsafeContinuation { heavyWork.append($0, lane: lane, expiry: expiry) }
  }

  /// As `turnForHeavyWork`, for an operation at the end of a call. It has priority and does not expire.
  public func turnToEndHeavyWork() async {
    preconditionOnLoop()
    _ = await withUnsafeContinuation { heavyWork.appendEnding($0) }
  }

  /// Waits, after a heavy operation, for the end of the other heavy operations of this turn, so that all of them send
  /// their messages together.
  public func endOfHeavyWork() async {
    preconditionOnLoop()
    await withUnsafeContinuation { heavyWork.appendDone($0) }
  }
}
