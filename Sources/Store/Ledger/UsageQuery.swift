public import NumberAuth

/// A question to the ledger: sums of calls between two hours, by properties of the calls.
public struct UsageQuery: Sendable {
  /// What sums are grouped by. The raw values are those of the API.
  public enum Dimension: String, Sendable, CaseIterable {
    case month, day, hour
    case team, app, account, provider, channel, operation, stage, carrier, outcome, reason, delivery, billing, gateway

    /// The column of the table `series`, for dimensions other than times.
    var column: String { self == .billing ? "billed" : rawValue }
  }

  /// Start, in whole hours since 1970; inclusive.
  public var fromHour: Int64
  /// End, in whole hours since 1970; exclusive.
  public var toHour: Int64
  /// Rows are sorted by these, in this order.
  public var by: [Dimension]
  /// Only calls of these apps; nil: of all apps.
  public var apps: [String]?
  /// Maximum number of rows to return; nil: all of them.
  public var limit: Int?
  /// Hours that the time zone of `day` and `month` is ahead of UTC.
  public var zoneHours: Int64

  /// - Parameter zoneHours: China time by default.
  public init(
    from: WallTime, to: WallTime, by: [Dimension], apps: [String]? = nil, zoneHours: Int64 = 8
  ) {
    fromHour = from.milliseconds / 3_600_000
    toHour = (to.milliseconds + 3_599_999) / 3_600_000
    self.by = by
    self.apps = apps
    self.zoneHours = zoneHours
  }
}

/// Sums of the calls that share the values of the query's dimensions and the currency.
public struct UsageRow: Sendable, Equatable {
  /// The values of `UsageQuery.by`; empty texts for absent values.
  public var values: [String]
  /// Empty if the accounts have no price.
  public var currency: String
  public var calls: Int64
  /// Calls without a failure.
  public var succeeded: Int64
  /// Calls that the vendor bills.
  public var billed: Int64
  /// Calls that the vendor may bill.
  public var maybeBilled: Int64
  /// Price of the billed calls.
  public var spend: Money
  /// Price of the calls that may be billed.
  public var maybeSpend: Money
  /// Mean response time of the vendor, in microseconds.
  public var latency: Int64
}

extension UsageQuery {
  func run(on database: SQLiteDatabase) throws(SQLiteError) -> [UsageRow] {
    let statement = try database.prepare(sql)
    statement.bind(1, fromHour)
    statement.bind(2, toHour)
    if let apps { statement.bind(3, "[" + apps.map { "\"\($0)\"" }.joined(separator: ",") + "]") }
    var rows: [UsageRow] = []
    try statement.forEachRow { row in
      let first = Int32(by.count)
      rows.append(
        UsageRow(
          values: by.indices.map { row.text(Int32($0)) }, currency: row.text(first), calls: row.int(first + 1),
          succeeded: row.int(first + 2), billed: row.int(first + 3), maybeBilled: row.int(first + 4),
          spend: Money(micros: row.int(first + 5)), maybeSpend: Money(micros: row.int(first + 6)),
          latency: row.int(first + 7) / max(1, row.int(first + 1))))
    }
    return rows
  }

  private var sql: String {
    let columns = by.map { dimension -> String in
      switch dimension {
      case .month: "strftime('%Y-%m', (hour + \(zoneHours)) * 3600, 'unixepoch')"
      case .day: "strftime('%Y-%m-%d', (hour + \(zoneHours)) * 3600, 'unixepoch')"
      case .hour: "strftime('%Y-%m-%dT%H:00', (hour + \(zoneHours)) * 3600, 'unixepoch')"
      default: "series.\"\(dimension.column)\""
      }
    }
    let groups = (columns + ["currency"]).joined(separator: ", ")
    func sum(_ value: String, where condition: String) -> String {
      "sum(CASE WHEN \(condition) THEN \(value) ELSE 0 END)"
    }
    return """
      SELECT \(groups), sum(calls), \(sum("calls", where: "reason = ''")), \(sum("calls", where: "billed = 'yes'")), \
      \(sum("calls", where: "billed = 'unknown'")), \(sum("price", where: "billed = 'yes'")), \
      \(sum("price", where: "billed = 'unknown'")), sum(latency) \
      FROM usage_hourly JOIN series ON series.id = usage_hourly.series WHERE hour >= ? AND hour < ? \
      \(apps == nil ? "" : "AND app IN (SELECT value FROM json_each(?))") GROUP BY \(groups) ORDER BY \(groups) \
      \(limit.map { "LIMIT \($0)" } ?? "")
      """
  }
}
