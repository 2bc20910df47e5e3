import Configuration
import Networking
import Store
import Synchronization

/// The calls per second that an account allows. Calls above them wait for at most the account's `queueTime`: at most
/// `perSecond` times `queueTime` calls wait.
final class AccountPace: Sendable {
  private let rate: RateLimiter
  private let isLimited: Atomic<Bool>
  private let longestWait: Atomic<Int64>

  /// - Parameter isShared: Whether several gateways share `perSecond`.
  init(_ limits: AccountLimits, isShared: Bool) {
    rate = RateLimiter(rate: limits.perSecond ?? 1, burst: Self.burst(limits), isShared: isShared)
    isLimited = Atomic(limits.perSecond != nil)
    longestWait = Atomic(limits.queueTime.wholeMicroseconds)
  }

  func apply(_ limits: AccountLimits, share: LimitShare?) {
    if limits.perSecond != nil { rate.set(rate: limits.perSecond ?? 1, burst: Self.burst(limits)) }
    if let share { rate.apply(share) }
    longestWait.store(limits.queueTime.wholeMicroseconds, ordering: .relaxed)
    isLimited.store(limits.perSecond != nil, ordering: .relaxed)
  }

  /// The use of the limit by this gateway; nil without a limit.
  func use(named name: String) -> LimitUse? {
    isLimited.load(ordering: .relaxed) ? rate.use(named: name) : nil
  }

  func apply(_ share: LimitShare) { rate.apply(share) }

  /// A tenth of a second: vendors count calls in short windows.
  private static func burst(_ limits: AccountLimits) -> Int { max(1, (limits.perSecond ?? 1) / 10) }

  /// The time until a call may start; or, if it is too long, the time until a call can be accepted.
  func reserve(at now: MonotonicTime) -> RateLimiter.Reservation {
    guard isLimited.load(ordering: .relaxed) else { return .wait(.zero) }
    return rate.reserve(at: now, longestWait: .microseconds(longestWait.load(ordering: .relaxed)))
  }
}

extension Duration {
  fileprivate var wholeMicroseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}
