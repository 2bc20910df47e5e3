import JSON
import Networking
import Testing

@testable import Sandbox

@Suite("Faults")
struct FaultTests {
  private static let fixture = Fixtures.shared.cases.first { $0.name.hasPrefix("one-click login returns the number") }

  /// The responses to two equal requests for a one-click login whose token has this fault.
  private func play(_ fault: Fault) async throws -> (first: HTTPResponse, second: HTTPResponse) {
    let sandbox = try TestSandbox()
    let fixture = try #require(FaultTests.fixture)
    var token = try #require(fixture.tokens.first)
    token.fault = fault
    sandbox.plant([token])
    let request = try #require(fixture.steps.first).request
    return (await sandbox.send(request), await sandbox.send(request))
  }

  private func code(_ response: HTTPResponse) throws -> String? {
    try JSONValue.parse(response.body)["resultCode"]?.text
  }

  @Test("return a code in the vendor's format and consume the token")
  func code() async throws {
    let (first, second) = try await play(Fault(code: "104010", message: "busy", httpStatus: 503))
    #expect(first.status == 503)
    #expect(try code(first) == "104010")
    #expect(try JSONValue.parse(first.body)["desc"]?.string == "busy")
    #expect(first.headers["traceId"] == "6f1c7dc0-5a4b-4c1e-9d0a-0123456789ab")
    #expect(try code(second) == "104007")
  }

  @Test("before processing do not consume the token")
  func resetBefore() async throws {
    let (first, second) = try await play(Fault(connection: .resetBeforeProcessing))
    #expect(first.transmission == .reset)
    #expect(second.transmission == .whole)
    #expect(try code(second) == "103000")
  }

  @Test("after processing consume the token")
  func resetAfter() async throws {
    let (first, second) = try await play(Fault(connection: .resetAfterProcessing))
    #expect(first.transmission == .reset)
    #expect(try code(second) == "104007")
  }

  @Test("change bodies")
  func bodies() async throws {
    let cut = try await play(Fault(body: .cut)).first
    #expect(cut.transmission == .cut(afterBodyBytes: cut.body.count / 2))
    let endless = try await play(Fault(body: .endless)).first
    guard case .endless = endless.transmission else {
      Issue.record("the response is not endless")
      return
    }
    #expect(try await play(Fault(body: .empty)).first.body.isEmpty)
    let html = try await play(Fault(httpStatus: 502, body: .html)).first
    #expect(html.status == 502)
    #expect(html.headers["Content-Type"] == "text/html")
    let garbage = try await play(Fault(body: .garbage)).first
    #expect(throws: JSONError.self) { try JSONValue.parse(garbage.body) }
    let typed = try await play(Fault(contentType: "text/plain")).first
    #expect(typed.headers.all("Content-Type") == ["text/plain"])
  }

  @Test("replace codes by numbers")
  func numbers() async throws {
    let success = try JSONValue.parse(try await play(Fault(body: .codeAsNumber)).first.body)
    #expect(success["resultCode"]?.int == 103_000)
    let failure = try JSONValue.parse(try await play(Fault(code: "-10011", body: .codeAsNumber)).first.body)
    #expect(failure["resultCode"]?.int == -10_011)
  }

  @Test("can delay the response")
  func delay() async throws {
    let start = MonotonicTime.now
    let (first, _) = try await play(Fault(delayMilliseconds: 30))
    #expect(try code(first) == "103000")
    #expect(MonotonicTime.now.nanoseconds(since: start) >= 30_000_000)
  }

  @Test("can be armed for the next calls of a path or an action")
  func armed() async throws {
    let sandbox = try TestSandbox()
    let body = #"{"action": "GetAuthToken", "fault": {"code": "Throttling.User"}, "times": 2}"#
    #expect(await sandbox.send("POST", "/sandbox/faults", body: body).status == 204)
    let fixture = try #require(Fixtures.shared.cases.first { $0.name == "V3: GetAuthToken" })
    var codes: [String?] = []
    var statuses: [Int] = []
    for step in fixture.steps.prefix(3) {
      let response = await sandbox.send(step.request)
      statuses.append(response.status)
      codes.append(try JSONValue.parse(response.body)["Code"]?.string)
    }
    #expect(codes == ["Throttling.User", "Throttling.User", "isv.VERIFY_SCHEME_NOT_EXIST"])
    #expect(statuses == [429, 429, 200])
  }

  @Test("of the stages of an SDK result in objects of error callbacks")
  func stages() async throws {
    let sandbox = try TestSandbox()
    func error(_ provider: String, _ appId: String, _ operation: String, _ fault: String) async throws -> JSONValue? {
      try await sandbox.control(
        "/sandbox/tokens",
        """
        {"provider": "\(provider)", "appId": "\(appId)", "phoneNumber": "13800001079", "operation": "\(operation)", \
        "fault": \(fault)}
        """)["error"]
    }
    let h5 = try await error(
      "china-mobile-h5", "300000000001", "login", #"{"stage": "acquire", "carrier": "CT", "code": "-10011"}"#)
    #expect(h5?["CTData"]?["code"]?.string == "-10011")
    #expect(h5?["YDData"]?["message"]?.string == "")
    let weChat = try await error(
      "china-mobile-wechat", "300000000002", "login", #"{"stage": "acquire", "carrier": "CU"}"#)
    #expect(weChat?["CUData"]?["code"]?.string == "105001")
    #expect(weChat?["YDData"] == nil)
    let token = try await error(
      "china-mobile-h5", "300000000001", "login", #"{"stage": "token", "code": "501"}"#)
    #expect(token?["code"]?.string == "501")
    #expect(token?["YDData"] == nil)
    let aliyun = try await error(
      "aliyun", "sandbox-access-key-id", "verify", #"{"stage": "acquire", "code": "105002", "message": "none"}"#)
    #expect(aliyun?["code"]?.string == "600011")
    #expect(aliyun?["content"]?["code"]?.string == "105002")
  }

  @Test("with the code UNKNOWN result in this verification result of Aliyun")
  func unknown() async throws {
    let fixture = try #require(Fixtures.shared.cases.first { $0.name == "V3: a number is verified, once" })
    let sandbox = try TestSandbox()
    var token = try #require(fixture.tokens.first)
    token.fault = Fault(code: "UNKNOWN")
    sandbox.plant([token])
    let answer = try JSONValue.parse(await sandbox.send(try #require(fixture.steps.first).request).body)
    #expect(answer["Code"]?.string == "OK")
    #expect(answer["GateVerify"]?["VerifyResult"]?.string == "UNKNOWN")
  }
}
