import NumberAuth
import Schema
import Store
import YAML

/// The shapes of `limits` of teams and apps.
enum LimitsFile {
  static let team = Shape.object(common)

  static let app = Shape.object(
    common + [
      .optional(
        "perNumber",
        .object([
          .required(
            "verify",
            .form(.init("a number of calls such as 10/day", pattern: "^[1-9][0-9]{0,6}/day$") { count($0) != nil }),
            "verifications of one phone number", example: #""10/day""#)
        ]), "limits for each phone number, against guessing numbers; counted by this gateway alone, in memory")
    ])

  private static let common: [Shape.Field] = [
    .optional(
      "perSecond", .integer(1...1_000_000), "requests per second: sessions, logins and verifications", example: "100"),
    .optional(
      "burst", .integer(1...1_000_000), "requests that may arrive at once; by default `perSecond`", example: "200"),
    .optional(
      "perDay", .integer(1...1_000_000_000), "logins and verifications that are sent to vendors per day",
      example: "100000"),
    .optional("spendPerDay", StoreFile.amount, "price of the calls of a day", example: "500"),
    .optional("spendPerMonth", StoreFile.amount, "price of the calls of a calendar month", example: "10000"),
    .optional(
      "currency",
      .form(.init("an ISO 4217 code such as CNY", pattern: "^[A-Z]{3}$") { $0.wholeMatch(of: /[A-Z]{3}/) != nil }),
      "currency of the spend limits; calls in other currencies are not counted",
      default: .text(PriceList.defaultCurrency)),
  ]

  private static func count(_ text: String) -> Int? {
    guard text.hasSuffix("/day"), let count = Int(text.dropLast(4)), (1...9_999_999).contains(count) else { return nil }
    return count
  }

  /// Reads `limits`, whose shape has been checked.
  static func read(_ node: YAMLNode?) -> LimitSettings {
    var settings = LimitSettings()
    guard let node else { return settings }
    settings.perSecond = node["perSecond"]?.int
    settings.burst = node["burst"]?.int
    settings.perDay = node["perDay"]?.int
    settings.spendPerDay = node["spendPerDay"]?.text.flatMap { Money(decimal: $0) }
    settings.spendPerMonth = node["spendPerMonth"]?.text.flatMap { Money(decimal: $0) }
    settings.currency = node["currency"]?.text ?? settings.currency
    settings.verificationsPerNumber = node["perNumber"]?["verify"]?.text.flatMap(count)
    return settings
  }
}
