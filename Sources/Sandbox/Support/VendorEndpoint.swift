internal import Networking

/// One interface of a vendor's server.
protocol VendorEndpoint: Sendable {
  /// Handles a request as the vendor does. `now` is the time in milliseconds since 1970.
  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer
}
