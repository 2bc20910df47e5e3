public import JSON
public import NumberAuth

extension JSONValue {
  /// A China Mobile server's code and words. `resultCode` stands in the header, in the body or at the top, and was
  /// `resultcode` in older documents; the words are `desc`, `resultDesc` or `message`
  /// (`specs/china-mobile.md §2, §3.4`).
  public func chinaMobileResult() -> (code: String?, message: String?) {
    let (header, body) = (object("header"), object("body"))
    return (
      header?.resultCode ?? body?.resultCode ?? resultCode,
      body?.resultWords ?? resultWords ?? header?.resultWords
    )
  }

  private var resultCode: String? { text(of: "resultCode", "resultcode") }
  private var resultWords: String? { text(of: "resultDesc", "desc", "message") }
}

extension VendorRequest {
  /// A JSON POST as China Mobile's servers want it: any other content type is an "inner error" there.
  public static func chinaMobile(
    _ target: String, headers: [Header] = [], _ body: (inout JSONWriter) -> Void
  ) -> VendorRequest {
    var writer = JSONWriter(reservingCapacity: 480)
    writer.object(body)
    return VendorRequest(
      target: target, headers: headers.isEmpty ? jsonHeaders : jsonHeaders + headers, body: writer.take())
  }

  private static let jsonHeaders = [Header("Content-Type", "application/json")]
}

extension JSONValue {
  /// The answer names the request it belongs to (`msgId` in the header). Throws `vendorProtocolError` where it names
  /// another one; an answer that names none is taken.
  public func checkMessageId(_ msgId: String, _ response: VendorResponse) throws(Failure) {
    guard let echoed = object("header")?.text(of: "msgId"), echoed != msgId else { return }
    throw response.protocolError(.verify, "The answer belongs to another request (msgId).")
  }
}
