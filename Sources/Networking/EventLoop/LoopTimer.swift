/// A timer that can be moved to a later time in constant time: most deadlines are moved, few are reached. The heap
/// holds a timer at the earliest time it was armed for. At that time it is inserted again if its deadline is later.
final class LoopTimer {
  private unowned let loop: EventLoop
  private var due: MonotonicTime?
  fileprivate var queuedAt: MonotonicTime?
  var onFire: (() -> Void)?

  init(_ loop: EventLoop) { self.loop = loop }

  func arm(at time: MonotonicTime) {
    due = time
    if let queuedAt, queuedAt <= time { return }
    queuedAt = time
    loop.add(self, at: time)
  }

  func disarm() { due = nil }

  func fire(at now: MonotonicTime) {
    guard let due else { return }
    if due <= now {
      self.due = nil
      onFire?()
    } else if queuedAt.map({ $0 > due }) ?? true {
      queuedAt = due
      loop.add(self, at: due)
    }
  }
}

/// A binary heap of timers, earliest first.
struct TimerHeap {
  private var entries: [(time: MonotonicTime, timer: LoopTimer)] = []

  mutating func push(_ timer: LoopTimer, at time: MonotonicTime) {
    entries.append((time, timer))
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if entries[parent].time <= entries[child].time { break }
      entries.swapAt(parent, child)
      child = parent
    }
  }

  /// Removes and returns the earliest timer that is due.
  mutating func popDue(at now: MonotonicTime) -> LoopTimer? {
    guard let first = entries.first, first.time <= now else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      var parent = 0
      while true {
        var least = parent
        for child in [2 * parent + 1, 2 * parent + 2]
        where child < entries.count && entries[child].time < entries[least].time {
          least = child
        }
        if least == parent { break }
        entries.swapAt(parent, least)
        parent = least
      }
    }
    if first.timer.queuedAt == first.time { first.timer.queuedAt = nil }
    return first.timer
  }

  /// Removes all timers and releases their closures. Called after the loop has stopped.
  mutating func discard() {
    for entry in entries { entry.timer.onFire = nil }
    entries = []
  }

  /// The time until the next timer in milliseconds, rounded up; -1 if no timer is set.
  func waitMilliseconds(from now: MonotonicTime) -> Int32 {
    guard let first = entries.first else { return -1 }
    let nanoseconds = first.time.nanoseconds(since: now)
    return Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
  }
}
