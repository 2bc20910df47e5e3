internal import JSON
internal import Networking

/// The control interface of the sandbox for tests, demos and interactive use: all paths below `/sandbox`.
struct ControlAPI: Sendable {
  let core: SandboxCore

  /// The SDK scripts call the interface from pages of other origins: every response allows them (CORS).
  func respond(to request: HTTPRequest) async -> HTTPResponse {
    var response = await route(request)
    response.headers.append("Access-Control-Allow-Origin", "*")
    if request.method == "OPTIONS" {
      response.headers.append("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
      response.headers.append("Access-Control-Allow-Headers", "Content-Type")
    }
    return response
  }

  private func route(_ request: HTTPRequest) async -> HTTPResponse {
    do throws(ControlError) {
      switch (request.method, request.path) {
      case ("GET", "/"), ("GET", "/sandbox"):
        return request.acceptsHTML && request.query == nil ? ControlPanel.page : SandboxIndex.response
      case ("GET", "/favicon.ico"): return HTTPResponse(status: 204)
      case ("GET", "/sandbox/panel.js"): return ControlPanel.script
      case ("POST", "/sandbox/tokens"): return try await mint(request)
      case ("POST", "/sandbox/pre-signs"): return try preSign(request)
      case ("POST", "/sandbox/faults"): return try arm(request)
      case ("GET", "/sandbox/requests"): return try requests(request)
      case ("DELETE", "/sandbox/requests"):
        core.state.withLock { $0.requests.removeAll() }
        return HTTPResponse(status: 204)
      case ("GET", "/sandbox/phone"): return core.state.withLock { $0.phone }.response
      case ("PUT", "/sandbox/phone"):
        let phone = try BrowserPhone(try fields(request, known: BrowserPhone.fieldNames))
        core.state.withLock { $0.phone = phone }
        return phone.response
      case ("OPTIONS", let path) where ControlAPI.paths.contains(path): return HTTPResponse(status: 204)
      case ("POST", "/sandbox/reset"):
        // Gateways reuse the tokens of Aliyun's GetAuthToken for minutes, and do not notice the reset.
        core.state.withLock { $0 = SandboxState(authTokens: $0.authTokens) }
        return HTTPResponse(status: 204)
      case (_, let path) where ControlAPI.paths.contains(path):
        return ControlAPI.problem(405, field: "method", "\(request.method) is not allowed for \(path)")
      default:
        return ControlAPI.problem(404, field: "path", "there is no such path; see GET /sandbox for the available paths")
      }
    } catch {
      return ControlAPI.problem(400, field: error.field, error.message)
    }
  }

  private static let paths: Set<String> = [
    "/sandbox", "/sandbox/tokens", "/sandbox/pre-signs", "/sandbox/faults", "/sandbox/requests", "/sandbox/reset",
    "/sandbox/phone",
  ]

  static func problem(_ status: Int, field: String, _ message: String) -> HTTPResponse {
    json(status) { writer in
      writer.object { writer in
        writer.member("field", field)
        writer.member("message", message)
      }
    }
  }

  static func json(_ status: Int, _ body: (inout JSONWriter) -> Void) -> HTTPResponse {
    var writer = JSONWriter()
    body(&writer)
    return HTTPResponse(
      status: status, headers: HTTPFields(["Content-Type": "application/json;charset=UTF-8"]), body: writer.bytes)
  }

  private func fields(_ request: HTTPRequest, known: Set<String>) throws(ControlError) -> ControlFields {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(request.body, duplicateKeys: .refused)
    } catch {
      throw ControlError(field: "", message: "the body: \(error)")
    }
    return try ControlFields(value, known: known)
  }

  private func arm(_ request: HTTPRequest) throws(ControlError) -> HTTPResponse {
    let fields = try fields(request, known: ["path", "action", "fault", "times"])
    let path = try fields.optional("path")
    let action: AliyunOperation? = try fields.choice("action")
    guard (path == nil) != (action == nil) else { throw fields.fail("path", "specify either 'path' or 'action'") }
    if let path, !Sandbox.vendorPaths.contains(path) {
      throw fields.fail("path", "must be one of " + Sandbox.vendorPaths.joined(separator: ", "))
    }
    guard let fault = try fields.fault() else { throw fields.fail("fault", "is missing") }
    guard fault.stage == .server else { throw fields.fail("fault.stage", "must be server for an armed fault") }
    let times = try fields.number("times", in: 1...1_000_000) ?? 1
    core.state.withLock { $0.armed.arm(fault, on: path ?? action?.rawValue ?? "", times: times) }
    return HTTPResponse(status: 204)
  }

