public import Networking
public import NumberAuth

/// What a team or an app has used today and this month.
public struct Used: Sendable, Equatable {
  public var callsToday: Int64 = 0
  public var spendToday = Money.zero
  public var spendThisMonth = Money.zero

  public init() {}
}

/// A daily or monthly limit in one of its periods.
public struct Quota: Sendable, Hashable {
  public let limit: LimitName
  /// A day or a month of `LimitCalendar`.
  public let period: Int64
}

/// Counts the calls and the spend of a team or an app, and refuses calls above its limits. Shared by the event loops;
/// the lock is held for a few nanoseconds.
///
/// With several gateways, it counts the calls of this gateway, and refuses those above its shares.
public final class Consumption: Sendable {
  /// A limit whose use has reached 80 % or 100 %, to be logged once in its period.
  public struct Warning: Sendable, Equatable {
    public let limit: LimitName
    public let percent: Int
  }

  private struct State {
    var used = Used()
    var day: Int64 = 0
    var month: Int64 = 0
    /// Percentages that were reported in the current period.
    var reported: [LimitName: Int] = [:]
    /// What this gateway may use; empty if the limits are not shared.
    var shares: [Quota: LimitShare] = [:]

    func quota(_ limit: LimitName) -> Quota { Quota(limit: limit, period: limit == .spendPerMonth ? month : day) }
  }

  private let state: Locked<State>
  private let isShared: Bool

  /// - Parameters:
  ///   - used: What the ledger of this gateway contains of the current day and month.
  ///   - isShared: Whether several gateways share the limits. Nothing is admitted before `apply`.
  public init(_ used: Used, calendar: LimitCalendar, now: WallTime, isShared: Bool = false) {
    self.isShared = isShared
    var state = State()
    state.used = used
    state.day = calendar.day(of: now)
    state.month = calendar.month(of: now)
    self.state = Locked(state)
  }

  /// The use by all gateways, as far as it is known. A period that has ended counts as unused.
  public func used(_ calendar: LimitCalendar, at now: WallTime) -> Used {
    state.withLock { state in
      Self.turn(&state, calendar, now)
      var used = state.used
      used.callsToday += state.shares[state.quota(.perDay)]?.usedByOthers ?? 0
      used.spendToday += Money(micros: state.shares[state.quota(.spendPerDay)]?.usedByOthers ?? 0)
      used.spendThisMonth += Money(micros: state.shares[state.quota(.spendPerMonth)]?.usedByOthers ?? 0)
      return used
    }
  }

  /// The use of each limit by this gateway, in the current period. A period is included from a minute before its start,
  /// so that this gateway has a share of it in time.
  public func uses(
    _ settings: LimitSettings, _ calendar: LimitCalendar, at now: WallTime
  ) -> [(quota: Quota, total: Int64, used: Int64)] {
    state.withLock { state in
      Self.turn(&state, calendar, now)
      var next = state
      Self.turn(&next, calendar, now.advanced(by: .seconds(60)))
      return [state, next].flatMap { state in
        Self.shares(state.used, settings).map { (state.quota($0.limit), $0.quota, $0.used) }
      }.reduce(into: []) { uses, use in
        if !uses.contains(where: { $0.quota == use.0 }) { uses.append(use) }
      }
    }
  }

  /// Changes what this gateway may use. A quota that is missing keeps its last share: requests that started before the
  /// limit was removed still ask for it.
  public func apply(_ shares: [Quota: LimitShare]) {
    state.withLock { state in
      let (day, month) = (state.day, state.month)
      state.shares = state.shares.filter { $0.key.period >= ($0.key.limit == .spendPerMonth ? month : day) }
      state.shares.merge(shares) { $1 }
    }
  }

  /// Replaces the use, which was not counted here before `now`.
  public func reset(_ used: Used, _ calendar: LimitCalendar, at now: WallTime) {
    state.withLock { state in
      Self.turn(&state, calendar, now)
      state.used = used
    }
  }

