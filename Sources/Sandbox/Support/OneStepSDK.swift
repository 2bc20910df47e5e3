internal import JSON

/// An SDK that needs no data from the team's server and gets its token with one request.
protocol OneStepSDK: FrontEndSDK {
  var core: SandboxCore { get }

  /// Whether the vendor has an app with this id.
  func knows(_ appId: String) -> Bool
  /// The default codes of the SDK.
  func codes(_ page: SDKCall) -> SDKCodes
  func token(_ page: SDKCall, at now: Int64) -> Token
  /// The members of the success callback's object.
  func members(_ token: Token, _ page: SDKCall) -> [(name: String, value: String)]
  /// The object of the error callback.
  func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment
}

/// The codes of one SDK's failures.
struct SDKCodes: Sendable {
  /// The vendor has no such app.
  let unknownApp: String
  /// The carrier's network does not return the number.
  let acquire: String
  /// The SDK gets no token.
  let token: String
}

extension OneStepSDK {
  func run(_ page: SDKCall, at now: Int64) -> SDKResult {
    do throws(SDKFailure) {
      let token = try mint(page, now)
      core.state.withLock { $0.tokens.add(token, at: now) }
      return .success(token, members: members(token, page))
    } catch {
      return .failure(report(error, page))
    }
  }

  private func mint(_ page: SDKCall, _ now: Int64) throws(SDKFailure) -> Token {
    let codes = codes(page)
    guard knows(page.appId) else {
      throw SDKFailure(stage: .acquire, carrier: page.carrier, code: codes.unknownApp)
    }
    if let failure = page.fault?.failure(at: .acquire, code: codes.acquire, carrier: page.carrier) { throw failure }
    if let failure = page.fault?.failure(at: .token, code: codes.token, carrier: page.carrier) { throw failure }
    return token(page, at: now)
  }
}
