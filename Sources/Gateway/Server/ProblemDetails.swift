import JSON
import Networking
import NumberAuth

extension HTTPResponse {
  /// A failure as problem details (RFC 9457). `transaction` is the id that was sent to the vendor; it is included only
  /// if the vendor may have received it.
  static func problem(
    _ failure: Failure, requestId: String, transaction: String? = nil, status: Int? = nil
  ) -> HTTPResponse {
    let status = status ?? failure.reason.status
    var writer = JSONWriter(reservingCapacity: 768)
    writer.object {
      $0.member("type", "urn:numgate:failure:" + failure.reason.rawValue)
      $0.member("title", failure.reason.title)
      $0.member("titleZh", failure.reason.titleChinese)
      $0.member("status", status)
      $0.member("detail", failure.detail ?? failure.reason.title)
      $0.member("instance", requestId)
      $0.failureMembers(failure, words: Redaction.text)
      if let transaction, failure.delivery != .notSent {
        $0.object("transaction") {
          $0.member("id", transaction)
          $0.member("vendorId", ifPresent: failure.vendorTransaction.map(FailureTable.bounded))
        }
      }
    }
    var response = HTTPResponse(
      status: status, headers: ["Content-Type": "application/problem+json"], body: writer.take())
    if let seconds = failure.retryAfterSeconds ?? (failure.reason.isTemporary ? 1 : nil) {
      response.headers.append("Retry-After", String(seconds))
    }
    return response
  }
}

extension HTTPResponse {
  init(status: Int, headers: KeyValuePairs<String, String>, body: [UInt8]) {
    self.init(status: status, headers: HTTPFields(headers), body: body)
  }
}

extension FailureReason {
  /// Whether every response with this reason has a `Retry-After` field.
  fileprivate var isTemporary: Bool {
    switch self {
    case .overloaded, .rateLimited, .vendorBusy, .requestInProgress: true
    default: false
    }
  }
}
