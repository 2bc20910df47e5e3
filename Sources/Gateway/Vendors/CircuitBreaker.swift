public import Configuration
public import Networking

/// Stops calls to an account or host that keeps failing. A value type without a clock: callers pass the current time.
///
/// - Closed: calls pass. It opens after `failures` failures in a row, or if at least `failurePercent` of at least
///   `minimumCalls` calls in the sliding `window` have failed.
/// - Open: no call passes for the time `open`.
/// - Half-open: one probe at a time passes. `probes` successes in a row close the breaker, one failure opens it again.
///
/// A result counts only for the state in which its call was allowed: a late result cannot close an open breaker.
public struct CircuitBreaker: Sendable {
  /// The raw values are used in logs, metrics and the API.
  public enum State: String, Sendable {
    case closed
    case halfOpen = "half-open"
    case open
  }

  /// Allows one call. Must be returned exactly once, with `record` or `cancel`.
  public struct Permit: Sendable, Hashable {
    fileprivate let epoch: UInt64
  }

  public private(set) var state = State.closed
  private let settings: BreakerSettings
  /// Changes with every transition and every probe, so that late results are recognised.
  private var epoch: UInt64 = 0
  private var failuresInARow = 0
  private var window: SlidingWindow
  /// Open: the end of the state. Half-open: the time at which a new probe is allowed if the current one has no result.
  private var until = MonotonicTime(nanoseconds: 0)
  private var isProbing = false
  private var successfulProbes = 0

  public init(_ settings: BreakerSettings) {
    self.settings = settings
    window = SlidingWindow(settings.window)
  }

  /// Whether `acquire` would return a permit.
  public func allowsCall(at now: MonotonicTime) -> Bool {
    switch state {
    case .closed: true
    case .open: now >= until
    case .halfOpen: !isProbing || now >= until
    }
  }

  /// Returns a permit if a call is allowed now, otherwise nil. In the states open and half-open the call is a probe.
  public mutating func acquire(at now: MonotonicTime) -> Permit? {
    guard allowsCall(at: now) else { return nil }
    if state != .closed {
      if state == .open { successfulProbes = 0 }
      state = .halfOpen
      epoch += 1
      isProbing = true
      until = now.advanced(by: settings.open)
    }
    return Permit(epoch: epoch)
  }

  /// Records the result of a call.
  public mutating func record(_ permit: Permit, success: Bool, at now: MonotonicTime) {
    guard permit.epoch == epoch else { return }
    switch state {
    case .closed:
      window.add(failure: !success, at: now)
      failuresInARow = success ? 0 : failuresInARow + 1
      if failuresInARow >= settings.failures || isFailing(at: now) { open(at: now) }
    case .halfOpen where success:
      isProbing = false
      successfulProbes += 1
      epoch += 1
      if successfulProbes >= settings.probes { close() }
    case .halfOpen:
      open(at: now)
    case .open:
      break
    }
  }

  /// Returns a permit without a result: the call was not made, or its result does not count.
  public mutating func cancel(_ permit: Permit) {
    guard permit.epoch == epoch, state == .halfOpen else { return }
    isProbing = false
    epoch += 1
  }

  /// The time until a call is allowed again; zero if it is allowed now.
  public func wait(at now: MonotonicTime) -> Duration {
    allowsCall(at: now) ? .zero : .nanoseconds(Int64(clamping: until.nanoseconds(since: now)))
  }

  private func isFailing(at now: MonotonicTime) -> Bool {
    let (calls, failures) = window.sums(at: now)
    return calls >= settings.minimumCalls && failures * 100 >= calls * settings.failurePercent
  }

  private mutating func open(at now: MonotonicTime) {
    state = .open
    epoch += 1
    isProbing = false
    until = now.advanced(by: settings.open)
  }

  private mutating func close() {
    state = .closed
    failuresInARow = 0
    window = SlidingWindow(settings.window)
  }
}

/// Calls and failures within the window, in ten buckets.
private struct SlidingWindow: Sendable {
  private static let count = 10

  private struct Bucket {
    var number: UInt64 = 0
    var calls = 0
    var failures = 0
  }

  private let width: UInt64
  private var buckets = [Bucket](repeating: Bucket(), count: SlidingWindow.count)

  init(_ length: Duration) { width = max(1, length.nanoseconds / UInt64(Self.count)) }

  mutating func add(failure: Bool, at now: MonotonicTime) {
    let number = now.nanoseconds / width
    let index = Int(number % UInt64(Self.count))
    if buckets[index].number != number { buckets[index] = Bucket(number: number) }
    buckets[index].calls += 1
    if failure { buckets[index].failures += 1 }
  }

  func sums(at now: MonotonicTime) -> (calls: Int, failures: Int) {
    let number = now.nanoseconds / width
    var sums = (calls: 0, failures: 0)
    for bucket in buckets where bucket.number + UInt64(Self.count) > number && bucket.number <= number {
      sums.calls += bucket.calls
      sums.failures += bucket.failures
    }
    return sums
  }
}
