public import Networking
public import NumberAuth

extension HTTPClientResponse {
  /// The response as an adapter reads it: the body is UTF-8, in whatever charset the vendor sent it.
  public var vendorResponse: VendorResponse {
    let headers = headers
    return VendorResponse(status: status, body: Charset.utf8(body, headers)) {
      headers[$0]
    }
  }
}
