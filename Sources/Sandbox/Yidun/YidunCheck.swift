internal import JSON
internal import Networking

/// Yidun's two interfaces: `POST /v1/oneclick/check` for one-click login and `POST /v1/check` for verification
/// (`specs/other-vendors.md` §2).
struct YidunCheck: VendorEndpoint {
  static let loginPath = "/v1/oneclick/check"
  static let verifyPath = "/v1/check"
  /// Maximum difference between a timestamp and the clock, in milliseconds. Yidun's documents contradict each other
  /// about it.
  static let timestampTolerance: Int64 = 5 * 60_000

  let core: SandboxCore
  let operation: Operation

  private struct Parameters {
    let token, accessToken, phone: String
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = YidunShape()
    do throws(Refusal) {
      guard request.method == "POST", let form = FormFields(request) else { throw Refusal("405") }
      let account = try account(form)
      let parameters = try read(form)
      try authenticate(form, account, now)
      if let code = account.refuses[operation] { throw Refusal(code) }
      return try check(parameters, account, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func account(_ form: FormFields) throws(Refusal) -> YidunAccount {
    guard let secretId = form["secretId"], let businessId = form["businessId"] else { throw Refusal("400") }
    guard let account = core.accounts.yidun[businessId], account.secretId == secretId else { throw Refusal("401") }
    return account
  }

  private func read(_ form: FormFields) throws(Refusal) -> Parameters {
    guard form["version"] == "v1", let token = form["token"], let accessToken = form["accessToken"] else {
      throw Refusal("405")
    }
    let phone = form["phone"] ?? ""
    guard operation == .login || PhoneText.isMobileNumber(phone) else { throw Refusal("405") }
    return Parameters(token: token, accessToken: accessToken, phone: phone)
  }

  private func authenticate(_ form: FormFields, _ account: YidunAccount, _ now: Int64) throws(Refusal) {
    guard let timestamp = form["timestamp"].flatMap(UnixTime.milliseconds), let signature = form["signature"],
      let nonce = form["nonce"], nonce.utf8.count <= 32
    else { throw Refusal("405") }
    guard signature == YidunSignature.signature(form, account.secretKey) else { throw Refusal("410") }
    guard abs(timestamp - now) <= YidunCheck.timestampTolerance else { throw Refusal("420") }
    let isNew = core.state.withLock { $0.nonces.use(nonce, of: "yidun " + account.secretId, at: now) }
    guard isNew else { throw Refusal("430") }
  }

  /// Yidun checks its token, and the carrier checks the accessToken: a wrong accessToken is a failure of the carrier.
  private func check(
    _ parameters: Parameters, _ account: YidunAccount, _ shape: YidunShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let token: Token
    do throws(TokenStore.Problem) {
      token = try core.redeem(
        parameters.token, .yidun, account: account.businessId, operation: operation,
        inputs: ["accessToken": parameters.accessToken], at: now)
    } catch {
      guard error == .otherInputs else { throw Refusal("450") }
      return operation == .login ? shape.noNumber("104201") : shape.verdict(YidunShape.undetermined, fault: nil)
    }
    guard operation == .verify else { return shape.number(token) }
    return shape.verdict(token.phoneNumber == parameters.phone ? 1 : 2, fault: token.fault)
  }
}
