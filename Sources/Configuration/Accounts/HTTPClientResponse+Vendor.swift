public import Networking
public import NumberAuth

extension HTTPClientResponse {
  /// The response for an adapter. The body is converted from the vendor's charset to UTF-8.
  public var vendorResponse: VendorResponse {
    VendorResponse(status: status, body: Charset.utf8(body, headers), headers: headers)
  }
}

extension HTTPFields: ResponseHeaders {
  public func first(_ name: String) -> String? { self[name] }
}
