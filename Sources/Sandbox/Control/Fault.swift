/// A failure on demand: what a page's SDK, a vendor's server or the way between them does wrong.
struct Fault: Sendable, Equatable {
  enum Stage: String, Sendable, CaseIterable {
    /// The SDK gets no number from the carrier.
    case acquire
    /// The SDK has the number's mask but gets no token.
    case token
    /// The vendor's server fails when the token arrives.
    case server
  }

  enum Connection: String, Sendable, CaseIterable {
    /// The connection breaks before the vendor has done anything: the token stays good.
    case resetBeforeProcessing = "reset-before-processing"
    /// The vendor has done its work and used up the token, but the answer is lost.
    case resetAfterProcessing = "reset-after-processing"
    /// The same, with silence instead of a reset.
    case neverAnswer = "never-answer"
  }

  enum Body: String, Sendable, CaseIterable {
    /// The connection closes in the middle of the announced body.
    case cut
    /// A body that does not end.
    case endless
    /// Bytes that are neither JSON nor UTF-8.
    case garbage
    /// The page of a proxy.
    case html
    case empty
    /// The result code as a JSON number.
    case codeAsNumber = "code-as-number"
  }

  var stage = Stage.server
  /// Which part of the SDK's report holds the code; China Mobile's where none is named.
  var carrier: Carrier?
  var code: String?
  var message: String?
  var httpStatus: Int?
  var delayMilliseconds = 0
  var connection: Connection?
  var body: Body?
  var contentType: String?
}
