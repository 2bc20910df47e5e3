internal import Cryptography
internal import JSON

/// Aliyun's SDKs for pages and for apps (`specs/aliyun.md` §5 and §7; Aliyun document, chapter 3).
struct AliyunSDK: FrontEndSDK {
  let core: SandboxCore

  func run(_ page: SDKCall, at now: Int64) -> SDKResult {
    do throws(SDKFailure) {
      return try getToken(page, now)
    } catch {
      return .failure(report(error, page))
    }
  }

  private func getToken(_ page: SDKCall, _ now: Int64) throws(SDKFailure) -> SDKResult {
    guard let account = account(of: page) else { throw SDKFailure(stage: .token, code: "600004") }
    let isApp = page.channel == .app
    if !isApp, let parameters = page.parameters { try check(parameters, account, page, now) }
    let key = NumberLimits.Key(account: account, phoneNumber: page.phoneNumber)
    if page.operation == .login, core.state.withLock({ $0.limits.isLocked(key, at: now) }) {
      throw SDKFailure(stage: .token, carrier: page.carrier, code: "105025")
    }
    let defaultCode = OneClickSDK.acquisitionFailure(of: page.fault?.carrier ?? page.carrier)
    if let failure = page.fault?.failure(at: .acquire, code: defaultCode, carrier: page.carrier) { throw failure }
    if let failure = page.fault?.failure(at: .token, code: "600011", carrier: page.carrier) { throw failure }
    if !isApp { try checkTyped(page, key, now) }
    return mint(page, account, isApp, now)
  }

  /// Finds the account by an access key or a scene code.
  private func account(of page: SDKCall) -> String? {
    if let key = core.accounts.accessKeys[page.appId] { return key.account }
    let isApp = page.channel == .app
    return core.accounts.schemes.first {
      $0.sceneCode == page.appId && $0.channel == (isApp ? .app : .h5) && $0.operations.contains(page.operation)
    }?.account
  }

  // MARK: Checks

  /// Checks the tokens of GetAuthToken: AccessToken is valid for 10 minutes, JwtToken for one hour.
  private func check(
    _ parameters: JSONValue, _ account: String, _ page: SDKCall, _ now: Int64
  ) throws(SDKFailure) {
    guard let accessText = parameters["accessToken"]?.string, let jwtText = parameters["jwtToken"]?.string,
      !accessText.isEmpty, !jwtText.isEmpty
    else { throw SDKFailure(stage: .token, code: "600028") }
    let (access, jwt) = core.state.withLock { state in
      (state.authTokens.accessToken(accessText), state.authTokens.jwtToken(jwtText))
    }
    guard let jwt, jwt.account == account else { throw SDKFailure(stage: .token, code: "600010") }
    guard let access, access.account == account else { throw SDKFailure(stage: .token, code: "600025") }
    guard now <= access.mintedAt + AuthToken.accessTokenLife, now <= jwt.mintedAt + AuthToken.jwtTokenLife else {
      throw SDKFailure(stage: .token, code: "600034")
    }
    guard access.operation == nil || access.operation == page.operation else {
      throw SDKFailure(stage: .token, code: "600032")
    }
    if let url = page.pageUrl, let origin = access.scheme.origin, url != origin, !url.hasPrefix(origin + "/") {
      throw SDKFailure(stage: .acquire, carrier: page.carrier, code: "110026")
    }
  }

  /// On H5 the user enters the masked digits for a login. China Unicom does not lock a number after wrong digits
  /// (`specs/china-mobile.md` §5).
  private func checkTyped(_ page: SDKCall, _ key: NumberLimits.Key, _ now: Int64) throws(SDKFailure) {
    guard page.operation == .login else { return }
    guard let typed = page.typedNumber, !PhoneText.isTyped(typed, page.phoneNumber) else {
      core.state.withLock { $0.limits.resetWrongInputs(key) }
      return
    }
    let isLast = page.carrier != .unicom && core.state.withLock { $0.limits.countWrongInput(key, at: now) }
    throw SDKFailure(stage: .token, carrier: page.carrier, code: isLast ? "104009" : "104012")
  }

  // MARK: Callbacks

  private func mint(_ page: SDKCall, _ account: String, _ isApp: Bool, _ now: Int64) -> SDKResult {
    let life: Int64 =
      switch page.carrier {
      case .mobile: 2 * 60_000
      case .telecom: 10 * 60_000
      case .unicom: 30 * 60_000
      }
    // Real tokens contain characters that have a special meaning in URLs and forms.
    let text = "sp+" + Base64.encode(SecureRandom.bytes(38)) + "/+=="
    let token = page.token(text, isApp ? .aliyunApp : .aliyunH5, account: account, life: life, at: now)
    core.state.withLock { $0.tokens.add(token, at: now) }
    let name = isApp ? (page.operation == .login ? "accessToken" : "accessCode") : "spToken"
    return .success(
      token,
      members: [("code", "600000"), ("message", "获取token成功"), (name, token.text), ("content", "")])
  }

  /// The object of the error callback. A carrier's code is in `content`, in addition to a code of Aliyun.
  private func report(_ failure: SDKFailure, _ page: SDKCall) -> JSONFragment {
    // Aliyun's codes are 600xxx, and 700xxx for actions of the user on the page.
    let isOwn = failure.code.utf8.count == 6 && (failure.code.hasPrefix("6000") || failure.code.hasPrefix("7000"))
    let code = isOwn ? failure.code : "600011"
    let carrierMessage = failure.message ?? CodeMessages.pageSDK[failure.code] ?? "其他错误"
    return JSONFragment { writer in
      writer.object { writer in
        writer.member("code", code)
        writer.member("message", (isOwn ? failure.message : nil) ?? CodeMessages.aliyunSDK[code] ?? "未知异常")
        guard !isOwn else { return writer.member("content", "") }
        writer.object("content") { writer in
          writer.member("msgId", RandomText.uuid())
          writer.member("code", failure.code)
          writer.member("message", carrierMessage)
        }
      }
    }
  }
}
