public import Networking
public import NumberAuth

extension Account {
  /// The origin that a request is sent to: that of the request if it has one, otherwise the account's endpoint. Throws
  /// `notConnected` if that of the request is not an origin.
  public func origin(of request: VendorRequest) throws(HTTPClientError) -> HTTPOrigin {
    guard let endpoint = request.endpoint else { return origin }
    guard let origin = HTTPOrigin(endpoint) else { throw .notConnected("the request's endpoint is not an origin") }
    return origin
  }

  /// The options of a request to the vendor, with the account's client certificate and authorities.
  public func sendOptions(deadline: MonotonicTime, latestStart: MonotonicTime? = nil) -> HTTPSendOptions {
    HTTPSendOptions(deadline: deadline, latestStart: latestStart, identity: identity)
  }

  /// The result of a call: the adapter's interpretation of the response, or the failure for a transport error. A
  /// success requires a status from 200 to 299.
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
            detail: "The response body reports success, but the HTTP status is \(response.status).", billed: .unknown,
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

  /// The vendor's `Retry-After` (RFC 9110 §10.2.3) in seconds, at most one day; nil if it is absent or malformed.
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
  /// Maps a transport error. `delivery` states whether the vendor may have received the token.
  fileprivate init(_ error: HTTPClientError, stage: Stage) {
    switch error {
    case .notConnected(let what):
      self.init(.vendorUnreachable, stage: stage, detail: "No connection to the vendor: \(what).")
    case .notSentInTime:
      self.init(.vendorUnreachable, stage: stage, detail: "No connection to the vendor was available in time.")
    case .closedBeforeSending:
      self.init(
        .vendorUnreachable, stage: stage, detail: "The vendor closed the connection before the request was sent.")
    case .timedOut:
      self.init(
        .vendorTimeout, stage: stage, detail: "The request was sent, but no response was received in time.",
        billed: .unknown, delivery: .unknown)
    case .closedWithoutResponse, .reusedConnectionClosed:
      self.init(
        .vendorTimeout, stage: stage,
        detail: "The request was sent, but the vendor closed the connection without a response.",
        billed: .unknown, delivery: .unknown)
    case .invalidResponse(let error):
      self.init(
        .vendorProtocolError, stage: stage,
        detail: "The vendor's HTTP response is invalid or incomplete: \(error.explanation).", billed: .unknown,
        delivery: .answered)
    }
  }
}
