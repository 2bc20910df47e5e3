import Configuration
import NumberAuth
import Testing

@testable import Declarative

private struct TestFailure: Error {
  let description: String
}

/// Rules of answers and paths that vendors with unusual formats need.
@Suite("Answers and paths of declarative providers") struct AnswerRuleTests {
  /// The request that a provider file builds, and the rules for its answer.
  private func exchange(
    _ yaml: String, fields: [String: Secret] = ["key": Secret("k")], token: String = "t"
  ) throws -> (request: VendorRequest, read: @Sendable (VendorResponse) throws(Failure) -> RetrievedNumber) {
    let file = try #require(try MemoryFiles.provider(yaml))
    let provider = try file.makeProvider(file.settings(account: "a", authority: "h", fields: fields))
    let exchange = try #require(provider as? any NumberRetrieving).login(
      Login(channel: .app, token: Secret(token)),
      CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
    guard case .send(let request, let read) = exchange else { throw TestFailure(description: "nothing is sent") }
    return (request, read)
  }

  /// The target of a request whose path contains values.
  private func target(_ path: String, steps: [String] = [], token: String = "t") throws -> String {
    let yaml = MemoryFiles.login(
      steps: steps, request: [#"path: "\#(path)""#, #"json: {key: "${account.key}", token: "${call.token}"}"#])
    return try exchange(yaml, token: token).request.target
  }

  /// The failure that a response means; nil for a success.
  private func failure(
    answer: [String], failures: String = "{codes: {}}", status: Int = 200, headers: [String: String] = [:], body: String
  ) throws -> Failure? {
    let yaml = MemoryFiles.login(
      request: ["path: /login", #"json: {key: "${account.key}", token: "${call.token}"}"#],
      answer: answer + [#"number: "${answer/phone}""#], failures: "{login: {any: \(failures)}}")
    let read = try exchange(yaml).read
    do throws(Failure) {
      _ = try read(VendorResponse(status: status, body: Array(body.utf8), headers: headers))
      return nil
    } catch {
      return error
    }
  }

  private static let isZero = #"success: [{at: /code, is: ["0"]}]"#

  @Test("A response without a code uses the entry of its HTTP status")
  func status() throws {
    let answer = ["success: [{present: /phone, otherwise: /code}]"]
    let failures = #"{statuses: {"503": {reason: vendor-unavailable, text: down}}}"#
    let listed = try failure(answer: answer, failures: failures, status: 503, body: #"{"error":"x"}"#)
    #expect(listed?.reason == .vendorUnavailable)
    let unlisted = try failure(answer: answer, failures: failures, status: 502, body: #"{"error":"x"}"#)
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
    let failure = try failure(
      answer: [#"success: [{at: /success, is: ["true"], code: /code}]"#],
      failures: #"{codes: {"4001": {reason: vendor-busy, text: busy}}}"#, body: body)
    #expect(failure?.reason == reason)
    #expect(failure?.vendor?.code == code)
  }

  @Test("A code inside the message is used if it is listed")
  func innerCode() throws {
    let answer = [Self.isZero, "message: /msg", "inner: {in: /msg, digits: 6}"]
    let failures =
      #"{codes: {"103119": {reason: app-unknown, text: x}, "7": {reason: vendor-other, text: operator}}}"#
    let listed = try failure(answer: answer, failures: failures, body: #"{"code":7,"msg":"Operator error:103119"}"#)
    #expect(listed?.reason == .appUnknown)
    #expect(listed?.vendor == .init(provider: "vendor", code: "103119", message: "Operator error:103119"))
    let unlisted = try failure(answer: answer, failures: failures, body: #"{"code":7,"msg":"Operator error:999999"}"#)
    #expect(unlisted?.reason == .vendorOther)
    #expect(unlisted?.vendor?.code == "7")
  }

  @Test("The message can be a header")
  func header() throws {
    let answer = [Self.isZero, #"message: "${header/x-error}""#]
    let failure = try failure(answer: answer, headers: ["x-error": "no balance"], body: #"{"code":7}"#)
    #expect(failure?.vendor?.message == "no balance")
    #expect(try self.failure(answer: answer, body: #"{"code":7}"#)?.vendor?.message == nil)
  }

  @Test(
    "A success code without the number is an incomplete success; a response without a code is not",
    arguments: [
      (#"{"code":0}"#, true), ("{}", false),
    ])
  func incomplete(body: String, isIncomplete: Bool) throws {
    for answer in [[Self.isZero], [#"success: [{at: /code, is: ["0"]}, {present: /phone}]"#]] {
      let failure = try failure(answer: answer, body: body)
      #expect(failure?.reason == .vendorProtocolError)
      #expect(failure?.isIncompleteSuccess == isIncomplete)
    }
  }

  /// The expected texts are those of Python's `urllib.parse.quote(token, safe="")`.
  @Test(
    "A value of the call is one segment of the path",
    arguments: [
      ("x/y", "/v1/x%2Fy/login"), ("a b", "/v1/a%20b/login"), ("甲", "/v1/%E7%94%B2/login"), ("\n", "/v1/%0A/login"),
      ("a?b#c", "/v1/a%3Fb%23c/login"), ("plain-1.2~", "/v1/plain-1.2~/login"),
    ])
  func path(token: String, expected: String) throws {
    #expect(try target("/v1/${call.token}/login", token: token) == expected)
  }

  @Test("A value of the call cannot change the path", arguments: [".", ".."])
  func dots(token: String) throws {
    let failure = #expect(throws: Failure.self) { try target("/v1/${call.token}/login", token: token) }
    #expect(failure?.reason == .invalidRequest)
  }

  @Test("An optional parameter is omitted if the account does not have its field, also from the signature")
  func optionalField() throws {
    let yaml = MemoryFiles.login(
      account: "{scene: {}}", steps: [#"sign: {join: query, write: name=value, between: "&", leaveOut: [sign]}"#],
      request: [
        "path: /login",
        #"query: {token: "${call.token}", scene: {$optional: "${account.scene}"}, sign: "${sign}"}"#,
        #"json: {scene: {$optional: "${account.scene}"}, number: {$optional: {$number: "${account.scene}"}}}"#,
      ])
    let without = try exchange(yaml, fields: [:]).request
    #expect(without.target == "/login?token=t&sign=token%3Dt")
    #expect(String(decoding: without.body, as: UTF8.self) == "{}")
    let with = try exchange(yaml, fields: ["scene": Secret("7")]).request
    #expect(with.target == "/login?token=t&scene=7&sign=scene%3D7%26token%3Dt")
    #expect(String(decoding: with.body, as: UTF8.self) == #"{"scene":"7","number":7}"#)
  }

  @Test("A step that puts a value of the call into the path must encode it")
  func steps() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try target("/v1/${part}", steps: [#"part: {text: "a${call.token}"}"#])
    }
    #expect(error?.description.contains("'part' puts a value of the call into the path") == true)
    #expect(
      try target("/v1/${part}", steps: [#"part: {encode: "${call.token}", as: percent}"#], token: "x/y") == "/v1/x%2Fy")
    // MD5 of the token `t`, by Python's hashlib.
    #expect(
      try target("/v1/${part}", steps: [#"part: {md5: "${call.token}", as: hex}"#])
        == "/v1/e358efa489f58062f10dd7316b65649e")
  }

  /// RFC 7515, appendix C.
  @Test("Bytes are written and read in base64url without padding")
  func base64url() throws {
    #expect(
      try target(
        "/v1/${part}",
        steps: [#"bytes: {decode: "03ecffe0c1", from: hex}"#, #"part: {encode: "${bytes}", as: base64url}"#])
        == "/v1/A-z_4ME")
    #expect(
      try target(
        "/v1/${part}",
        steps: [#"bytes: {decode: "A-z_4ME", from: base64url}"#, #"part: {encode: "${bytes}", as: hex}"#])
        == "/v1/03ecffe0c1")
  }
}
