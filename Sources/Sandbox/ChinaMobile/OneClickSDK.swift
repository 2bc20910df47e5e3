internal import Cryptography
internal import JSON

/// China Mobile's jssdk for one-click login on H5 pages and in WeChat mini-programs (H5 and mini-program documents,
/// chapter 3; `specs/china-mobile.md` §1.3, §1.7 and §6).
struct OneClickSDK: FrontEndSDK {
  /// In milliseconds.
  static let tokenLife: Int64 = 2 * 60_000

  let core: SandboxCore

  func run(_ page: SDKCall, at now: Int64) -> SDKResult {
    do throws(SDKFailure) {
      return try getTokenInfo(page, now)
    } catch {
      return .failure(report(error, page))
    }
  }

  private func getTokenInfo(_ page: SDKCall, _ now: Int64) throws(SDKFailure) -> SDKResult {
    let product = page.provider == .h5 ? ChinaMobileApp.Product.h5 : .weChatMiniProgram
    guard let app = core.accounts.apps[page.appId], app.product == product else { throw acquire("105113", page) }
    if let parameters = page.parameters { try check(parameters, app, page, now) }
    try checkPage(page, app)
    let key = NumberLimits.Key(account: app.appId, phoneNumber: page.phoneNumber)
    if core.state.withLock({ $0.limits.isLocked(key, at: now) }) { throw acquire("105025", page) }
    let defaultCode = OneClickSDK.acquisitionFailure(of: page.fault?.carrier ?? page.carrier)
    if let failure = page.fault?.failure(at: .acquire, code: defaultCode, carrier: page.carrier) { throw failure }
    try checkTyped(page, key, now)
    if let failure = page.fault?.failure(at: .token, code: "104018", carrier: page.carrier) { throw failure }
    return mint(page, now)
  }

  /// The code for the case that the carrier's network does not return the number.
  static func acquisitionFailure(of carrier: Carrier) -> String {
    switch carrier {
    case .mobile: "105002"
    case .telecom: "105003"
    case .unicom: "105001"
    }
  }

  private func acquire(_ code: String, _ page: SDKCall) -> SDKFailure {
    SDKFailure(stage: .acquire, carrier: page.carrier, code: code)
  }

  // MARK: Checks

  /// MD5 over appId, businessType 8, msgId (the traceId again), timestamp, traceId, version, appkey (§1.7).
  private func check(
    _ parameters: JSONValue, _ app: ChinaMobileApp, _ page: SDKCall, _ now: Int64
  ) throws(SDKFailure) {
    func parameter(_ name: String) throws(SDKFailure) -> String {
      guard let text = parameters[name]?.string, !text.isEmpty else { throw acquire("130010", page) }
      return text
    }
    let version = try parameter("version")
    let appId = try parameter("appId")
    let sign = try parameter("sign")
    let traceId = try parameter("traceId")
    let timestamp = try parameter("timestamp")
    // "0" selects the test environment, in which the appIds of the platform do not exist.
    guard appId == app.appId, parameters["isTest"]?.string != "0" else { throw acquire("105113", page) }
    guard core.isCurrent(timestamp, at: now) else { throw acquire("105112", page) }
    let plain = appId + "8" + traceId + timestamp + traceId + version + app.appKey
    // The platform accepts digits in both cases.
    guard let signature = Hex.decode(sign), signature == DigestAlgorithm.md5.hash(plain) else {
      throw acquire("103101", page)
    }
    guard version == "2.0" || version == "1.0" else { throw acquire("103211", page) }
    if let wxAppId = parameters["wxappid"]?.string, wxAppId != app.wxAppId { throw acquire("110029", page) }
  }

  /// Referer and origin must be registered (H5 document, 2.1 and 2.2).
  private func checkPage(_ page: SDKCall, _ app: ChinaMobileApp) throws(SDKFailure) {
    guard page.provider == .h5, let url = page.pageUrl else { return }
    let address = String(url.prefix { $0 != "?" && $0 != "#" })
    guard app.pages.contains(address) else { throw acquire("170001", page) }
    let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3, app.origins.contains("\(parts[0])//\(parts[2])") else { throw acquire("110026", page) }
  }

  /// Three consecutive wrong numbers lock the number: 104012 twice, then 104009, and 105025 for later calls (§5).
  private func checkTyped(_ page: SDKCall, _ key: NumberLimits.Key, _ now: Int64) throws(SDKFailure) {
    if let typed = page.typedNumber, !PhoneText.isTyped(typed, page.phoneNumber) {
      let isLast = core.state.withLock { $0.limits.countWrongInput(key, at: now) }
      throw SDKFailure(stage: .token, carrier: page.carrier, code: isLast ? "104009" : "104012")
    }
    core.state.withLock { $0.limits.resetWrongInputs(key) }
  }

  // MARK: Callbacks

  private func mint(_ page: SDKCall, _ now: Int64) -> SDKResult {
    let prefix = [Carrier.mobile: "H5HTTPS", .telecom: "CTH5HTTPS", .unicom: "CUH5HTTPS"]
    let token = page.token(
      (prefix[page.carrier] ?? "H5HTTPS") + RandomText.hex(16).uppercased(), .oneClick, account: page.appId,
      inputs: ["userInformation": page.provider == .h5 ? Fingerprint.browser() : Fingerprint.weChat()],
      life: OneClickSDK.tokenLife, at: now)
    core.state.withLock { $0.tokens.add(token, at: now) }
    return .success(
      token,
      members: [
        ("code", "103000"), ("message", "token获取成功"), ("userInformation", token.inputs["userInformation"] ?? ""),
      ])
  }

  /// In the acquire stage the error has one object per carrier. The H5 SDK includes the objects of the other carriers
  /// with empty strings, the mini-program SDK omits them. In the token stage the error has no such objects (§6).
  private func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    let msgId = page.parameters?["traceId"]?.string ?? RandomText.uuid()
    let message = failure.message ?? CodeMessages.pageSDK[failure.code] ?? "其他错误"
    return JSONFragment { writer in
      writer.object { writer in
        writer.member("msgId", msgId)
        guard failure.stage == .acquire else {
          writer.member("code", failure.code)
          writer.member("message", message)
          return
        }
        for carrier in Carrier.allCases {
          let hasFailed = carrier == failure.carrier
          guard hasFailed || page.provider == .h5 else { continue }
          writer.object(named: carrier.rawValue + "Data") { writer in
            writer.member("code", hasFailed ? failure.code : "")
            writer.member("message", hasFailed ? message : "")
          }
        }
      }
    }
  }
}
