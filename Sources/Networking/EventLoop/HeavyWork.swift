/// Work that holds a loop for long, such as a signature with RSA: in each turn of the loop, after everything else that is
/// ready, as many pieces as can be started within `startTime`, at least one. Lives on its loop.
final class HeavyWork {
  /// A turn starts no further piece of work after this time. Long pieces have a turn each; short ones share one, with its
  /// `epoll_wait`, and what they send goes out together, for which a peer is woken once.
  var startTime = Duration.microseconds(250)
  private var queue = HeavyWorkQueue<UnsafeContinuation<Bool, Never>>()
  /// Tasks that have done their work in this turn and let others do theirs.
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
    // This turn may have taken long.
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
  /// Waits until the calling task may hold the loop for long, as for a signature with RSA. The loop lets few such tasks
  /// go on in a turn, one if its work takes long, after the descriptors, jobs and timers that are ready. Call from a task
  /// that runs on the loop.
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

  /// Waits, after heavy work, until the other heavy work of this turn is done: then all of them send what they made.
  public func endOfHeavyWork() async {
    preconditionOnLoop()
    await withUnsafeContinuation { heavyWork.appendDone($0) }
  }
}
