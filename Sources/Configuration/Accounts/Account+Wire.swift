public import Networking
public import NumberAuth

extension Account {
  /// What came of it: the adapter's reading of the answer, or what it means that there is none.
  public func result<Answer: Sendable>(
    of answer: Result<HTTPClientResponse, HTTPClientError>, stage: Stage, at now: WallTime,
    _ read: @Sendable (VendorResponse) throws(Failure) -> Answer
  ) -> Result<Answer, Failure> {
    switch answer {
    case .success(let response):
      do throws(Failure) {
        let answer = try read(response.vendorResponse)
        guard (200...299).contains(response.status) else {
          throw Failure(
            .vendorProtocolError, stage: stage,
            detail: "The answer says success, but comes with HTTP \(response.status).", billed: .unknown,
            delivery: .answered)
        }
        return .success(answer)
      } catch {
        var failure = error
        failure.retryAfterSeconds = failure.retryAfterSeconds ?? Self.retryAfter(response, at: now)
        return .failure(failure)
      }
    case .failure(let error):
      return .failure(Failure(error, stage: stage))
    }
  }

  /// The vendor's `Retry-After` (RFC 9110 §10.2.3) in seconds, at most a day; nil if there is none or it is malformed.
  private static func retryAfter(_ response: HTTPClientResponse, at now: WallTime) -> Int? {
    guard let text = response.headers[.retryAfter] else { return nil }
    let seconds: Int
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      seconds = Int(text) ?? .max
    } else if let date = WallTime(httpDate: text) {
      seconds = Int((date.milliseconds - now.milliseconds + 999) / 1000)
    } else {
      return nil
    }
    return min(max(seconds, 0), 86_400)
  }
}

extension Failure {
  /// What a transport error means for the token: whether the vendor may have it.
  fileprivate init(_ error: HTTPClientError, stage: Stage) {
    switch error {
    case .notConnected(let what):
      self.init(.vendorUnreachable, stage: stage, detail: "No connection to the vendor: \(what).")
    case .notSentInTime:
      self.init(.vendorUnreachable, stage: stage, detail: "No connection to the vendor in time.")
    case .closedBeforeSending:
      self.init(
        .vendorUnreachable, stage: stage, detail: "The vendor closed the connection before the request was sent.")
    case .timedOut:
      self.init(
        .vendorTimeout, stage: stage, detail: "The request was sent; no answer came in time.", billed: .unknown,
        delivery: .unknown)
    case .closedWithoutResponse, .keptConnectionClosed:
      self.init(
        .vendorTimeout, stage: stage,
        detail: "The request was sent; the vendor closed the connection without an answer.",
        billed: .unknown, delivery: .unknown)
    case .invalidResponse(let error):
      self.init(
        .vendorProtocolError, stage: stage,
        detail: "The answer is not a whole HTTP response: \(error.explanation).", billed: .unknown,
        delivery: .answered)
    }
  }
}
