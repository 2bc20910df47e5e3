import Networking
public import NumberAuth

/// What a team or an app has used today and this month.
public struct Used: Sendable, Equatable {
  public var callsToday: Int64 = 0
  public var spendToday = Money.zero
  public var spendThisMonth = Money.zero

  public init() {}
}

/// Counts the calls and the spend of a team or an app, and refuses calls above its limits. Shared by the event loops;
/// the lock is held for a few nanoseconds.
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
  }

  private let state: Locked<State>

  /// - Parameter used: What the ledger contains of the current day and month.
  public init(_ used: Used, calendar: LimitCalendar, now: WallTime) {
    var state = State()
    state.used = used
    state.day = calendar.day(of: now)
    state.month = calendar.month(of: now)
    self.state = Locked(state)
  }

  /// Current use. A period that has ended counts as unused.
  public func used(_ calendar: LimitCalendar, at now: WallTime) -> Used {
    state.withLock { state in
      Self.turn(&state, calendar, now)
      return state.used
    }
  }

  /// Counts a call with its price, or refuses it. A call in another currency than that of the limits costs nothing here.
  public func reserve(
    _ price: Money, _ settings: LimitSettings, _ calendar: LimitCalendar, at now: WallTime
  ) throws(LimitRefusal) -> [Warning] {
    try state.withLock { (state) throws(LimitRefusal) in
      Self.turn(&state, calendar, now)
      let used = state.used
      if let limit = settings.perDay, used.callsToday >= limit {
        throw LimitRefusal(
          limit: .perDay, quota: Int64(limit), window: 86_400, retryAfter: calendar.secondsToNextDay(at: now))
      }
      if let limit = settings.spendPerDay, limit < used.spendToday + price {
        throw LimitRefusal(
          limit: .spendPerDay, quota: limit.micros, window: 86_400, retryAfter: calendar.secondsToNextDay(at: now))
      }
      if let limit = settings.spendPerMonth, limit < used.spendThisMonth + price {
        throw LimitRefusal(
          limit: .spendPerMonth, quota: limit.micros, window: 30 * 86_400,
          retryAfter: calendar.secondsToNextMonth(at: now))
      }
      state.used.callsToday += 1
      state.used.spendToday += price
      state.used.spendThisMonth += price
      return Self.warnings(&state, settings)
    }
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

  private static func warnings(_ state: inout State, _ settings: LimitSettings) -> [Warning] {
    var warnings: [Warning] = []
    for (limit, used, quota) in shares(state.used, settings) {
      let percent = used >= quota ? 100 : used >= quota - quota / 5 ? 80 : 0
      if percent > state.reported[limit] ?? 0 {
        state.reported[limit] = percent
        warnings.append(Warning(limit: limit, percent: percent))
      }
    }
    return warnings
  }

  /// Use and quota of each daily and monthly limit.
  public static func shares(_ used: Used, _ settings: LimitSettings) -> [(limit: LimitName, used: Int64, quota: Int64)]
  {
    var shares: [(limit: LimitName, used: Int64, quota: Int64)] = []
    if let limit = settings.perDay { shares.append((.perDay, used.callsToday, Int64(limit))) }
    if let limit = settings.spendPerDay { shares.append((.spendPerDay, used.spendToday.micros, limit.micros)) }
    if let limit = settings.spendPerMonth { shares.append((.spendPerMonth, used.spendThisMonth.micros, limit.micros)) }
    return shares
  }
}

/// Days and months of limits, in a fixed offset from UTC.
public struct LimitCalendar: Sendable, Equatable {
  /// Hours ahead of UTC; 8: China time.
  public var offset: Int

  public init(offset: Int = 8) { self.offset = offset }

  private func local(_ time: WallTime) -> WallTime {
    WallTime(milliseconds: time.milliseconds + Int64(offset) * 3_600_000)
  }

  /// Days since 1970 of the local date.
  public func day(of time: WallTime) -> Int64 {
    let milliseconds = local(time).milliseconds
    return milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000
  }

  /// Twelve times the year, plus the month from 0.
  public func month(of time: WallTime) -> Int64 {
    let text = local(time).iso8601
    return (Int64(text.prefix(4)) ?? 0) * 12 + (Int64(text.dropFirst(5).prefix(2)) ?? 1) - 1
  }

  /// The start of the local month.
  public func startOfMonth(_ time: WallTime) -> WallTime {
    let local = WallTime(iso8601: self.local(time).iso8601.prefix(7) + "-01T00:00:00Z") ?? time
    return WallTime(milliseconds: local.milliseconds - Int64(offset) * 3_600_000)
  }

  /// The start of the local day.
  public func startOfDay(_ time: WallTime) -> WallTime {
    WallTime(milliseconds: day(of: time) * 86_400_000 - Int64(offset) * 3_600_000)
  }

  /// Rounded up; at least 1.
  public func secondsToNextDay(at time: WallTime) -> Int {
    max(1, Int((startOfDay(time).milliseconds + 86_400_000 - time.milliseconds + 999) / 1000))
  }

  /// Rounded up; at least 1.
  public func secondsToNextMonth(at time: WallTime) -> Int {
    // 32 days after the start is in the next month.
    let next = startOfMonth(WallTime(milliseconds: startOfMonth(time).milliseconds + 32 * 86_400_000))
    return max(1, Int((next.milliseconds - time.milliseconds + 999) / 1000))
  }
}
