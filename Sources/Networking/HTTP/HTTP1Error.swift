/// How a message breaks HTTP/1.1 (RFC 9112) or a limit set here. The text names the rule, never the message's content.
public enum HTTP1Error: Error, Equatable, Sendable {
  case malformed(String)
  case unsupportedVersion
  case unsupportedTransferCoding
  case unsupportedExpectation
  case lineTooLong
  case headersTooLarge
  case bodyTooLarge
  /// The peer closed before the message was whole.
  case truncated
  /// The time for this part of a request was up.
  case headerTimeout
  case bodyTimeout

  /// The status a server answers with.
  public var status: Int {
    switch self {
    case .malformed, .truncated: 400
    case .unsupportedVersion: 505
    case .unsupportedTransferCoding: 501
    case .unsupportedExpectation: 417
    case .lineTooLong: 414
    case .headersTooLarge: 431
    case .bodyTooLarge: 413
    case .headerTimeout, .bodyTimeout: 408
    }
  }

  /// A short fixed description, fit for a metric label.
  public var label: String {
    switch self {
    case .malformed: "malformed"
    case .unsupportedVersion: "unsupported-version"
    case .unsupportedTransferCoding: "unsupported-transfer-coding"
    case .unsupportedExpectation: "unsupported-expectation"
    case .lineTooLong: "line-too-long"
    case .headersTooLarge: "headers-too-large"
    case .bodyTooLarge: "body-too-large"
    case .truncated: "truncated"
    case .headerTimeout: "header-timeout"
    case .bodyTimeout: "body-timeout"
    }
  }

  public var explanation: String {
    switch self {
    case .malformed(let rule): rule
    case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are spoken here"
    case .unsupportedTransferCoding: "only the chunked transfer coding is known"
    case .unsupportedExpectation: "only the expectation 100-continue is known"
    case .lineTooLong: "the request line is too long"
    case .headersTooLarge: "the header fields are too many or too long"
    case .bodyTooLarge: "the body is too long"
    case .truncated: "the message ended too early"
    case .headerTimeout: "the header did not arrive in time"
    case .bodyTimeout: "the body did not arrive in time"
    }
  }
}
