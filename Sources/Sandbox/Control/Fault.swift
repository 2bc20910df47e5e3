/// A simulated failure of an SDK, of a vendor's server, or of the connection to it.
struct Fault: Sendable, Equatable {
  enum Stage: String, Sendable, CaseIterable {
    /// The SDK does not get the number from the carrier.
    case acquire
    /// The SDK has the masked number, but gets no token.
    case token
    /// The vendor's server fails when it receives the token.
    case server
  }

  enum Connection: String, Sendable, CaseIterable {
    /// The connection is reset before the vendor has processed the request: the token remains valid.
    case resetBeforeProcessing = "reset-before-processing"
    /// The connection is reset after the vendor has processed the request and consumed the token.
    case resetAfterProcessing = "reset-after-processing"
    /// The vendor processes the request, but does not respond.
    case neverAnswer = "never-answer"
  }

  enum Body: String, Sendable, CaseIterable {
    /// The connection is closed inside the announced body.
    case cut
    /// A very long body.
    case endless
    /// Bytes that are neither JSON nor UTF-8.
    case garbage
    /// The error page of a proxy.
    case html
    case empty
    /// The result code as a JSON number.
    case codeAsNumber = "code-as-number"
  }

  var stage = Stage.server
  /// The carrier whose part of the SDK's error callback contains the code; nil: the carrier of the phone.
  var carrier: Carrier?
  var code: String?
  var message: String?
  var httpStatus: Int?
  var delayMilliseconds = 0
  var connection: Connection?
  var body: Body?
  var contentType: String?
}
