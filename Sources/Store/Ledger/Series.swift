import Cryptography
public import NumberAuth

/// A series with its id, which is computed once. The rows of a series share one object.
public final class SeriesEntry: Sendable {
  public let series: Series
  public let id: Int64

  public init(_ series: Series) {
    self.series = series
    id = series.id
  }
}

/// The series of recent calls of one event loop. A call of a cached series creates no object.
public struct SeriesCache {
  /// Maximum number of cached series, and the number that a look-up compares first.
  private static let limit = 1024, recentLimit = 8

  private var recent: [SeriesEntry] = []
  private var all: [Series: SeriesEntry] = [:]

  public init() {}

  public mutating func entry(of series: Series) -> SeriesEntry {
    // Equal texts usually have the same storage, so that a comparison reads only a few words.
    if let entry = recent.first(where: { $0.series == series }) { return entry }
    if all.count >= Self.limit { all = [:] }
    let entry = all[series] ?? SeriesEntry(series)
    all[series] = entry
    if recent.count >= Self.recentLimit { recent.removeFirst() }
    recent.append(entry)
    return entry
  }
}

/// The properties of a call that have few different values. Rows refer to a series by its id, and usage is summed by
/// series. The number of series is bounded by the configuration and by closed lists.
public struct Series: Sendable, Hashable {
  /// The id of the gateway that made the call.
  public var gateway: String
  public var team: String
  public var app: String
  public var account: String
  public var provider: String
  public var channel: Channel?
  public var operation: Operation?
  public var stage: Stage
  public var carrier: Carrier?
  /// `ok`, a verdict, or `failed`.
  public var outcome: String
  /// nil if the call succeeded.
  public var reason: FailureReason?
  public var delivery: Delivery
  public var billed: Billing
  /// The currency of the price; empty if the account has no price.
  public var currency: String

  public init(
    gateway: String, team: String, app: String, account: String, provider: String, channel: Channel?,
    operation: Operation?, stage: Stage, carrier: Carrier?, outcome: String, reason: FailureReason?,
    delivery: Delivery, billed: Billing, currency: String
  ) {
    self.gateway = gateway
    self.team = team
    self.app = app
    self.account = account
    self.provider = provider
    self.channel = channel
    self.operation = operation
    self.stage = stage
    self.carrier = carrier
    self.outcome = outcome
    self.reason = reason
    self.delivery = delivery
    self.billed = billed
    self.currency = currency
  }

  /// The columns of the `series` table after the id, in order.
  public static let columns = [
    "gateway", "team", "app", "account", "provider", "channel", "operation", "stage", "carrier", "outcome", "reason",
    "delivery", "billed", "currency",
  ]

  /// The values of `columns`. An absent value is an empty text.
  public var texts: [String] {
    [
      gateway, team, app, account, provider, channel?.rawValue ?? "", operation?.rawValue ?? "", stage.rawValue,
      carrier?.rawValue ?? "", outcome, reason?.rawValue ?? "", delivery.rawValue, billed.rawValue, currency,
    ]
  }

  /// Reads the values of `columns`. Returns nil if one is unknown, such as a reason of a later version.
  init?(texts: [String]) {
    guard texts.count == Self.columns.count, let stage = Stage(rawValue: texts[7]),
      let delivery = Delivery(rawValue: texts[11]), let billed = Billing(rawValue: texts[12])
    else { return nil }
    self.init(
      gateway: texts[0], team: texts[1], app: texts[2], account: texts[3], provider: texts[4],
      channel: Channel(rawValue: texts[5]), operation: Operation(rawValue: texts[6]), stage: stage,
      carrier: Carrier(rawValue: texts[8]), outcome: texts[9], reason: FailureReason(rawValue: texts[10]),
      delivery: delivery, billed: billed, currency: texts[13])
  }

  /// The first eight bytes of the SHA-256 of the texts, without the sign bit. The same series has the same id in every
  /// database, so that gateways need not agree on ids.
  public var id: Int64 {
    let digest = DigestAlgorithm.sha256.hash(Array(texts.joined(separator: "\u{1f}").utf8))
    return Int64(digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 1)
  }
}
