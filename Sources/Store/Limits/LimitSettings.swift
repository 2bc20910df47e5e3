/// The limits of a team or an app.
public struct LimitSettings: Sendable, Hashable {
  /// Requests per second, in the long run.
  public var perSecond: Int?
  /// Requests that may arrive at once.
  public var burst: Int?
  /// Calls to vendors per day.
  public var perDay: Int?
  public var spendPerDay: Money?
  public var spendPerMonth: Money?
  /// Currency of the spend limits. Calls in other currencies are not counted.
  public var currency = PriceList.defaultCurrency
  /// Verifications per day for one phone number. The number of a login is not known before the call.
  public var verificationsPerNumber: Int?

  public init() {}

  public var isEmpty: Bool { self == LimitSettings() }

  /// These limits, and those of `other` that are missing here.
  public func completed(by other: LimitSettings) -> LimitSettings {
    var all = self
    all.perSecond = perSecond ?? other.perSecond
    all.burst = perSecond == nil ? other.burst : burst
    all.perDay = perDay ?? other.perDay
    all.spendPerDay = spendPerDay ?? other.spendPerDay
    all.spendPerMonth = spendPerMonth ?? other.spendPerMonth
    return all
  }
}

/// A limit of `LimitSettings`. The raw values are those of the configuration.
public enum LimitName: String, Sendable, CaseIterable {
  case perSecond, perDay, spendPerDay, spendPerMonth, perNumber
}

/// Why a request is refused.
public struct LimitRefusal: Error, Sendable, Equatable {
  public let limit: LimitName
  /// The limit: requests, calls, or money in millionths.
  public let quota: Int64
  /// Length of its window in seconds.
  public let window: Int
  /// Seconds until the next request can succeed; at least 1.
  public let retryAfter: Int

  public init(limit: LimitName, quota: Int64, window: Int, retryAfter: Int) {
    self.limit = limit
    self.quota = quota
    self.window = window
    self.retryAfter = retryAfter
  }
}
