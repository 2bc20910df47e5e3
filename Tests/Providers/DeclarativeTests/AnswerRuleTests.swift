import Configuration
import NumberAuth
import Testing

@testable import Declarative

private struct TestFailure: Error {
  let description: String
}

/// Rules of answers and paths that vendors with unusual formats need.
@Suite("Answers and paths of declarative providers") struct AnswerRuleTests {
  private static func yaml(path: String, steps: String, answer: String, failures: String) -> String {
    """
    adapter: declarative
    title: {zh: "甲", en: "A"}
    documents: [a document]
    serves: {app: [login]}
    endpoint: https://vendor.example.com
    timeout: 3s
    tokenLife: 2m
    account: {key: {}}
    operations:
      login:
        steps: {\(steps)}
        request:
          path: "\(path)"
          json: {key: "${account.key}", token: "${call.token}"}
        answer:
          \(answer)
          number: "${answer/phone}"
    failures: {login: {any: \(failures)}}
    """
  }

  /// The target of the request, and the failure that a response means; nil for a success.
  private func login(
    path: String = "/login", steps: String = "", token: String = "t",
    answer: String = #"success: [{at: /code, is: ["0"]}]"#, failures: String = "{codes: {}}", status: Int = 200,
    headers: [String: String] = [:], body: String = #"{"code":0,"phone":"13800000000"}"#
  ) throws -> (target: String, failure: Failure?) {
    let file = try #require(
      try MemoryFiles.provider(Self.yaml(path: path, steps: steps, answer: answer, failures: failures)))
    let provider = try file.makeProvider(file.settings(account: "a", authority: "h", fields: ["key": Secret("k")]))
    let exchange = try #require(provider as? any NumberRetrieving).login(
      Login(channel: .app, token: Secret(token)),
      CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
    guard case .send(let request, let read) = exchange else { throw TestFailure(description: "nothing is sent") }
    do throws(Failure) {
      _ = try read(VendorResponse(status: status, body: Array(body.utf8), headers: headers))
      return (request.target, nil)
    } catch {
      return (request.target, error)
    }
  }

  @Test("A response without a code uses the entry of its HTTP status")
  func status() throws {
    let answer = "success: [{present: /phone, otherwise: /code}]"
    let failures = #"{statuses: {"503": {reason: vendor-unavailable, text: down}}}"#
    let listed = try login(answer: answer, failures: failures, status: 503, body: #"{"error":"x"}"#).failure
    #expect(listed?.reason == .vendorUnavailable)
    let unlisted = try login(answer: answer, failures: failures, status: 502, body: #"{"error":"x"}"#).failure
    #expect(unlisted?.reason == .vendorProtocolError)
    #expect(unlisted?.detail == "The response has the HTTP status 502, no /phone and no result code.")
  }

  @Test(
    "A flag is a rule of its own, and the code of the failure is elsewhere",
    arguments: [
      (#"{"success":false,"code":4001}"#, FailureReason.vendorBusy, "4001"),
      (#"{"success":"error","code":"1113"}"#, .unmapped, "1113"),
    ])
  func flag(body: String, reason: FailureReason, code: String) throws {
    let failure = try login(
      answer: #"success: [{at: /success, is: ["true"], code: /code}]"#,
      failures: #"{codes: {"4001": {reason: vendor-busy, text: busy}}}"#, body: body
    ).failure
    #expect(failure?.reason == reason)
    #expect(failure?.vendor?.code == code)
  }

  @Test("A code inside the message is used if it is listed")
  func innerCode() throws {
    let answer = #"success: [{at: /code, is: ["0"]}]"# + "\n      message: /msg\n      inner: {in: /msg, digits: 6}"
    let failures =
      #"{codes: {"103119": {reason: app-unknown, text: x}, "7": {reason: vendor-other, text: operator}}}"#
    let listed = try login(answer: answer, failures: failures, body: #"{"code":7,"msg":"Operator error:103119"}"#)
    #expect(listed.failure?.reason == .appUnknown)
    #expect(listed.failure?.vendor == .init(provider: "vendor", code: "103119", message: "Operator error:103119"))
    let unlisted = try login(answer: answer, failures: failures, body: #"{"code":7,"msg":"Operator error:999999"}"#)
    #expect(unlisted.failure?.reason == .vendorOther)
    #expect(unlisted.failure?.vendor?.code == "7")
  }

  @Test("The message can be a header")
  func header() throws {
    let answer = #"success: [{at: /code, is: ["0"]}]"# + "\n      message: \"${header/x-error}\""
    let failure = try login(answer: answer, headers: ["x-error": "no balance"], body: #"{"code":7}"#).failure
    #expect(failure?.vendor?.message == "no balance")
    #expect(try login(answer: answer, body: #"{"code":7}"#).failure?.vendor?.message == nil)
  }

  /// The expected texts are those of Python's `urllib.parse.quote(token, safe="")`.
  @Test(
    "A value of the call is one segment of the path",
    arguments: [
      ("x/y", "/v1/x%2Fy/login"), ("a b", "/v1/a%20b/login"), ("甲", "/v1/%E7%94%B2/login"), ("\n", "/v1/%0A/login"),
      ("a?b#c", "/v1/a%3Fb%23c/login"), ("plain-1.2~", "/v1/plain-1.2~/login"),
    ])
  func path(token: String, target: String) throws {
    #expect(try login(path: "/v1/${call.token}/login", token: token).target == target)
  }

  @Test("A value of the call cannot change the path", arguments: [".", ".."])
  func dots(token: String) throws {
    let failure = #expect(throws: Failure.self) { try login(path: "/v1/${call.token}/login", token: token) }
    #expect(failure?.reason == .invalidRequest)
  }

  @Test("An optional parameter is omitted if the account does not have its field, also from the signature")
  func optionalField() throws {
    let yaml = """
      adapter: declarative
      title: {zh: "甲", en: "A"}
      documents: [a document]
      serves: {app: [login]}
      endpoint: https://vendor.example.com
      timeout: 3s
      tokenLife: 2m
      account: {scene: {}}
      operations:
        login:
          steps: {sign: {join: query, write: name=value, between: "&", leaveOut: [sign]}}
          request:
            path: /login
            query: {token: "${call.token}", scene: {$optional: "${account.scene}"}, sign: "${sign}"}
            json: {scene: {$optional: "${account.scene}"}, number: {$optional: {$number: "${account.scene}"}}}
          answer:
            success: [{at: /code, is: ["0"]}]
            number: "${answer/phone}"
      failures: {login: {any: {codes: {}}}}
      """
    let file = try #require(try MemoryFiles.provider(yaml))
    func sent(_ fields: [String: Secret]) throws -> (target: String, body: String) {
      let provider = try file.makeProvider(file.settings(account: "a", authority: "h", fields: fields))
      let exchange = try #require(provider as? any NumberRetrieving).login(
        Login(channel: .app, token: Secret("t")),
        CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
      guard case .send(let request, _) = exchange else { throw TestFailure(description: "nothing is sent") }
      return (request.target, String(decoding: request.body, as: UTF8.self))
    }
    #expect(try sent([:]) == ("/login?token=t&sign=token%3Dt", "{}"))
    #expect(
      try sent(["scene": Secret("7")])
        == ("/login?token=t&scene=7&sign=scene%3D7%26token%3Dt", #"{"scene":"7","number":7}"#))
  }

  @Test("A step that puts a value of the call into the path must encode it")
  func steps() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try login(path: "/v1/${part}", steps: #"part: {text: "a${call.token}"}"#)
    }
    #expect(error?.description.contains("'part' puts a value of the call into the path") == true)
    let encoded = try login(
      path: "/v1/${part}", steps: #"part: {encode: "${call.token}", as: percent}"#, token: "x/y")
    #expect(encoded.target == "/v1/x%2Fy")
    #expect(try login(path: "/v1/${part}", steps: #"part: {md5: "${call.token}", as: hex}"#).target.utf8.count == 36)
  }

  /// RFC 7515, appendix C.
  @Test("Bytes are written and read in base64url without padding")
  func base64url() throws {
    let encoded = try login(
      path: "/v1/${part}",
      steps: ##"bytes: {decode: "03ecffe0c1", from: hex}, part: {encode: "${bytes}", as: base64url}"##)
    #expect(encoded.target == "/v1/A-z_4ME")
    let decoded = try login(
      path: "/v1/${part}",
      steps: ##"bytes: {decode: "A-z_4ME", from: base64url}, part: {encode: "${bytes}", as: hex}"##)
    #expect(decoded.target == "/v1/03ecffe0c1")
  }
}
