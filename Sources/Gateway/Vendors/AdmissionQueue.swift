import Configuration
import Networking

/// Limits the calls in flight to one account and queues the calls above the limit. A value type without clock and I/O.
struct AdmissionQueue<Waiter> {
  var limits: AccountLimits
  private(set) var inFlight = 0
  /// Calls that wait for a turn of their loop to sign their request with RSA.
  private(set) var waitingForTurn = 0
  private var waiting = FairQueue<Waiter>()

  init(_ limits: AccountLimits) { self.limits = limits }

  var queued: Int { waiting.count }
  var isFull: Bool { waiting.count >= limits.queue }

  /// Counts a call that waits for a turn. Returns false if the calls that wait for a turn, are queued or are in flight
  /// have reached `concurrency` + `queue`.
  mutating func enterTurn() -> Bool {
    guard waitingForTurn + inFlight + queued < limits.concurrency + limits.queue else { return false }
    waitingForTurn += 1
    return true
  }

  /// Ends the wait of a call that was counted by `enterTurn`.
  mutating func leaveTurn() { waitingForTurn -= 1 }

  /// Starts a call if the limit allows it and no other call is waiting.
  mutating func enter() -> Bool {
    guard inFlight < limits.concurrency, waiting.isEmpty else { return false }
    inFlight += 1
    return true
  }

  /// Queues a call. Returns false if the queue is full. Calls of different apps are started in turn.
  mutating func append(_ waiter: Waiter, app: String) -> Bool {
    guard !isFull else { return false }
    waiting.append(waiter, lane: app)
    return true
  }

  /// Ends a call that was started by `enter` or `next`.
  mutating func leave() { inFlight -= 1 }

  /// Starts the next queued call if the limit allows it. Call repeatedly until it returns nil.
  mutating func next() -> Waiter? {
    guard inFlight < limits.concurrency, let waiter = waiting.popFirst() else { return nil }
    inFlight += 1
    return waiter
  }

  /// The call that has waited longest.
  var oldest: Waiter? { waiting.oldest }

  /// Removes the call that has waited longest.
  mutating func popOldest() -> Waiter? { waiting.popOldest() }
}