  /// Counts a call with its price, or refuses it. A call in another currency than that of the limits costs nothing here.
  public func reserve(
    _ price: Money, _ settings: LimitSettings, _ calendar: LimitCalendar, at now: WallTime,
    _ time: @autoclosure () -> MonotonicTime = .now
  ) throws(LimitRefusal) -> [Warning] {
    try state.withLock { (state) throws(LimitRefusal) in
      Self.turn(&state, calendar, now)
      for limit in Self.limits {
        guard let quota = settings.quota(limit) else { continue }
        let wanted = state.used.amount(limit) + (limit == .perDay ? 1 : price.micros)
        let share = isShared ? state.shares[state.quota(limit)] : nil
        if wanted <= quota, !isShared || wanted <= share?.amount(at: time()) ?? 0 { continue }
        // Otherwise other gateways have the rest; the shares change each second.
        let isUsedUp = wanted + (share?.usedByOthers ?? 0) > quota
        throw Self.refusal(limit, quota, isUsedUp: isUsedUp, calendar, now)
      }
      state.used.callsToday += 1
      state.used.spendToday += price
      state.used.spendThisMonth += price
      return warnings(&state, settings)
    }
  }

  private static func refusal(
    _ limit: LimitName, _ quota: Int64, isUsedUp: Bool, _ calendar: LimitCalendar, _ now: WallTime
  ) -> LimitRefusal {
    let isMonthly = limit == .spendPerMonth
    let rest = isMonthly ? calendar.secondsToNextMonth(at: now) : calendar.secondsToNextDay(at: now)
    return LimitRefusal(
      limit: limit, quota: quota, window: isMonthly ? 30 * 86_400 : 86_400, retryAfter: isUsedUp ? rest : 1)
  }

  /// Gives back what a call has reserved at `start`: `calls` if nothing was sent, the price if it is not billed.
  public func giveBack(calls: Int64, _ price: Money, _ calendar: LimitCalendar, reservedAt start: WallTime) {
    let (day, month) = (calendar.day(of: start), calendar.month(of: start))
    state.withLock { state in
      // A call of an earlier period is not given back to the current one.
      if state.day == day {
        state.used.callsToday = max(0, state.used.callsToday - calls)
        state.used.spendToday = Money(micros: max(0, state.used.spendToday.micros - price.micros))
      }
      if state.month == month {
        state.used.spendThisMonth = Money(micros: max(0, state.used.spendThisMonth.micros - price.micros))
      }
    }
  }

  private static func turn(_ state: inout State, _ calendar: LimitCalendar, _ now: WallTime) {
    let day = calendar.day(of: now)
    // A clock that is set back does not return to an earlier period: counters never decrease because of it.
    guard day > state.day else { return }
    state.day = day
    state.used.callsToday = 0
    state.used.spendToday = .zero
    state.reported[.perDay] = nil
    state.reported[.spendPerDay] = nil
    let month = calendar.month(of: now)
    if month > state.month {
      state.month = month
      state.used.spendThisMonth = .zero
      state.reported[.spendPerMonth] = nil
    }
  }

  private func warnings(_ state: inout State, _ settings: LimitSettings) -> [Warning] {
    var warnings: [Warning] = []
    for limit in Self.limits {
      guard let quota = settings.quota(limit) else { continue }
      let others = isShared ? state.shares[state.quota(limit)]?.usedByOthers ?? 0 : 0
      let used = state.used.amount(limit) + others
      guard used >= quota - quota / 5 else { continue }
      let percent = used >= quota ? 100 : 80
      if percent > state.reported[limit] ?? 0 {
        state.reported[limit] = percent
        warnings.append(Warning(limit: limit, percent: percent))
      }
    }
    return warnings
  }

  private static let limits: [LimitName] = [.perDay, .spendPerDay, .spendPerMonth]

  /// Use and quota of each daily and monthly limit.
  public static func shares(_ used: Used, _ settings: LimitSettings) -> [(limit: LimitName, used: Int64, quota: Int64)]
  {
    limits.compactMap { limit in settings.quota(limit).map { (limit, used.amount(limit), $0) } }
  }
}

extension Used {
  /// What a daily or monthly limit counts: calls, or money in millionths.
  fileprivate func amount(_ limit: LimitName) -> Int64 {
    switch limit {
    case .perDay: callsToday
    case .spendPerDay: spendToday.micros
    default: spendThisMonth.micros
    }
  }
}

extension LimitSettings {
  /// A daily or monthly limit, in the unit of `Used.amount`.
  fileprivate func quota(_ limit: LimitName) -> Int64? {
    switch limit {
    case .perDay: perDay.map { Int64($0) }
    case .spendPerDay: spendPerDay?.micros
    default: spendPerMonth?.micros
    }
  }
}
