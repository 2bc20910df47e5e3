internal import Networking

/// Applies a fault to the response of a vendor.
enum FaultPlayer {
  /// Time after which a connection without a response is reset.
  static let silence = Duration.seconds(60)
  /// Maximum size of an endless body, in bytes.
  private static let endlessLimit = 256 << 20

  /// The response with the code of the fault. Unchanged if the fault has no code.
  static func reworded(_ answer: VendorAnswer, _ fault: Fault) -> VendorAnswer {
    guard let code = fault.code else { return answer }
    return answer.shape.refusal(code, fault.message)
  }

  /// Applies the fault, except its delay.
  static func response(_ answer: VendorAnswer, _ fault: Fault?) -> HTTPResponse {
    var response = HTTPResponse(status: fault?.httpStatus ?? answer.status, headers: answer.headers, body: answer.body)
    var contentType = answer.contentType
    switch fault?.body {
    case nil: break
    case .cut: response.transmission = .cut(afterBodyBytes: answer.body.count / 2)
    case .endless:
      response.body = Array(repeating: UInt8(ascii: " "), count: 16_384)
      response.transmission = .endless(limit: endlessLimit)
    case .garbage: response.body = [0xff, 0xfe, 0x00, 0x7b, 0x22, 0xc3, 0x28, 0x80]
    case .html:
      response.body = Array("<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n".utf8)
      contentType = "text/html"
    case .empty: response.body = []
    case .codeAsNumber: response.body = codeAsNumber(answer)
    }
    response.headers.append("Content-Type", fault?.contentType ?? contentType)
    if fault?.connection != nil { response.transmission = .reset }
    return response
  }

  /// Replaces `"103000"` by `103000`, and `"000"` by `0`.
  private static func codeAsNumber(_ answer: VendorAnswer) -> [UInt8] {
    guard let number = Int(answer.code) else { return answer.body }
    let key = "\"\(answer.shape.codeKey)\":"
    return answer.body.replacing(Array("\(key)\"\(answer.code)\"".utf8), with: Array("\(key)\(number)".utf8))
  }
}
