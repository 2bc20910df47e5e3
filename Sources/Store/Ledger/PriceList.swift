public import NumberAuth

/// What a vendor charges for the calls of one account, by date.
public struct PriceList: Sendable, Equatable {
  public struct Price: Sendable, Equatable {
    /// First moment of the price; nil: from the beginning.
    public var from: WallTime?
    public var login: Money?
    public var verify: Money?
    /// ISO 4217 code.
    public var currency: String

    public init(from: WallTime? = nil, login: Money?, verify: Money?, currency: String) {
      self.from = from
      self.login = login
      self.verify = verify
      self.currency = currency
    }
  }

  public static let defaultCurrency = "CNY"

  /// Latest first.
  private let prices: [Price]

  public init(_ prices: [Price]) {
    self.prices = prices.sorted { ($0.from?.milliseconds ?? .min) > ($1.from?.milliseconds ?? .min) }
  }

  /// Price and currency of an operation at a time. The price of other calls is zero; the currency is empty if the
  /// account has no prices.
  public func price(of operation: Operation?, at time: WallTime) -> (price: Money, currency: String) {
    guard let price = prices.first(where: { ($0.from?.milliseconds ?? .min) <= time.milliseconds }) else {
      return (.zero, "")
    }
    let amount =
      switch operation {
      case .login: price.login
      case .verify: price.verify
      case nil: Money?.none
      }
    return (amount ?? .zero, price.currency)
  }
}
