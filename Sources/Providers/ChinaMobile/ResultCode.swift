public import JSON
public import NumberAuth

extension JSONValue {
  /// A China Mobile server's code and words. `resultCode` stands in the header, in the body or at the top, and was
  /// `resultcode` in older documents; the words are `desc`, `resultDesc` or `message`
  /// (`specs/china-mobile.md §2, §3.4`).
  public func chinaMobileResult() -> (code: String?, message: String?) {
    let parts = [object("header"), object("body"), self]
    let code = parts.lazy.compactMap { $0?.text(of: "resultCode", "resultcode") }.first
    let message = [object("body"), self, object("header")].lazy
      .compactMap { $0?.text(of: "resultDesc", "desc", "message") }.first
    return (code, message)
  }
}

extension VendorRequest {
  /// A JSON POST as China Mobile's servers want it: any other content type is an "inner error" there.
  public static func chinaMobile(
    _ target: String, headers: [Header] = [], _ body: (inout JSONWriter) -> Void
  ) -> VendorRequest {
    var writer = JSONWriter(reservingCapacity: 1024)
    writer.object(body)
    return VendorRequest(
      target: target, headers: [Header("Content-Type", "application/json")] + headers, body: writer.bytes)
  }
}

extension JSONValue {
  /// The answer names the request it belongs to (`msgId` in the header). Throws `vendorProtocolError` where it names
  /// another one; an answer that names none is taken.
  public func checkMessageId(_ msgId: String, _ response: VendorResponse) throws(Failure) {
    guard let echoed = object("header")?.text(of: "msgId"), echoed != msgId else { return }
    throw response.protocolError(.verify, "The answer belongs to another request (msgId).")
  }
}
