import NumberAuth
import Schema
import Store
import YAML

/// The shapes of `store`, `ledger` and of an account's `prices`.
enum StoreFile {
  static let store = Shape.object([
    .optional(
      "path", .text,
      """
      folder of the gateway's database, created if needed; relative to the configuration file; `:memory:`: nothing is \
      written to disk, and only sums are kept while the process runs
      """,
      default: .text(Defaults.storePath), example: #""/var/lib/numgate""#),
    .optional(
      "postgres", .text,
      "connection string of a PostgreSQL database that several gateways share, as `${env:NAME}` or `${file:path}`",
      example: #""${env:NUMGATE_POSTGRES}""#),
    .optional(
      "keys", .list(.text, atLeast: 1),
      """
      keys, each `${env:NAME}` or `${file:path}` with 32 bytes or more: the first one encrypts and hashes, all of them \
      decrypt; by default a random key, so that encrypted answers end with the process
      """, example: #"["${file:/run/secrets/store-key}"]"#),
  ])

  static let ledger = Shape.object([
    .optional(
      "durability", .choice(LedgerSettings.Durability.allCases.map(\.rawValue)), "when an answer leaves the gateway",
      default: .text(LedgerSettings().durability.rawValue),
      meanings: [
        "acknowledged": "after its row is committed and synced",
        "strict": "as `acknowledged`, and a row is committed before the vendor is called, so that a crash shows",
        "relaxed": "at once; its row is committed within 100 ms",
        "off": "at once; no row is written",
      ]),
    .optional(
      "keep", .duration(.seconds(3600)...(.seconds(3650 * 86_400))), "how long rows and sums are kept",
      default: .duration(LedgerSettings().keep)),
    .optional(
      "onError", .choice(LedgerSettings.ErrorPolicy.allCases.map(\.rawValue)),
      "what happens to calls while rows cannot be written, for example on a full disk",
      default: .text(LedgerSettings().onError.rawValue),
      meanings: [
        "continue": "calls are answered; up to 100,000 rows wait in memory",
        "refuse": "calls are refused with `overloaded` before the vendor is called",
      ]),
    .optional(
      "numberHash", .boolean, "whether a row has a keyed hash of the phone number, to find the calls of one number",
      default: .boolean(LedgerSettings().numberHash)),
    .optional(
      "utcOffset", .integer(-12...14), "hours that the days and months of limits are ahead of UTC; 8: China time",
      default: .number(LedgerSettings().utcOffset)),
  ])

  static let idempotency = Shape.object([
    .optional(
      "keep", .duration(.seconds(1)...(.seconds(86_400))),
      "how long the first answer to an `Idempotency-Key` is kept, encrypted with the first key of `store.keys`",
      default: .duration(IdempotencySettings().keep))
  ])

  static let amount = Shape.form(
    .init("an amount such as 0.06, with up to six digits after the point", pattern: "^[0-9]{1,9}([.][0-9]{1,6})?$") {
      Money(decimal: $0) != nil
    })

  private static let price = Shape.object([
    .optional("login", amount, "price of a login", example: "0.06"),
    .optional("verify", amount, "price of a verification", example: "0.03"),
    .optional(
      "currency",
      .form(.init("an ISO 4217 code such as CNY", pattern: "^[A-Z]{3}$") { $0.wholeMatch(of: /[A-Z]{3}/) != nil }),
      "currency of the prices", default: .text(PriceList.defaultCurrency)),
    .optional(
      "from",
      .form(
        .init("a date such as 2026-07-01", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$") { day($0) != nil }),
      "first day of the prices, in China time; by default they always apply", example: #""2026-07-01""#),
  ])

  static let prices = Shape.named(
    "prices", .byNode(scalar: price, list: .list(price, atLeast: 1), mapping: price))

  /// The start of a day in China time.
  private static func day(_ text: String) -> WallTime? {
    WallTime(iso8601: text + "T00:00:00Z").map { WallTime(milliseconds: $0.milliseconds - 8 * 3_600_000) }
  }

  /// Reads `prices`, whose shape has been checked.
  static func readPrices(_ node: YAMLNode?) -> PriceList {
    guard let node else { return PriceList([]) }
    return PriceList(
      (node.elements.isEmpty ? [node] : node.elements).map { node in
        PriceList.Price(
          from: node["from"]?.text.flatMap(day), login: node["login"]?.text.flatMap(Money.init(decimal:)),
          verify: node["verify"]?.text.flatMap(Money.init(decimal:)),
          currency: node["currency"]?.text ?? PriceList.defaultCurrency)
      })
  }

  /// Reads `idempotency`, whose shape has been checked.
  static func readIdempotency(_ node: YAMLNode?) -> IdempotencySettings {
    var settings = IdempotencySettings()
    settings.keep = node?["keep"]?.text.flatMap(parseDuration) ?? settings.keep
    return settings
  }

  /// Reads `ledger`, whose shape has been checked.
  static func readLedger(_ node: YAMLNode?) -> LedgerSettings {
    var settings = LedgerSettings()
    settings.durability = node?["durability"]?.text.flatMap(LedgerSettings.Durability.init) ?? settings.durability
    settings.keep = node?["keep"]?.text.flatMap(parseDuration) ?? settings.keep
    settings.onError = node?["onError"]?.text.flatMap(LedgerSettings.ErrorPolicy.init) ?? settings.onError
    settings.numberHash = node?["numberHash"]?.text.map { $0 == "true" } ?? settings.numberHash
    settings.utcOffset = node?["utcOffset"]?.int ?? settings.utcOffset
    return settings
  }
}
