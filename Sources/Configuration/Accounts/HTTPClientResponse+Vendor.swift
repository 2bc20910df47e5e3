public import Networking
public import NumberAuth

extension HTTPClientResponse {
  /// The response as an adapter reads it: the body is UTF-8, in whatever charset the vendor sent it.
  public var vendorResponse: VendorResponse {
    VendorResponse(status: status, body: Charset.utf8(body, headers), headers: headers)
  }
}

extension HTTPFields: ResponseHeaders {
  public func first(_ name: String) -> String? { self[name] }
}
