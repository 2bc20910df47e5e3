/// A message that violates HTTP/1.1 (RFC 9112) or a configured limit. Texts name the rule and never contain data of the
/// message.
public enum HTTP1Error: Error, Equatable, Sendable {
  case malformed(String)
  case unsupportedVersion
  case unsupportedTransferCoding
  case unsupportedExpectation
  case lineTooLong
  case headersTooLarge
  case bodyTooLarge
  /// The peer closed the connection before the end of the message.
  case truncated
  /// The start line and the header fields of a request did not arrive in time.
  case headerTimeout
  /// The body of a request did not arrive in time.
  case bodyTimeout

  /// The status of the server's response.
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

  /// A short fixed name for metric labels.
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

  /// The violated rule or limit, for a message: without a capital letter and a full stop.
  public var explanation: String {
    switch self {
    case .malformed(let rule): rule
    case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are supported"
    case .unsupportedTransferCoding: "only the transfer coding 'chunked' is supported"
    case .unsupportedExpectation: "only the expectation '100-continue' is supported"
    case .lineTooLong: "the request line is too long"
    case .headersTooLarge: "there are too many header fields, or they are too long"
    case .bodyTooLarge: "the body is too long"
    case .truncated: "the message ended too early"
    case .headerTimeout: "the header did not arrive in time"
    case .bodyTimeout: "the body did not arrive in time"
    }
  }
}
