internal import Cryptography
internal import JSON

/// China Mobile's jssdk for quick apps (quick-app document, chapter 3; `specs/china-mobile.md` §2).
struct QuickAppSDK: FrontEndSDK {
  /// In milliseconds.
  static let tokenLife: Int64 = 60_000

  let core: SandboxCore

  func run(_ page: SDKCall, at now: Int64) -> SDKResult {
    do throws(SDKFailure) {
      return try getTokenInfo(page, now)
    } catch {
      let message = error.message ?? CodeMessages.quickApp[error.code] ?? "系统错误"
      return .failure(
        JSONFragment { writer in
          writer.object { writer in
            writer.member("code", error.code)
            writer.member("message", message)
          }
        })
    }
  }

  private func getTokenInfo(_ page: SDKCall, _ now: Int64) throws(SDKFailure) -> SDKResult {
    // The SDK has one code for all failures of the carrier's network. Other carriers are not supported.
    if let failure = page.fault?.failure(at: .acquire, code: "500", carrier: page.carrier) { throw failure }
    guard page.carrier == .mobile else { throw SDKFailure(stage: .acquire, carrier: page.carrier, code: "500") }
    guard let app = core.accounts.apps[page.appId], app.product == .quickApp else {
      throw SDKFailure(stage: .token, code: "110028")
    }
    if let parameters = page.parameters { try check(parameters, app) }
    try checkSign(page, app)
    if let failure = page.fault?.failure(at: .token, code: "999999", carrier: page.carrier) { throw failure }
    let token = page.token(
      "VMHTTPS" + RandomText.hex(16).uppercased(), .quickApp, account: page.appId,
      inputs: ["userInformation": Fingerprint.browser()], life: QuickAppSDK.tokenLife, at: now)
    core.state.withLock { $0.tokens.add(token, at: now) }
    return .success(
      token,
      members: [
        ("code", "000000"), ("message", "token获取成功"), ("userInformation", token.inputs["userInformation"] ?? ""),
      ])
  }

  /// Checks the parameters of `getTokenInfo` (quick-app document, 3.4.1). isTest "0" selects the test environment,
  /// which does not issue tokens.
  private func check(_ parameters: JSONValue, _ app: ChinaMobileApp) throws(SDKFailure) {
    guard parameters["appId"]?.string == app.appId else { throw SDKFailure(stage: .token, code: "110028") }
    guard let openType = parameters["openType"]?.string, openType == "1" || openType == "0" else {
      throw SDKFailure(stage: .token, code: "130030")
    }
    guard parameters["isTest"]?.string != "0" else { throw SDKFailure(stage: .token, code: "130010") }
  }

  /// Checks the signature that the page passes for the preSign of the SDK: Base64 of MD5withRSA (§2).
  private func checkSign(_ page: SDKCall, _ app: ChinaMobileApp) throws(SDKFailure) {
    guard page.preSign != nil || page.sign != nil else { return }
    guard let preSign = page.preSign, let sign = page.sign, PreSign.isWellFormed(preSign, appId: app.appId) else {
      throw SDKFailure(stage: .token, code: "130030")
    }
    guard let signature = Base64.decode(sign), app.clientKey?.verify(signature, of: preSign, .md5) ?? false else {
      throw SDKFailure(stage: .token, code: "130018")
    }
  }
}
