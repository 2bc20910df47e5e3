internal import JSON
internal import Networking

/// The format of the responses of one vendor interface, with the values of the request that a response repeats.
protocol AnswerShape: Sendable {
  /// The member that holds the result code.
  var codeKey: String { get }
  func refusal(_ code: String, _ message: String?) -> VendorAnswer
}

/// The response of a vendor's server, before a fault is applied.
struct VendorAnswer: Sendable {
  var status = 200
  /// The vendor's result code, for the list of requests.
  var code: String
  var headers = HTTPFields()
  var contentType = "application/json;charset=UTF-8"
  var body: [UInt8]
  /// The fault of the token, which is applied afterwards.
  var fault: Fault?
  let shape: any AnswerShape

  init(
    code: String, shape: any AnswerShape, status: Int = 200, headers: HTTPFields = HTTPFields(), fault: Fault? = nil,
    _ body: (inout JSONWriter) -> Void
  ) {
    self.code = code
    self.shape = shape
    self.status = status
    self.headers = headers
    self.fault = fault
    var writer = JSONWriter()
    writer.object(body)
    self.body = writer.bytes
  }
}
