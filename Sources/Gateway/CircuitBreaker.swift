public import Configuration
public import Networking

/// Leaves a vendor alone that keeps failing. A value without a clock: the time comes with each question.
///
/// Closed: calls pass, and so many failures in a row open it. Open: nothing passes for a while. Then one call may try;
/// its success closes the breaker, its failure opens it again.
public struct CircuitBreaker: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    case closed(failures: Int)
    case open(until: MonotonicTime)
    /// One call is under way to try; after `until` another one may, should the first never report.
    case trying(until: MonotonicTime)
  }

  public private(set) var state = State.closed(failures: 0)
  private let settings: BreakerSettings

  public init(_ settings: BreakerSettings) { self.settings = settings }

  public var isClosed: Bool {
    if case .closed = state { return true }
    return false
  }

  /// Whether a call may pass now; a question that is answered with yes must be followed by `record`.
  public mutating func admits(at now: MonotonicTime) -> Bool {
    switch state {
    case .closed: return true
    case .open(let until), .trying(let until):
      guard now >= until else { return false }
      state = .trying(until: now.advanced(by: settings.open))
      return true
    }
  }

  /// Whether a call would pass now.
  public func wouldAdmit(at now: MonotonicTime) -> Bool {
    switch state {
    case .closed: true
    case .open(let until), .trying(let until): now >= until
    }
  }

  public mutating func record(success: Bool, at now: MonotonicTime) {
    if success {
      state = .closed(failures: 0)
      return
    }
    switch state {
    case .closed(let failures) where failures + 1 < settings.failures:
      state = .closed(failures: failures + 1)
    case .closed, .trying:
      state = .open(until: now.advanced(by: settings.open))
    case .open:
      break
    }
  }
}
