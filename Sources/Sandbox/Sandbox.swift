public import Networking

/// Simulates the servers and the front-end SDKs of China Mobile, Aliyun and nine other vendors on one port, as described
/// in their documents, and injects faults on request. `GET /sandbox` lists the interfaces.
public final class Sandbox: HTTPResponder {
  /// The paths of the vendor interfaces.
  static let vendorPaths = [
    OneClickLogin.path, QuickAppVerify.path, AppLogin.path, AppVerify.path, AliyunRPC.path, JiGuangLogin.path,
    JiGuangLogin.pagePath, JiGuangVerify.path, JiGuangVerify.pagePath, YidunCheck.loginPath, YidunCheck.verifyPath,
    TencentCloudLogin.path, ShanyanCall.loginPath, ShanyanCall.verifyPath, MobTechLogin.path, GetuiLogin.path,
    WeChatStableToken.path, WeChatPhoneNumber.path, CAMARATokens.tokenPath, CAMARATokens.authorizePath,
    CAMARANumbers.numberPath, CAMARANumbers.verifyPath,
  ]

  let core: SandboxCore
  private let control: ControlAPI

  /// `clock` returns the time in milliseconds since 1970. It is used for lifetimes, limits and timestamps.
  public init(accounts: SandboxAccounts, clock: @escaping @Sendable () -> Int64) {
    core = SandboxCore(accounts: accounts, state: Locked(SandboxState()), clock: clock)
    control = ControlAPI(core: core)
  }

  public func respond(to request: HTTPRequest) async -> HTTPResponse {
    if let script = SDKScripts.response(to: request) { return script }
    guard let endpoint = endpoint(for: request) else { return await control.respond(to: request) }
    return await serve(request, endpoint)
  }

  public func reject(_ error: HTTP1Error) -> HTTPResponse {
    ControlAPI.problem(error.status, field: "request", error.explanation)
  }

  private func endpoint(for request: HTTPRequest) -> (any VendorEndpoint)? {
    switch request.path {
    case OneClickLogin.path: OneClickLogin(core: core)
    case QuickAppVerify.path: QuickAppVerify(core: core)
    case AppLogin.path: AppLogin(core: core)
    case AppVerify.path: AppVerify(core: core)
    case AliyunRPC.path where request.method != "GET" || AliyunRPC.action(of: request) != nil: AliyunRPC(core: core)
    case JiGuangLogin.path: JiGuangLogin(core: core, family: .jiGuangApp)
    case JiGuangLogin.pagePath: JiGuangLogin(core: core, family: .jiGuangH5)
    case JiGuangVerify.path: JiGuangVerify(core: core, family: .jiGuangApp)
    case JiGuangVerify.pagePath: JiGuangVerify(core: core, family: .jiGuangH5)
    case YidunCheck.loginPath: YidunCheck(core: core, operation: .login)
    case YidunCheck.verifyPath: YidunCheck(core: core, operation: .verify)
    case TencentCloudLogin.path: TencentCloudLogin(core: core)
    case ShanyanCall.loginPath: ShanyanCall(core: core, operation: .login)
    case ShanyanCall.verifyPath: ShanyanCall(core: core, operation: .verify)
    case MobTechLogin.path: MobTechLogin(core: core)
    case GetuiLogin.path: GetuiLogin(core: core)
    case WeChatStableToken.path: WeChatStableToken(core: core)
    case WeChatPhoneNumber.path: WeChatPhoneNumber(core: core)
    case CAMARATokens.tokenPath, CAMARATokens.authorizePath: CAMARATokens(core: core, path: request.path)
    case CAMARANumbers.numberPath: CAMARANumbers(core: core, operation: .login)
    case CAMARANumbers.verifyPath: CAMARANumbers(core: core, operation: .verify)
    default: nil
    }
  }

  private func serve(_ request: HTTPRequest, _ endpoint: any VendorEndpoint) async -> HTTPResponse {
    let now = core.clock()
    let action = request.path == AliyunRPC.path ? AliyunRPC.action(of: request) : nil
    let armed = core.state.withLock { state in
      action.flatMap { state.armed.take($0) } ?? state.armed.take(request.path)
    }
    if armed?.connection == .resetBeforeProcessing {
      log(request, now, status: nil, code: nil)
      await wait(armed, request.loop)
      var response = HTTPResponse(status: 500)
      response.transmission = .reset
      return response
    }
    var answer = endpoint.answer(request, at: now)
    let fault = armed ?? answer.fault
    if let fault { answer = FaultPlayer.reworded(answer, fault) }
    let response = FaultPlayer.response(answer, fault)
    let isAnswered = response.transmission != .reset
    log(request, now, status: isAnswered ? response.status : nil, code: isAnswered ? answer.code : nil)
    await wait(fault, request.loop)
    return response
  }

  private func wait(_ fault: Fault?, _ loop: EventLoop) async {
    guard let fault else { return }
    if fault.delayMilliseconds > 0 { await loop.sleep(for: .milliseconds(fault.delayMilliseconds)) }
    if fault.connection == .neverAnswer { await loop.sleep(for: FaultPlayer.silence) }
  }

  private func log(_ request: HTTPRequest, _ now: Int64, status: Int?, code: String?) {
    let entry = RequestLog.Entry(receivedAt: now, request: request, status: status, resultCode: code)
    core.state.withLock { $0.requests.append(entry) }
  }
}
