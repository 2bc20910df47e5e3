internal import JSON

/// China Mobile's SDK for apps (`specs/china-mobile.md` §3.5 and §5).
struct AppSDK: FrontEndSDK {
  /// In milliseconds.
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func run(_ page: SDKCall, at now: Int64) -> SDKResult {
    do throws(SDKFailure) {
      return try getToken(page, now)
    } catch {
      let message = error.message ?? CodeMessages.appLogin[error.code] ?? "其他错误"
      return .failure(
        JSONFragment { writer in
          writer.object { writer in
            writer.member("resultCode", error.code)
            writer.member("desc", message)
          }
        })
    }
  }

  private func getToken(_ page: SDKCall, _ now: Int64) throws(SDKFailure) -> SDKResult {
    guard let app = core.accounts.apps[page.appId], app.product == .app else {
      throw SDKFailure(stage: .acquire, code: "103119")
    }
    let defaultCode = OneClickSDK.acquisitionFailure(of: page.fault?.carrier ?? page.carrier)
    if let failure = page.fault?.failure(at: .acquire, code: defaultCode, carrier: page.carrier) { throw failure }
    // Login supports all three carriers, verification only China Mobile.
    guard page.operation == .login || page.carrier == .mobile else {
      throw SDKFailure(stage: .acquire, carrier: page.carrier, code: "200080")
    }
    if let failure = page.fault?.failure(at: .token, code: "103902", carrier: page.carrier) { throw failure }
    let token = page.token(
      "STsid000000" + String(now) + RandomText.alphanumeric(32), .app, account: app.appId, life: AppSDK.tokenLife,
      at: now)
    let key = NumberLimits.Key(account: app.appId, phoneNumber: page.phoneNumber)
    let isAllowed = core.state.withLock { state in
      guard state.limits.addUnused(token.text, key, at: now) else { return false }
      state.tokens.add(token, at: now)
      return true
    }
    guard isAllowed else { throw SDKFailure(stage: .token, code: "103911") }
    return .success(token, members: [("resultCode", "103000"), ("desc", "true")])
  }
}
