public import Networking
import Synchronization

/// The generic cell rate algorithm: admits `rate` requests per second in the long run, and up to `burst` at once. Its
/// state is one number, which all event loops update atomically: no lock, no timer, and the sum of all loops is exact.
///
/// A shared limiter admits only the share of this gateway, and nothing before it has one.
public final class RateLimiter: Sendable {
  /// The theoretical arrival time of the next request: nanoseconds of the monotonic clock.
  private let arrival = Atomic<UInt64>(0)
  /// Nanoseconds between two requests at the rate; `closed` if nothing is admitted.
  private let interval = Atomic<UInt64>(closed)
  /// How far `arrival` may be ahead of the clock, in nanoseconds.
  private let tolerance = Atomic<UInt64>(0)
  /// The time from which the share is another one: nanoseconds of the monotonic clock.
  private let shareEnd = Atomic<UInt64>(.max)
  private let requests = Atomic<Int64>(0)
  private let isShared: Bool
  private let settings: Locked<Settings>

  private static let closed = UInt64.max

  private struct Settings {
    var rate: Int
    var burst: Int
    var share: LimitShare?
  }

  /// - Parameters:
  ///   - rate: Requests per second; at least 1.
  ///   - burst: Requests that may arrive at once; at least 1.
  ///   - isShared: Whether several gateways share the rate.
  public init(rate: Int, burst: Int, isShared: Bool = false) {
    self.isShared = isShared
    settings = Locked(Settings(rate: max(1, rate), burst: max(1, burst)))
    guard !isShared else { return }
    let pace = Pace(thousandths: Int64(max(1, rate)) * 1000, burst: Double(max(1, burst)))
    interval.store(pace.interval, ordering: .relaxed)
    tolerance.store(pace.tolerance, ordering: .relaxed)
  }

  /// Changes the rate. Requests that were admitted before count as before; a larger burst is saved up first.
  public func set(rate: Int, burst: Int, at now: MonotonicTime = .now) {
    settings.withLock { settings in
      settings.rate = max(1, rate)
      settings.burst = max(1, burst)
      update(settings, at: now)
    }
  }

  /// Changes the share of a shared limiter, in thousandths of a request per second. Its burst is the same part of
  /// `burst`, but at least one request.
  public func apply(_ share: LimitShare, at now: MonotonicTime = .now) {
    settings.withLock { settings in
      settings.share = share
      update(settings, at: now)
    }
  }

  /// The use of a shared limiter, in thousandths of a request.
  public func use(named name: String) -> LimitUse {
    LimitUse(
      name: name, kind: .rate, total: Int64(settings.withLock { $0.rate }) * 1000,
      used: requests.load(ordering: .relaxed) * 1000)
  }

  private struct Pace {
    var interval = RateLimiter.closed
    var tolerance: UInt64 = 0

    /// Rounded, so that the rate is never exceeded.
    init(thousandths: Int64, burst: Double) {
      guard thousandths > 0 else { return }
      interval = (1_000_000_000_000 + UInt64(thousandths) - 1) / UInt64(thousandths)
      tolerance = max(interval, UInt64(burst * Double(interval)))
    }
  }

  private func update(_ settings: Settings, at now: MonotonicTime) {
    let total = Int64(settings.rate) * 1000
    let share = isShared ? min(settings.share?.amount(at: now) ?? 0, total) : total
    let pace = Pace(thousandths: share, burst: Double(settings.burst) * Double(share) / Double(total))
    shareEnd.store(
      settings.share.flatMap { now < $0.validUntil ? $0.validUntil.nanoseconds : nil } ?? .max, ordering: .relaxed)
    let old = (interval: interval.load(ordering: .relaxed), tolerance: tolerance.load(ordering: .relaxed))
    guard pace.interval != old.interval || pace.tolerance != old.tolerance else { return }
    var current = arrival.load(ordering: .relaxed)
    while pace.interval != Self.closed {
      // The requests that could be admitted now stay the same; fewer if the burst is smaller now.
      let ahead = Double(max(current, now.nanoseconds) - now.nanoseconds)
      let saved = old.interval == Self.closed ? 0 : (Double(old.tolerance) - ahead) / Double(old.interval)
      var next = now.nanoseconds + UInt64(max(0, Double(pace.tolerance) - saved * Double(pace.interval)))
      // Requests that wait for their place keep it.
      if old.interval == Self.closed { next = max(next, current) }
      let (exchanged, original) = arrival.compareExchange(expected: current, desired: next, ordering: .relaxed)
      if exchanged { break }
      current = original
    }
    tolerance.store(pace.tolerance, ordering: .relaxed)
    interval.store(pace.interval, ordering: .relaxed)
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
    if isShared {
      requests.wrappingAdd(1, ordering: .relaxed)
      if now.nanoseconds >= shareEnd.load(ordering: .relaxed) { settings.withLock { update($0, at: now) } }
    }
    let (interval, tolerance) = (interval.load(ordering: .relaxed), tolerance.load(ordering: .relaxed))
    // The share is renewed each second.
    guard interval != Self.closed else { return .refused(.seconds(1)) }
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
