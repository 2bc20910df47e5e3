public import Networking

/// A limit that all gateways of a database share, and how much of it this gateway has used.
public struct LimitUse: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `total` per second.
    case rate
    /// `total` in a period, such as a day. The name of the limit contains the period.
    case quota
  }

  /// Identifies the limit in the database: the same on all gateways, for example `app/shop/perSecond` or
  /// `app/shop/perDay/2026-11-28`. It must not contain a phone number, a token or a key.
  public var name: String
  public var kind: Kind
  /// The limit in any unit of integers. Shares are integers: a rate of calls should be in thousandths of a call.
  public var total: Int64
  /// What this gateway has used, in the unit of `total`. Of a quota: in the period, also before a restart. Of a rate:
  /// since any time, with the requests that were refused; it only has to ascend.
  public var used: Int64

  public init(name: String, kind: Kind, total: Int64, used: Int64) {
    self.name = name
    self.kind = kind
    self.total = total
    self.used = used
  }
}

/// This gateway's part of a shared limit. The sum of the parts of all gateways is at most the limit.
public struct LimitShare: Sendable, Hashable {
  /// What the gateway may use until `validUntil`: of a rate per second, of a quota in the whole period, including past
  /// use.
  public var amount: Int64
  public var validUntil: MonotonicTime
  /// What the gateway may use from `validUntil` on.
  public var afterwards: Int64
  /// Number of gateways that share the limit, as the database last reported it.
  public var gateways: Int
  /// What the other gateways had used of a quota at the last contact with the database.
  public var usedByOthers: Int64 = 0
  /// Whether the database was not available at the last attempt.
  public var isDegraded: Bool

  /// What the gateway may use at a time. A rate that increases must begin without saved-up burst: the burst of a share
  /// is a part of that of the limit.
  public func amount(at time: MonotonicTime) -> Int64 { time < validUntil ? amount : afterwards }
}
