public import JSON
public import NumberAuth

extension JSONValue {
  /// The code and the message of a China Mobile server. `resultCode` is in the header, in the body or at the top level,
  /// and is `resultcode` in older documents; the message is `desc`, `resultDesc` or `message`
  /// (`specs/china-mobile.md §2, §3.4`).
  public func chinaMobileResult() -> (code: String?, message: String?) {
    let (header, body) = (object("header"), object("body"))
    return (
      header?.resultCode ?? body?.resultCode ?? resultCode,
      body?.resultMessage ?? resultMessage ?? header?.resultMessage
    )
  }

  private var resultCode: String? { text(of: "resultCode", "resultcode") }
  private var resultMessage: String? { text(of: "resultDesc", "desc", "message") }
}

extension VendorRequest {
  /// A JSON POST for China Mobile's servers, which answer any other content type with an "inner error".
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
  /// Checks that `msgId` in the answer's header is the id of the request. Throws `vendorProtocolError` if it differs;
  /// accepts an answer without it.
  public func checkMessageId(_ msgId: String, _ response: VendorResponse) throws(Failure) {
    guard let echoed = object("header")?.text(of: "msgId"), echoed != msgId else { return }
    throw response.protocolError(.verify, "The response belongs to another request (msgId).")
  }
}
