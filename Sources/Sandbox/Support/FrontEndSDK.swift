internal import JSON

/// The simulated SDK of one vendor, in a page or app on a phone.
protocol FrontEndSDK: Sendable {
  /// Returns the data of the SDK's success or error callback. `now` is the time in milliseconds since 1970.
  func run(_ page: SDKCall, at now: Int64) -> SDKResult
}

/// The result of an SDK call.
enum SDKResult: Sendable {
  /// The token, and the other members of the success callback's object.
  case success(Token, members: [(name: String, value: String)])
  /// The object of the error callback.
  case failure(JSONFragment)
}

/// An error that an SDK reports.
struct SDKFailure: Error, Sendable {
  let stage: Fault.Stage
  var carrier: Carrier = .mobile
  let code: String
  var message: String?
}

extension Fault {
  /// The SDK failure that this fault causes; nil if it belongs to another stage.
  func failure(at stage: Stage, code defaultCode: String, carrier defaultCarrier: Carrier) -> SDKFailure? {
    guard self.stage == stage else { return nil }
    return SDKFailure(
      stage: stage, carrier: carrier ?? defaultCarrier, code: code ?? defaultCode, message: message)
  }
}
