internal import JSON

/// What a phone with one vendor's SDK in its page or app does.
protocol FrontEndSDK: Sendable {
  /// The SDK's success or error callback for this page, at this time in milliseconds since 1970.
  func run(_ page: PageCall, at now: Int64) -> SDKResult
}

/// What an SDK's callback delivers.
enum SDKResult: Sendable {
  /// The token, and the other members of the success callback's object.
  case success(Token, members: [(name: String, value: String)])
  /// The object of the error callback.
  case failure(JSONFragment)
}

/// Why an SDK reports an error.
struct SDKFailure: Error, Sendable {
  let stage: Fault.Stage
  var carrier: Carrier = .mobile
  let code: String
  var message: String?
}

extension Fault {
  /// The failure this fault is for an SDK; nil where it belongs to another stage.
  func failure(at stage: Stage, code defaultCode: String, carrier defaultCarrier: Carrier) -> SDKFailure? {
    guard self.stage == stage else { return nil }
    return SDKFailure(
      stage: stage, carrier: carrier ?? defaultCarrier, code: code ?? defaultCode, message: message)
  }
}
