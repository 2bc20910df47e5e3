internal import Networking

/// One interface of a vendor's server.
protocol VendorEndpoint: Sendable {
  /// Does what the vendor does with this request, at this time in milliseconds since 1970. Never waits.
  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer
}
