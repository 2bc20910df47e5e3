import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("The API") struct EndpointTests {
  private static let match =
    #"{"header":{"resultCode":"000"},"body":{"resultDesc":"ok","taskId":"task-1"}}"#
  private static let verifyBody = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#

  @Test("verifies a number and returns whether it was billed") func verifies() async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.verifyBody)
    #expect(answer.status == 200)
    #expect(answer.body["verdict"]?.string == "match")
    #expect(answer.body["provider"]?.string == "china-mobile-app")
    #expect(answer.body["billed"]?.string == "yes")
    #expect(answer.body["transaction"]?["vendorId"]?.string == "task-1")
    let sent = try JSONValue.parse(try #require(vendor.requests.first).body)
    #expect(sent["header"]?["msgId"]?.string == answer.body["transaction"]?["id"]?.string)
  }

  @Test(
    "normalises a phone number to eleven digits",
    arguments: ["13800000000", "+86 138-0000-0000", "8613800000000", "0086 138 0000 0000"])
  func normalises(written: String) async throws {
    let vendor = ScriptedVendor(json: #"{"Code":"OK","GateVerify":{"VerifyResult":"PASS","VerifyId":"1"}}"#)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(
      "/v1/apps/forum/verify", #"{"channel":"h5","token":"t","phoneNumber":"\#(written)"}"#, key: TestGateway.forumKey)
    #expect(answer.body["verdict"]?.string == "match")
    #expect(vendor.requests.first?.target.contains("PhoneNumber=13800000000") == true)
  }

  /// A gateway whose account for logins on H5 pages has these pages.
  private static func gateway(pages: String, _ vendor: ScriptedVendor) throws -> TestGateway {
    try TestGateway(vendor: vendor) {
      $0.replacing(
        "  mobile-h5:\n    provider: china-mobile-h5\n",
        with: "  mobile-h5:\n    provider: china-mobile-h5\n    pages: \(pages)\n")
    }
  }

  @Test(
    "opens a session for a page that is registered with the vendor, and for no other one",
    arguments: [
      ("https://shop.example.com/login", 200), ("https://shop.example.com/login?from=cart", 200),
      ("https://shop.example.com/login#/a", 200), ("https://shop.example.com/login/", 502),
      ("http://shop.example.com/login", 502), ("https://shop.example.com/", 502),
      ("https://shop.example.com:8443/login", 502), ("https://shop.example.com/Login", 502),
    ])
  func registeredPages(_ page: String, _ status: Int) async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try Self.gateway(pages: #"["https://shop.example.com/login"]"#, vendor)
    let answer = try await gateway.post(
      "/v1/apps/shop/sessions", #"{"channel":"h5","operation":"login","pageUrl":"\#(page)"}"#)
    #expect(answer.status == status)
    #expect(answer.reason == (status == 200 ? nil : "page-not-registered"))
    if status != 200 {
      #expect(answer.body["delivery"]?.string == "not-sent")
      #expect(answer.body["detail"]?.string?.contains("accounts.mobile-h5.pages") == true)
    }
    #expect(vendor.requests.isEmpty)
  }

  @Test("opens a session for any page if the account has none, and if the caller does not name its page")
  func unknownPages() async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let free = try await TestGateway(vendor: vendor).post(
      "/v1/apps/shop/sessions", #"{"channel":"h5","operation":"login","pageUrl":"https://any.example.com/"}"#)
    #expect(free.status == 200)
    let gateway = try Self.gateway(pages: #"["https://shop.example.com/login"]"#, vendor)
    let unnamed = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"h5","operation":"login"}"#)
    #expect(unnamed.status == 200)
  }

  @Test("adds a request id and the overhead to responses, and keeps a caller's id") func requestIds() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    let own = try await gateway.call("GET", "/healthz", headers: ["x-request-id": "order-17_a.b"])
    #expect(own.headers["x-request-id"] == "order-17_a.b")
    #expect(Int(own.headers["x-numgate-overhead-us"] ?? "") != nil)
    for bad in ["", "a b", String(repeating: "a", count: 65), "13800000000", "+8613800000000"] {
      let made = try await gateway.call("GET", "/healthz", headers: ["x-request-id": bad])
      #expect(made.headers["x-request-id"]?.count == 32, "\(bad)")
    }
  }

  @Test(
    "names the invalid member of a request",
    arguments: [
      (#"{}"#, "invalid-request", "'session' or 'channel'"),
      (#"{"channel":"fax","token":"t","phoneNumber":"13800000000"}"#, "invalid-request", "'channel'"),
      (#"{"channel":7,"token":"t","phoneNumber":"13800000000"}"#, "invalid-request", "'channel'"),
      (#"{"channel":"app","phoneNumber":"13800000000"}"#, "invalid-request", "'token'"),
      (#"{"channel":"app","token":"","phoneNumber":"13800000000"}"#, "token-malformed", "'token'"),
      (#"{"channel":"app","token":"t"}"#, "invalid-request", "'phoneNumber'"),
      (#"{"channel":"app","token":"t","phoneNumber":"12345"}"#, "invalid-phone-number", "'phoneNumber'"),
      (#"{"channel":"app","token":"t","phoneNumber":13800000000}"#, "invalid-request", "'phoneNumber'"),
      (#"{"channel":"app","token":"t","token":"u","phoneNumber":"13800000000"}"#, "invalid-request", "'token'"),
      (#"[]"#, "invalid-request", "object"), (#"{"channel":"#, "invalid-request", "JSON"),
      ("", "invalid-request", "empty"),
      (#"{"a":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}"#, "invalid-request", "deeper"),
    ])
  func refuses(body: String, reason: String, mentions: String) async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", body)
    #expect(answer.reason == reason)
    #expect(answer.body["detail"]?.string?.contains(mentions) == true, "\(answer.body["detail"]?.string ?? "")")
    #expect(answer.body["type"]?.string == "urn:numgate:failure:\(reason)")
    #expect(answer.body["delivery"]?.string == "not-sent")
    #expect(answer.headers["Content-Type"] == "application/problem+json")
    #expect(vendor.requests.isEmpty)
  }

  @Test("refuses a body of another content type") func contentType() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    for type in [
      "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "application/jsonx",
    ] {
      let answer = try await gateway.call(
        "POST", "/v1/apps/shop/verify", headers: ["Content-Type": type], body: Self.verifyBody)
      #expect(answer.reason == "invalid-request", "\(type)")
    }
    let fine = try await gateway.call(
      "POST", "/v1/apps/shop/verify", headers: ["Content-Type": "application/json; charset=UTF-8"],
      body: Self.verifyBody)
    #expect(fine.status == 200)
  }

  @Test("authenticates the team and checks its apps") func teams() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.verifyBody, key: nil).reason == "unauthenticated")
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.verifyBody, key: "wrong").reason == "unauthenticated")
    #expect(
      try await gateway.post("/v1/apps/shop/verify", Self.verifyBody, key: TestGateway.forumKey).reason == "forbidden")
    let unknown = try await gateway.post("/v1/apps/nothing/verify", Self.verifyBody)
    #expect(unknown.reason == "forbidden")
    let refused = try await gateway.post("/v1/apps/shop/verify", Self.verifyBody, key: "wrong")
    #expect(refused.headers["WWW-Authenticate"] == "Bearer")
  }

  @Test("opens a session, and sends the token to the account of the session") func session() async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try TestGateway(vendor: vendor)
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"app","operation":"verify"}"#)
    let session = try #require(opened.body["session"]?.string)
    #expect(opened.body["provider"]?.string == "china-mobile-app")
    let answer = try await gateway.post(
      "/v1/apps/shop/verify", #"{"session":"\#(session)","token":"t","phoneNumber":"13800000000"}"#)
    #expect(answer.body["verdict"]?.string == "match")
    let wrongOperation = try await gateway.post("/v1/apps/shop/login", #"{"session":"\#(session)","token":"t"}"#)
    #expect(wrongOperation.reason == "session-invalid")
    let wrongApp = try await gateway.post("/v1/apps/club/login", #"{"session":"\#(session)","token":"t"}"#)
    #expect(wrongApp.reason == "session-invalid")
    #expect(vendor.requests.count == 1)
  }

  @Test("requires the session if the route has several accounts") func ambiguous() async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(
      "/v1/apps/shop/login", #"{"channel":"h5","token":"t","userInformation":"u"}"#)
    #expect(answer.reason == "invalid-request")
    #expect(answer.body["detail"]?.string?.contains("'session'") == true)
    #expect(vendor.requests.isEmpty)
  }

  @Test("signs only texts in the format of the quick app's SDK") func signatures() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"quick-app","operation":"verify"}"#)
    let session = try #require(opened.body["session"]?.string)
    let good = "3000000000030.731234567820240102030405678" + "123e4567-e89b-12d3-a456-426614174000" + "1.2"
    let answer = try await gateway.post(
      "/v1/apps/shop/signatures", #"{"session":"\#(session)","preSign":"\#(good)"}"#)
    #expect(answer.body["sign"]?.string?.count == 172)
    for bad in [
      "", "300000000003", "300000000004" + good.dropFirst(12), good + String(repeating: "A", count: 172), "x" + good,
    ] {
      let refused = try await gateway.post(
        "/v1/apps/shop/signatures", #"{"session":"\#(session)","preSign":"\#(bad)"}"#)
      #expect(refused.reason == "invalid-request", "\(bad)")
    }
    let noSession = try await gateway.post("/v1/apps/shop/signatures", #"{"session":"x.y","preSign":"\#(good)"}"#)
    #expect(noSession.reason == "session-invalid")
  }

  @Test("maps an SDK's error callback to one failure") func reports() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    let report = #"{"msgId":"m","YDData":{"code":" 103111 ","message":"x"},"CTData":"{\"code\":-10001}","CUData":{}}"#
    let answer = try await gateway.post(
      "/v1/apps/shop/failures", #"{"channel":"h5","report":\#(report)}"#)
    #expect(answer.status == 200)
    let failure = try #require(answer.body["failure"])
    #expect(failure["reason"]?.string == "cellular-required")
    #expect(failure["carrier"]?.string == "YD")
    #expect(failure["vendor"]?["code"]?.string == "103111")
    #expect(failure["branches"]?.count == 2)
    let empty = try await gateway.post("/v1/apps/shop/failures", #"{"channel":"h5","report":{}}"#)
    #expect(empty.reason == "invalid-request")
  }

  @Test("serves the catalogue, explanations, providers and apps") func directory() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    let catalogue = try await gateway.call("GET", "/v1/failures")
    #expect(catalogue.body["failures"]?.count == FailureReason.allCases.count)
    let one = try await gateway.call("GET", "/v1/failures/token-expired")
    #expect(one.body["status"]?.int == 422)
    #expect(try await gateway.call("GET", "/v1/failures/no-such").reason == "not-found")
    let explained = try await gateway.call(
      "GET", "/v1/explanations?provider=china-mobile-h5&code=104008&stage=login")
    #expect(explained.body["explanations"]?[0]?["reason"]?.string == "client-fingerprint-mismatch")
    #expect(try await gateway.call("GET", "/v1/explanations?code=nope").reason == "not-found")
    #expect(try await gateway.call("GET", "/v1/providers").body["providers"]?.count == 15)
    let apps = try await gateway.call("GET", "/v1/apps", key: TestGateway.forumKey)
    #expect(apps.body["apps"]?.count == 1)
    #expect(apps.body["apps"]?[0]?["id"]?.string == "forum")
  }

  @Test("is ready until the drain begins") func readiness() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: Self.match))
    #expect(try await gateway.call("GET", "/readyz", key: nil).status == 200)
    gateway.gateway.beginDraining()
    #expect(try await gateway.call("GET", "/readyz", key: nil).status == 503)
    #expect(try await gateway.call("GET", "/healthz", key: nil).status == 200)
  }

  @Test(
    "a known path with another method is 405 with Allow, with or without a key",
    arguments: [
      ("GET", "/v1/apps/shop/verify", "POST, OPTIONS"), ("DELETE", "/v1/apps/none/login", "POST, OPTIONS"),
      ("POST", "/v1/failures", "GET, HEAD, OPTIONS"), ("PUT", "/v1/failures/internal", "GET, HEAD, OPTIONS"),
      ("POST", "/healthz", "GET, HEAD, OPTIONS"), ("PATCH", "/openapi.json", "GET, HEAD, OPTIONS"),
    ])
  func otherMethod(method: String, path: String, allow: String) async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: "{}"))
    for key in [TestGateway.shopKey, nil] {
      let answer = try await gateway.call(method, path, key: key, body: "{}")
      #expect(answer.status == 405 && answer.reason == "invalid-request")
      #expect(answer.headers["Allow"] == allow)
      let options = try await gateway.call("OPTIONS", path, key: key)
      #expect(options.status == 204 && options.headers["Allow"] == allow)
    }
  }

  @Test(
    "an unknown path is 404 for a team, and 401 without a key",
    arguments: ["/v1/", "/v1/apps/shop", "/v1/apps/shop/other", "/v1/apps/shop/verify/", "/v1/failures/a/b", "/v1//"])
  func unknownPath(path: String) async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: "{}"))
    #expect(try await gateway.call("GET", path).status == 404)
    #expect(try await gateway.call("GET", path, key: nil).status == 401)
  }

  @Test(
    "every GET endpoint also serves HEAD",
    arguments: ["/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/failures", "/v1/providers", "/v1/apps"])
  func head(path: String) async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: "{}"))
    #expect(try await gateway.call("HEAD", path).status == 200)
  }
}
