import NumberAuth
import Schema
import Store
import YAML

/// The shape of `limits` of teams and apps.
enum LimitsFile {
  private static let rates = 1...1_000_000
  private static let calls = 1...1_000_000_000

  private static let fields: [Shape.Field] = [
    .optional(
      "perSecond", .integer(rates), "requests for sessions, logins and verifications in a second", example: "100"),
    .optional(
      "burst", .integer(rates),
      "requests that may arrive at once after a pause; requires `perSecond`, and is the same number by default",
      example: "200"),
    .optional("perDay", .integer(calls), "vendor calls for logins and verifications in a day", example: "10000"),
    .optional(
      "spendPerDay", StoreFile.amount, "price of the vendor calls in a day, by the `prices` of the accounts",
      example: "500.00"),
    .optional(
      "spendPerMonth", StoreFile.amount,
      "price of the vendor calls in a calendar month, by the `prices` of the accounts", example: "10000.00"),
    .optional(
      "utcOffset", .integer(-12...14), "hours that days and months are ahead of UTC; by default China time",
      default: .number(LimitSettings.chinaTime)),
  ]

  private static let perNumber = Shape.object([
    .optional(
      "verify",
      .form(
        .init(
          "a number of calls from 1 to 1000000 in a day, hour or minute, such as 10/day",
          pattern: "^[1-9][0-9]{0,6}/(minute|hour|day)$"
        ) { NumberLimit($0) != nil }),
      "verifications of one number in a day, hour or minute", example: #""10/day""#)
  ])

  static let team = Shape.object(fields)

  static let app = Shape.object(
    fields + [
      .optional(
        "perNumber", perNumber,
        "limits for one phone number, against the enumeration of numbers; counted in memory only")
    ])

  /// Reads `limits`, whose shape has been checked; nil if it is absent or empty.
  static func read(_ node: YAMLNode?) -> LimitSettings? {
    guard let node else { return nil }
    var settings = LimitSettings()
    settings.rate = node["perSecond"]?.int.map { CellRate(perSecond: $0, burst: node["burst"]?.int) }
    settings.perDay = node["perDay"]?.int
    settings.spendPerDay = node["spendPerDay"]?.text.flatMap(Money.init(decimal:))
    settings.spendPerMonth = node["spendPerMonth"]?.text.flatMap(Money.init(decimal:))
    settings.perNumber = node["perNumber"]?["verify"]?.text.flatMap(NumberLimit.init)
    settings.utcOffset = node["utcOffset"]?.int ?? settings.utcOffset
    var none = LimitSettings()
    none.utcOffset = settings.utcOffset
    return settings == none ? nil : settings
  }
}

extension ConfigurationLoader {
  /// Reads `limits` of a team or app.
  mutating func readLimits(
    _ node: YAMLNode?, _ path: String, _ name: String, accounts: some Sequence<Account>
  ) -> LimitSettings? {
    if let node, let burst = node["burst"], node["perSecond"] == nil {
      error(path, burst, "'\(name).burst' requires '\(name).perSecond'")
    }
    guard let node, let settings = LimitsFile.read(node) else { return nil }
    if settings.spendPerDay != nil || settings.spendPerMonth != nil {
      let currencies = Set(accounts.flatMap(\.prices.currencies)).sorted()
      let place = node["spendPerDay"] ?? node["spendPerMonth"] ?? node
      if currencies.isEmpty {
        diagnostics.warning(path, place.mark, "'\(name)' limits the spend, but no account has `prices`")
      } else if currencies.count > 1 {
        diagnostics.warning(
          path, place.mark,
          "'\(name)' adds prices in \(currencies.joined(separator: " and ")) without conversion")
      }
    }
    return settings
  }
}
