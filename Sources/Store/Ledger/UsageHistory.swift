import NumberAuth

/// The calls of one team and app in the current month, from the ledger.
public struct UsageHistory: Sendable, Equatable {
  public var team: String
  public var app: String
  public var currency: String
  public var used: Used

  /// Sums logins and verifications; their spend includes calls that may be billed.
  static func read(
    _ database: SQLiteDatabase, _ calendar: LimitCalendar, now: WallTime
  ) throws(SQLiteError) -> [UsageHistory] {
    let month = try sums(database, from: calendar.startOfMonth(now), now: now)
    let today = try sums(database, from: calendar.startOfDay(now), now: now)
    return month.map { key, sum in
      var used = Used()
      used.spendThisMonth = sum.spend
      used.callsToday = today[key]?.calls ?? 0
      used.spendToday = today[key]?.spend ?? .zero
      return UsageHistory(team: key[0], app: key[1], currency: key[2], used: used)
    }
  }

  private static func sums(
    _ database: SQLiteDatabase, from: WallTime, now: WallTime
  ) throws(SQLiteError) -> [[String]: (calls: Int64, spend: Money)] {
    let query = UsageQuery(
      from: from, to: WallTime(milliseconds: now.milliseconds + 3_600_000), by: [.team, .app, .stage])
    var sums: [[String]: (calls: Int64, spend: Money)] = [:]
    for row in try query.run(on: database) where [Stage.login.rawValue, Stage.verify.rawValue].contains(row.values[2]) {
      let key = [row.values[0], row.values[1], row.currency]
      let sum = sums[key] ?? (0, .zero)
      sums[key] = (sum.calls + row.calls, sum.spend + row.spend + row.maybeSpend)
    }
    return sums
  }
}
