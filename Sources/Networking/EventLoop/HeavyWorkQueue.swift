/// The queue of tasks that wait to run a heavy operation. Operations that end a call have priority over operations that
/// begin a call, because a call in flight holds memory and its caller waits. A value type without clock and I/O.
struct HeavyWorkQueue<Waiter> {
  private struct Beginning {
    let waiter: Waiter
    let expiry: MonotonicTime
  }

  private var endings = IndexedQueue<Waiter>()
  private var beginnings = FairQueue<Beginning>()

  var isEmpty: Bool { endings.isEmpty && beginnings.isEmpty }

  mutating func appendEnding(_ waiter: Waiter) { endings.append(waiter) }

  /// Waiters of different lanes are served in turn. Waiters of one lane must expire in the order of their arrival.
  mutating func appendBeginning(_ waiter: Waiter, lane: String, expiry: MonotonicTime) {
    beginnings.append(Beginning(waiter: waiter, expiry: expiry), lane: lane)
  }

  /// Removes and returns the next waiter.
  mutating func next() -> Waiter? { endings.popFirst() ?? beginnings.popFirst()?.waiter }

  /// When the next waiter expires; nil if no waiter can expire.
  var nextExpiry: MonotonicTime? { beginnings.oldestOfEachLane.map(\.expiry).min() }

  mutating func removeExpired(at now: MonotonicTime) -> [Waiter] {
    beginnings.removeOldestOfEachLane { $0.expiry <= now }.map(\.waiter)
  }
}
