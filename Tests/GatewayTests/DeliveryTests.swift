import JSON
import Networking
import Testing

@testable import Gateway

@Suite("Delivery and billing") struct DeliveryTests {
  private static let body = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#
  private static let good = HTTPClientResponse(
    status: 200, headers: HTTPFields(),
    body: Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#.utf8))

  @Test("a request is sent again on a new connection if nothing of it was sent on the closed one") func secondAttempt()
    async throws
  {
    let vendor = ScriptedVendor([.failure(.closedBeforeSending), .success(Self.good)])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.body["verdict"]?.string == "match")
    #expect(vendor.requests.count == 2)
    #expect(vendor.requests[0].body == vendor.requests[1].body)
    #expect(vendor.options.map(\.needsFreshConnection) == [false, true])
  }

  /// Contains 说明 in GBK, as from a server whose Content-Type has no charset.
  @Test("a response in GBK, or with a byte order mark, has a verdict, but not one with two codes") func forms()
    async throws
  {
    let text: [UInt8] = [0xcb, 0xb5, 0xc3, 0xf7]
    func answer(_ body: [UInt8]) -> ScriptedVendor.Answer {
      .success(HTTPClientResponse(status: 200, headers: HTTPFields(["Content-Type": "application/json"]), body: body))
    }
    let chinese =
      Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1","resultDesc":""#.utf8) + text + Array(#""}}"#.utf8)
    let marked = [0xef, 0xbb, 0xbf] + Self.good.body
    for body in [chinese, marked] {
      let gateway = try TestGateway(vendor: ScriptedVendor([answer(body)]))
      #expect(try await gateway.post("/v1/apps/shop/verify", Self.body).body["verdict"]?.string == "match")
    }
    let twice = Array(#"{"header":{"resultCode":"000","resultCode":"001"},"body":{}}"#.utf8)
    let gateway = try TestGateway(vendor: ScriptedVendor([answer(twice)]))
    let refused = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(refused.reason == "vendor-protocol-error" && refused.body["verdict"] == nil)
    #expect(refused.body["detail"]?.string == "The vendor's response contains the key 'resultCode' twice.")
  }

  @Test("a request is sent at most twice") func noThirdAttempt() async throws {
    let vendor = ScriptedVendor([.failure(.closedBeforeSending)])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.reason == "vendor-unreachable")
    #expect(answer.body["delivery"]?.string == "not-sent")
    #expect(answer.body["billed"]?.string == "no")
    #expect(vendor.requests.count == 2)
  }

  @Test("a request does not retry a failed connection") func refused() async throws {
    let vendor = ScriptedVendor([.failure(.notConnected("connection refused"))])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.reason == "vendor-unreachable")
    #expect(answer.body["detail"]?.string == "No connection to the vendor: connection refused.")
    #expect(vendor.requests.count == 1)
  }

  @Test("a request without a token is sent again if a reused connection was closed") func sessionAgain()
    async throws
  {
    let token = Array(#"{"Code":"OK","TokenInfo":{"AccessToken":"at","JwtToken":"jt"},"RequestId":"r"}"#.utf8)
    let vendor = ScriptedVendor([
      .failure(.reusedConnectionClosed),
      .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: token)),
    ])
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing("login: [mobile-h5, aliyun-h5]", with: "login: [aliyun-h5, mobile-h5]")
    }
    let answer = try await gateway.post(
      "/v1/apps/shop/sessions", #"{"channel":"h5","operation":"login","pageUrl":"https://shop.example.com/"}"#)
    #expect(answer.body["provider"]?.string == "aliyun")
    #expect(vendor.options.map(\.needsFreshConnection) == [false, true])
  }

  @Test(
    "a token that the vendor may have received is not sent again",
    arguments: [
      (HTTPClientError.timedOut, "vendor-timeout", "unknown"),
      (.closedWithoutResponse, "vendor-timeout", "unknown"),
      (.reusedConnectionClosed, "vendor-timeout", "unknown"),
      (.invalidResponse(.truncated), "vendor-protocol-error", "answered"),
      (.invalidResponse(.bodyTooLarge), "vendor-protocol-error", "answered"),
      (.invalidResponse(.malformed("x")), "vendor-protocol-error", "answered"),
    ])
  func onlyOnce(error: HTTPClientError, reason: String, delivery: String) async throws {
    let vendor = ScriptedVendor([.failure(error), .success(Self.good)])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.reason == reason)
    #expect(answer.body["delivery"]?.string == delivery)
    #expect(answer.body["billed"]?.string == "unknown")
    #expect(vendor.requests.count == 1)
  }

  @Test("a time-out advises a new session, because the token may be used") func timeoutAdvice() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor([.failure(.timedOut)]))
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.status == 504)
    #expect(answer.body["advice"]?.string == "new-session")
  }

  @Test("consecutive failures open the breaker, and no more requests are sent") func breakerOpens() async throws {
    let vendor = ScriptedVendor([.failure(.timedOut)])
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing("  listen: 127.0.0.1:8080", with: "  listen: 127.0.0.1:8080\n  breaker: {open: 10m}")
    }
    for _ in 0..<5 { _ = try await gateway.post("/v1/apps/shop/verify", Self.body) }
    let answer = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(answer.reason == "overloaded")
    #expect(answer.body["delivery"]?.string == "not-sent")
    #expect(vendor.requests.count == 5)
    let metrics = try await gateway.call("GET", "/metrics", key: nil).body.string ?? ""
    #expect(metrics.contains(#"numgate_breaker_open{account="mobile-app",provider="china-mobile-app"} 1"#))
  }

  @Test(
    "faults of a user, a team or the configuration do not open the breaker",
    arguments: ["606", "302", "124", "002", "987654"])
  func breakerStaysClosed(code: String) async throws {
    let vendor = ScriptedVendor(json: #"{"header":{"resultCode":"\#(code)"},"body":{}}"#)
    let gateway = try TestGateway(vendor: vendor)
    for _ in 0..<12 { _ = try await gateway.post("/v1/apps/shop/verify", Self.body) }
    #expect(vendor.requests.count == 12)
  }

  @Test("a new session uses the next account while the breaker of the first one is open") func failover()
    async throws
  {
    let vendor = ScriptedVendor([.failure(.timedOut)])
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing("login: [mobile-h5, aliyun-h5]", with: "login: [aliyun-h5, mobile-h5]")
        .replacing(
          "aliyun-h5:\n    provider: aliyun\n    endpoint: http://127.0.0.1:9090",
          with: "aliyun-h5:\n    provider: aliyun\n    endpoint: http://127.0.0.1:9091")
    }
    let open = #"{"channel":"h5","operation":"login","pageUrl":"https://shop.example.com/"}"#
    for _ in 0..<5 {
      #expect(try await gateway.post("/v1/apps/shop/sessions", open).reason == "vendor-timeout")
    }
    let answer = try await gateway.post("/v1/apps/shop/sessions", open)
    #expect(answer.body["provider"]?.string == "china-mobile-h5")
  }

  @Test("a new session uses the next account at once if the first vendor is unreachable") func unreachable()
    async throws
  {
    let gateway = try TestGateway(vendor: ScriptedVendor([.failure(.notConnected("name not resolved"))])) {
      $0.replacing("login: [mobile-h5, aliyun-h5]", with: "login: [aliyun-h5, mobile-h5]")
    }
    let answer = try await gateway.post(
      "/v1/apps/shop/sessions", #"{"channel":"h5","operation":"login","pageUrl":"https://shop.example.com/"}"#)
    #expect(answer.body["provider"]?.string == "china-mobile-h5")
  }
}
