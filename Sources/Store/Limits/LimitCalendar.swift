public import NumberAuth

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

  /// The date of a day, such as `2026-11-28`.
  public func date(ofDay day: Int64) -> String { String(WallTime(milliseconds: day * 86_400_000).iso8601.prefix(10)) }

  /// The date of a month, such as `2026-11`.
  public func date(ofMonth month: Int64) -> String {
    let number = month % 12 + 1
    return "\(month / 12)-\(number < 10 ? "0" : "")\(number)"
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
