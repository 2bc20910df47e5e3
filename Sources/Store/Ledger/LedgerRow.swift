public import NumberAuth

/// The ledger's record of one call to a vendor. It contains no phone number, token, key or signature.
public struct LedgerRow: Sendable {
  /// When the call ended.
  public var time: WallTime
  public var series: SeriesEntry
  /// The request id of the caller's request.
  public var requestId: String
  /// The nonce or message id of the request to the vendor.
  public var transaction: String
  /// The vendor's id of the call, if it returned one.
  public var vendorId: String?
  /// The vendor's code of a failure.
  public var vendorCode: String?
  /// The price of the operation if the call is or may be billed; otherwise zero.
  public var price: Money
  /// The vendor's response time, in microseconds.
  public var latency: Int64
  /// HMAC-SHA-256 of the phone number under the store's key; nil unless `ledger.numberHash` is set.
  public var numberHash: [UInt8]?

  public init(
    time: WallTime, series: SeriesEntry, requestId: String, transaction: String, vendorId: String? = nil,
    vendorCode: String? = nil, price: Money = .zero, latency: Int64 = 0, numberHash: [UInt8]? = nil
  ) {
    self.time = time
    self.series = series
    self.requestId = requestId
    self.transaction = transaction
    self.vendorId = vendorId
    self.vendorCode = vendorCode
    self.price = price
    self.latency = latency
    self.numberHash = numberHash
  }
}