  private func preSign(_ request: HTTPRequest) throws(ControlError) -> HTTPResponse {
    let appId = try fields(request, known: ["appId"]).required("appId")
    let text = PreSign.make(appId: appId, at: core.clock())
    return ControlAPI.json(200) { $0.object { $0.member("preSign", text) } }
  }

  private func requests(_ request: HTTPRequest) throws(ControlError) -> HTTPResponse {
    var limit = RequestLog.capacity
    for pair in FormPair.parse(request.query ?? "") ?? [] where pair.name == "limit" {
      guard let number = Int(pair.value), number >= 0 else {
        throw ControlError(field: "limit", message: "must be a whole number")
      }
      limit = number
    }
    let entries = core.state.withLock { $0.requests.latest(limit) }
    return ControlAPI.json(200) { writer in
      writer.array { writer in
        for entry in entries { RequestLog.write(entry, to: &writer) }
      }
    }
  }

  // MARK: Tokens

  private func mint(_ request: HTTPRequest) async throws(ControlError) -> HTTPResponse {
    let fields = try fields(
      request,
      known: [
        "provider", "appId", "phoneNumber", "operation", "channel", "carrier", "parameters", "pageUrl", "preSign",
        "sign", "typedNumber", "token", "inputs", "fault",
      ])
    let page = try SDKCall(fields)
    let sdk: any FrontEndSDK =
      switch page.provider {
      case .h5, .weChat: OneClickSDK(core: core)
      case .quickApp: QuickAppSDK(core: core)
      case .app: AppSDK(core: core)
      case .aliyun: AliyunSDK(core: core)
      case .jiGuang: JiGuangSDK(core: core)
      case .yidun: YidunSDK(core: core)
      case .tencentCloud: TencentCloudSDK(core: core)
      case .shanyan: ShanyanSDK(core: core)
      case .mobTech: MobTechSDK(core: core)
      case .getui: GetuiSDK(core: core)
      case .weChatPhone: WeChatSDK(core: core)
      case .alipay: AlipaySDK(core: core)
      case .camara, .camaraCIBA: CAMARASDK(core: core)
      }
    if let fault = page.fault, fault.stage != .server, fault.delayMilliseconds > 0 {
      await request.loop.sleep(for: .milliseconds(fault.delayMilliseconds))
    }
    switch sdk.run(page, at: core.clock()) {
    case .success(let token, let members):
      return ControlAPI.json(200) { writer in
        writer.object { writer in
          for (name, value) in members where name != "token" { writer.member(named: name, value) }
          writer.member("token", token.text)
          writer.object("inputs") { writer in
            for (name, value) in token.inputs.sorted(by: { $0.key < $1.key }) { writer.member(named: name, value) }
          }
        }
      }
    case .failure(let report):
      return ControlAPI.json(200) { writer in
        writer.object { writer in
          writer.key("error")
          writer.value(report)
        }
      }
    }
  }
}

extension SDKCall {
  init(_ fields: ControlFields) throws(ControlError) {
    provider = try fields.requiredChoice("provider")
    appId = try fields.required("appId")
    phoneNumber = try fields.required("phoneNumber")
    guard PhoneText.isMobileNumber(phoneNumber) else {
      throw fields.fail("phoneNumber", "must be 11 digits that begin with 13 to 19")
    }
    operation = try fields.requiredChoice("operation")
    channel = try fields.choice("channel")
    carrier = try fields.choice("carrier") ?? .mobile
    pageUrl = try fields.optional("pageUrl")
    preSign = try fields.optional("preSign")
    sign = try fields.optional("sign")
    typedNumber = try fields.optional("typedNumber")
    token = try fields.optional("token")
    guard token != "" else { throw fields.fail("token", "must not be empty") }
    inputs = try fields.texts("inputs", known: provider.inputNames)
    fault = try fields.fault()
    let parameters = fields.value["parameters"].flatMap { $0.isNull ? nil : $0 }
    guard parameters == nil || parameters?.kind == .object else { throw fields.fail("parameters", "must be an object") }
    self.parameters = parameters
    if let only = provider.onlyOperation, operation != only {
      throw fields.fail("operation", "must be \(only.rawValue), the only operation of \(provider.rawValue)")
    }
    if let channel, !provider.channels.contains(channel) {
      throw fields.fail("channel", "must be " + provider.channels.map(\.rawValue).sorted().joined(separator: " or "))
    }
  }
}
