/// Work that holds a loop for long, such as a signature with RSA: at most one piece of it in each turn of the loop, after
/// everything else that is ready. Lives on its loop.
final class HeavyWork {
  private var queue = HeavyWorkQueue<UnsafeContinuation<Bool, Never>>()
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

  func startNext() {
    guard !isEmpty else { return }
    // This turn may have taken long.
    let now = MonotonicTime.now
    if let expiry, expiry <= now { expire(at: now) }
    queue.next()?.resume(returning: true)
  }

  /// Refuses one of those that wait; false if there are none. No one is queued any more.
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
  /// Waits for a turn in which the calling task may hold the loop for long, as for a signature with RSA. The loop gives
  /// one task such a turn at a time, after the descriptors, jobs and timers that are ready: other tasks wait for one
  /// piece of heavy work at most. Call from a task that runs on the loop.
  /// - Parameters:
  ///   - lane: The lanes, such as the accounts, get their turns one after the other.
  ///   - expiry: When to give up; the same time after its arrival for every task of a lane.
  /// - Returns: false if the time is up or the loop has stopped.
  public func turnForHeavyWork(lane: String, expiry: MonotonicTime) async -> Bool {
    preconditionOnLoop()
    return await withUnsafeContinuation { heavyWork.append($0, lane: lane, expiry: expiry) }
  }

  /// As above, for the heavy work at the end of a call. It goes first and waits for as long as it takes.
  public func turnToEndHeavyWork() async {
    preconditionOnLoop()
    _ = await withUnsafeContinuation { heavyWork.appendEnding($0) }
  }
}
