/// Who waits for a turn of the event loop with work that takes long. Work that ends a call goes before work that begins
/// one: a call that is half done holds memory and a caller. A value without clock and without I/O.
struct HeavyWorkQueue<Waiter> {
  private struct Beginning {
    let waiter: Waiter
    let expiry: MonotonicTime
  }

  private var endings = IndexedQueue<Waiter>()
  private var beginnings = FairQueue<Beginning>()

  var isEmpty: Bool { endings.isEmpty && beginnings.isEmpty }

  mutating func appendEnding(_ waiter: Waiter) { endings.append(waiter) }

  /// Waiters of different lanes are served in turn. Those of one lane expire in the order of their arrival.
  mutating func appendBeginning(_ waiter: Waiter, lane: String, expiry: MonotonicTime) {
    beginnings.append(Beginning(waiter: waiter, expiry: expiry), lane: lane)
  }

  /// Removes the waiter whose turn it is.
  mutating func next() -> Waiter? { endings.popFirst() ?? beginnings.popFirst()?.waiter }

  /// When the next waiter expires; nil if none does.
  var nextExpiry: MonotonicTime? { beginnings.oldestOfEachLane.map(\.expiry).min() }

  mutating func removeExpired(at now: MonotonicTime) -> [Waiter] {
    beginnings.removeOldestOfEachLane { $0.expiry <= now }.map(\.waiter)
  }
}
