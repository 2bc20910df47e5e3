internal import Networking

extension HTTPResponse {
  /// A file that is built into the binary. Browsers load it each time.
  static func embedded(_ body: [UInt8], _ contentType: String) -> HTTPResponse {
    HTTPResponse(
      status: 200, headers: HTTPFields(["Content-Type": contentType, "Cache-Control": "no-store"]), body: body)
  }
}
