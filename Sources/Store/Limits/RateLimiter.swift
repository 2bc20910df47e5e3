public import Networking
import Synchronization

/// The generic cell rate algorithm: admits `rate` requests per second in the long run, and up to `burst` at once. Its
/// state is one number, which all event loops update atomically: no lock, no timer, and the sum of all loops is exact.
public final class RateLimiter: Sendable {
  /// The theoretical arrival time of the next request: nanoseconds of the monotonic clock.
  private let arrival = Atomic<UInt64>(0)
  /// Nanoseconds between two requests at the rate.
  private let interval: Atomic<UInt64>
  /// How far `arrival` may be ahead of the clock, in nanoseconds.
  private let tolerance: Atomic<UInt64>

  /// - Parameters:
  ///   - rate: Requests per second; at least 1.
  ///   - burst: Requests that may arrive at once; at least 1.
  public init(rate: Int, burst: Int) {
    let length = Self.interval(rate)
    interval = Atomic(length)
    tolerance = Atomic(UInt64(max(1, burst)) * length)
  }

  /// Rounded up, so that the rate is never exceeded.
  private static func interval(_ rate: Int) -> UInt64 {
    (1_000_000_000 + UInt64(max(1, rate)) - 1) / UInt64(max(1, rate))
  }

  /// Changes the rate. Requests that were admitted before count as before.
  public func set(rate: Int, burst: Int) {
    let next = Self.interval(rate)
    interval.store(next, ordering: .relaxed)
    tolerance.store(UInt64(max(1, burst)) * next, ordering: .relaxed)
  }

  /// Admits a request, or returns the time until the next one can be admitted.
  public func admit(at now: MonotonicTime) -> Duration? { reserve(at: now, longestWait: .zero).refusal }

  /// The outcome of `reserve`.
  public enum Reservation: Sendable, Equatable {
    /// The request may start after this time.
    case wait(Duration)
    /// It would have to wait too long; the time until a request can be admitted with the permitted wait.
    case refused(Duration)

    var refusal: Duration? { if case .refused(let wait) = self { wait } else { nil } }
  }

  /// Reserves the next place in the rate, if it is at most `longestWait` away.
  public func reserve(at now: MonotonicTime, longestWait: Duration) -> Reservation {
    let (interval, tolerance) = (interval.load(ordering: .relaxed), tolerance.load(ordering: .relaxed))
    let latest = now.nanoseconds + tolerance + longestWait.wholeNanoseconds
    var current = arrival.load(ordering: .relaxed)
    while true {
      let next = max(current, now.nanoseconds) + interval
      guard next <= latest else { return .refused(.nanoseconds(Int64(next - latest))) }
      let (exchanged, original) = arrival.compareExchange(expected: current, desired: next, ordering: .relaxed)
      if exchanged {
        let ahead = next - now.nanoseconds
        return .wait(.nanoseconds(ahead > tolerance ? Int64(ahead - tolerance) : 0))
      }
      current = original
    }
  }
}
