internal import Cryptography
internal import JSON
internal import Networking

/// Verification of quick apps and H5 pages: `POST /NumberAbility/h5/verifyVmMobileApi.htm`
/// (`specs/china-mobile.md` §2). The format of the response, and the results 000 and 001, are inferred from similar
/// interfaces.
struct QuickAppVerify: VendorEndpoint {
  static let path = "/NumberAbility/h5/verifyVmMobileApi.htm"

  let core: SandboxCore

  private struct Parameters {
    let version, msgId, appId, timestamp, phoneNum, token, sign, userInformation: String
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let body = try? JSONValue.parse(request.body, duplicateKeys: .refused)
    let header = body?["header"]
    let shape = MobileVerifyShape(
      msgId: header?["msgId"]?.string ?? "", appId: header?["appId"]?.string ?? "", now: now,
      texts: CodeMessages.quickApp)
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request), let body, body.kind == .object else {
        throw Refusal("130032")
      }
      return try verify(body, request.remoteAddress, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func verify(
    _ body: JSONValue, _ address: String, _ shape: MobileVerifyShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let parameters = try read(body)
    guard parameters.version == "1.0", core.isCurrent(parameters.timestamp, at: now) else { throw Refusal("130030") }
    guard let app = core.accounts.apps[parameters.appId], app.product == .quickApp else { throw Refusal("110028") }
    if let code = app.refuses[.verify] { throw Refusal(code) }
    guard app.allowedAddresses.allow(address) else { throw Refusal("110004") }
    try checkSign(parameters, app)
    guard let cipher = Base64.decode(parameters.phoneNum) else { throw Refusal("130016") }
    guard let phoneNumber = SentPhoneNumber.decrypt(cipher, app, timestamp: parameters.timestamp) else {
      throw Refusal("999999")
    }
    let token = try redeem(parameters, phoneNumber, now)
    let isMatch = token.phoneNumber == phoneNumber
    return shape.verdict(isMatch ? "000" : "001", fault: token.fault)
  }

  private func read(_ body: JSONValue) throws(Refusal) -> Parameters {
    let fields = VendorFields(value: body, missing: "130010", wrongType: "130032")
    let header = try fields.object("header")
    let inner = try fields.object("body")
    _ = try inner.optional("expandParams")
    return Parameters(
      version: try header.required("version"), msgId: try header.required("msgId"),
      appId: try header.required("appId"), timestamp: try header.required("timestamp"),
      phoneNum: try inner.required("phoneNum"), token: try inner.required("token"), sign: try inner.required("sign"),
      userInformation: try inner.required("userInformation"))
  }

  /// Base64 of MD5withRSA over appId, msgId, phoneNum, timestamp, token, version (§2).
  private func checkSign(_ parameters: Parameters, _ app: ChinaMobileApp) throws(Refusal) {
    guard let signature = Base64.decode(parameters.sign) else { throw Refusal("130016") }
    let plain =
      parameters.appId + parameters.msgId + parameters.phoneNum + parameters.timestamp + parameters.token
      + parameters.version
    guard app.clientKey?.verify(signature, of: plain, .md5) ?? false else { throw Refusal("130018") }
  }

  private func redeem(
    _ parameters: Parameters, _ phoneNumber: String, _ now: Int64
  ) throws(Refusal) -> Token {
    try core.state.withLock { state throws(Refusal) in
      let token: Token
      do throws(TokenStore.Problem) {
        token = try state.tokens.find(
          parameters.token, .quickApp, account: parameters.appId, operation: .verify,
          inputs: ["userInformation": parameters.userInformation], at: now)
      } catch {
        throw Refusal("120020")
      }
      let key = NumberLimits.Key(account: parameters.appId, phoneNumber: phoneNumber)
      if token.fault?.connection != .resetBeforeProcessing {
        guard state.limits.countVerification(key, at: now) else { throw Refusal("121011") }
      }
      _ = state.tokens.consume(token)
      return token
    }
  }
}
