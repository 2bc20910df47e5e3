import JSON
import Networking

/// A session that the gateway has created.
struct OpenSession: Sendable {
  let text: String
  let provider: String
  let channel: String
  let parameters: JSONValue
  /// The names of the inputs that the gateway requires with the token.
  let inputs: [String]
}

/// The result of the SDK on a phone: the data that the page or app sends to the team's backend.
struct SimulatedPhone: Sendable {
  let session: String
  let token: String
  let userInformation: String?
  /// The inputs of the session, as returned by the SDK.
  let inputs: [(name: String, value: String)]

  func write(into writer: inout JSONWriter) {
    writer.member("session", session)
    writer.member("token", token)
    writer.member("userInformation", ifPresent: userInformation)
    guard !inputs.isEmpty else { return }
    writer.object("inputs") { for (name, value) in inputs { $0.member(named: name, value) } }
  }

  /// Writes the fields of a token request to the sandbox, with the parameters that the gateway prepared.
  static func describe(_ session: OpenSession, _ operation: String, into writer: inout JSONWriter) {
    writer.member("provider", session.provider)
    writer.member("channel", session.channel)
    writer.member("appId", appId(session))
    writer.member("phoneNumber", DemoScenario.number)
    writer.member("operation", operation)
    if session.parameters.count > 0, session.provider != "china-mobile-quick-app", session.channel != "app" {
      writer.key("parameters")
      writer.value(session.parameters)
    }
  }

  /// The vendor's identifier of the app, from the parameters of the session. For Aliyun, whose session contains no such
  /// parameter, the scheme that is built into the front end.
  private static func appId(_ session: OpenSession) -> String {
    for name in ["appId", "appkey", "businessId", "sdkAppId", "clientId"] {
      if let given = session.parameters[name]?.string { return given }
    }
    return session.channel == "h5" ? "FC100000000000001" : "FC100000000000003"
  }
}

extension DemoScenario {
  func openSession(_ demo: DemoAccount, _ channel: String, _ operation: String) async throws(DemoError) -> OpenSession {
    let answer = try await gateway.post("/v1/apps/\(demo.app)/sessions", key: demo.key) {
      $0.member("channel", channel)
      $0.member("operation", operation)
      if channel == "h5" { $0.member("pageUrl", "https://shop.example.com/login") }
    }
    guard let session = answer.body["session"]?.string, let provider = answer.body["provider"]?.string,
      let parameters = answer.body["client"]?["parameters"]
    else { throw DemoError(message: "no session: HTTP \(answer.status) \(answer.reason ?? "")") }
    return OpenSession(
      text: session, provider: provider, channel: channel, parameters: parameters,
      inputs: (answer.body["client"]?["inputs"]?.elements ?? []).compactMap(\.string))
  }

  /// Creates a session and gets a token from the sandbox's SDK.
  func prepare(
    _ demo: DemoAccount, _ channel: String, _ operation: String, fault: JSONValue? = nil
  ) async throws(DemoError) -> SimulatedPhone {
    let session = try await openSession(demo, channel, operation)
    var signed: (preSign: String, sign: String)?
    if channel == "quick-app" { signed = try await sign(demo, session) }
    let minted = try await sandbox.post("/sandbox/tokens") {
      SimulatedPhone.describe(session, operation, into: &$0)
      if let signed {
        $0.member("preSign", signed.preSign)
        $0.member("sign", signed.sign)
      }
      if let fault {
        $0.key("fault")
        $0.value(fault)
      }
    }
    guard let token = minted.body["token"]?.string else {
      throw DemoError(
        message:
          "no token from the SDK: \(minted.body["error"]?["code"]?.text ?? minted.body["detail"]?.string ?? "HTTP \(minted.status)")"
      )
    }
    let inputs = session.inputs.compactMap { name in minted.body["inputs"]?[name]?.string.map { (name, $0) } }
    return SimulatedPhone(
      session: session.text, token: token, userInformation: minted.body["userInformation"]?.string, inputs: inputs)
  }

  private func sign(_ demo: DemoAccount, _ session: OpenSession) async throws(DemoError) -> (
    preSign: String, sign: String
  ) {
    let composed = try await sandbox.post("/sandbox/pre-signs") {
      $0.member("appId", session.parameters["appId"]?.string ?? "")
    }
    guard let preSign = composed.body["preSign"]?.string else {
      throw DemoError(message: "the SDK returned no preSign")
    }
    let answer = try await gateway.post("/v1/apps/\(demo.app)/signatures", key: demo.key) {
      $0.member("session", session.text)
      $0.member("preSign", preSign)
    }
    guard let sign = answer.body["sign"]?.string else {
      throw DemoError(message: "no signature: HTTP \(answer.status) \(answer.reason ?? "")")
    }
    return (preSign, sign)
  }
}
