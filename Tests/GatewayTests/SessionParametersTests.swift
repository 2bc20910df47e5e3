import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("Sessions with reusable SDK parameters") struct SessionParametersTests {
  private static func response(_ number: Int) -> ScriptedVendor.Answer {
    let json = #"{"Code":"OK","TokenInfo":{"AccessToken":"at\#(number)","JwtToken":"jt\#(number)"},"RequestId":"r"}"#
    return .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: Array(json.utf8)))
  }

  private static func vendor(_ count: Int = 6) -> ScriptedVendor { ScriptedVendor((1...count).map(response)) }

  private static func body(
    _ page: String = "https://shop.example.com/", operation: String = "verify"
  ) -> String {
    #"{"channel":"h5","operation":"\#(operation)","pageUrl":"\#(page)"}"#
  }

  private static func token(_ answer: TestGateway.Answer) -> String? {
    answer.body["client"]?["parameters"]?["accessToken"]?.string
  }

  private static let shop = "/v1/apps/shop/sessions"

  @Test("use the tokens of one call, but each has its own session text") func reuse() async throws {
    let vendor = Self.vendor()
    let gateway = try TestGateway(vendor: vendor)
    let first = try await gateway.post(Self.shop, Self.body())
    let second = try await gateway.post(Self.shop, Self.body("https://shop.example.com/other?source=mail"))
    #expect(Self.token(first) == "at1" && Self.token(second) == "at1")
    #expect(vendor.requests.count == 1)
    let sessions = [first, second].compactMap { $0.body["session"]?.string }
    #expect(Set(sessions).count == 2)
    let metrics = try await gateway.metrics()
    #expect(
      metrics.contains {
        $0.hasPrefix("numgate_vendor_requests_total{provider=\"aliyun\",stage=\"prepare\"") && $0.hasSuffix(" 1")
      })
  }

  @Test("share one call if they are concurrent") func concurrent() async throws {
    let vendor = PausedVendor(Self.response(1))
    let gateway = try TestGateway(vendor: vendor)
    async let first = gateway.post(Self.shop, Self.body())
    await vendor.arrived()
    let answers = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<50 { group.addTask { Self.token(try await gateway.post(Self.shop, Self.body())) } }
      // All sessions of the group wait for the call before it ends.
      group.addTask {
        while try await gateway.onLoop({ $0.waiting }) < 50 { await Task.yield() }
        vendor.resume()
        return "at1"
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Self.token(try await first) == "at1")
    #expect(answers == Array(repeating: "at1", count: 51))
    #expect(vendor.requests.count == 1)
  }

  @Test("get the failure of a concurrent call, and the next session asks again") func failure() async throws {
    let vendor = BusyVendor()
    let gateway = try TestGateway(vendor: vendor)
    async let first = gateway.post(Self.shop, Self.body())
    await vendor.arrived(1)
    async let second = gateway.post(Self.shop, Self.body())
    while try await gateway.onLoop({ $0.waiting }) < 1 { await Task.yield() }
    vendor.answerNext(
      .success(
        HTTPClientResponse(
          status: 200, headers: HTTPFields(), body: Array(#"{"Code":"isp.SYSTEM_ERROR","Message":"m"}"#.utf8))))
    #expect(try await [first.reason, second.reason] == ["vendor-unavailable", "vendor-unavailable"])
    async let third = gateway.post(Self.shop, Self.body())
    await vendor.arrived(2)
    vendor.answerNext(Self.response(2))
    #expect(Self.token(try await third) == "at2")
  }

  @Test("have tokens of their own origin, operation, app and account") func keys() async throws {
    let vendor = Self.vendor()
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing("login: [mobile-h5, aliyun-h5]", with: "login: [aliyun-h5, mobile-h5]")
        .replacing("    apps: [forum]", with: "    apps: [forum, shop]")
    }
    let key = TestGateway.forumKey
    let page = "https://www.example.com/"
    var tokens: [String?] = []
    tokens.append(Self.token(try await gateway.post(Self.shop, Self.body(), key: key)))
    tokens.append(Self.token(try await gateway.post(Self.shop, Self.body(page), key: key)))
    tokens.append(Self.token(try await gateway.post(Self.shop, Self.body(operation: "login"), key: key)))
    // The app forum uses another account for this operation.
    tokens.append(Self.token(try await gateway.post("/v1/apps/forum/sessions", Self.body(), key: key)))
    #expect(tokens == ["at1", "at2", "at3", "at4"])
    #expect(Set(vendor.requests.map(\.target)).count == 4)
  }

  @Test("of two apps have separate tokens, also if they use one account") func apps() async throws {
    let vendor = Self.vendor()
    let gateway = try TestGateway(vendor: vendor) { $0.replacing("verify: [aliyun-sts]", with: "verify: [aliyun-h5]") }
    let first = try await gateway.post(Self.shop, Self.body())
    let second = try await gateway.post("/v1/apps/forum/sessions", Self.body(), key: TestGateway.forumKey)
    #expect(Self.token(first) == "at1" && Self.token(second) == "at2")
  }

  @Test("get tokens of the new credentials after a reload") func reload() async throws {
    let files = TestFiles()
    let vendor = Self.vendor()
    let gateway = try TestGateway(vendor: vendor, files: files)
    _ = try await gateway.post(Self.shop, Self.body())
    files.edit("accessKeyId: sandbox-access-key-id", "accessKeyId: another-access-key-id")
    gateway.watcher.signalled()
    #expect(Self.token(try await gateway.post(Self.shop, Self.body())) == "at2")
    let credentials = vendor.requests.compactMap { request in
      request.headers.first { $0.name == "Authorization" }?.value.split(separator: ",").first
    }
    #expect(
      credentials == [
        "ACS3-HMAC-SHA256 Credential=sandbox-access-key-id", "ACS3-HMAC-SHA256 Credential=another-access-key-id",
      ])
  }

  @Test("of a request that began before a reload do not reach later sessions") func reloadInFlight() async throws {
    let files = TestFiles()
    let vendor = BusyVendor()
    let gateway = try TestGateway(vendor: vendor, files: files)
    async let before = gateway.post(Self.shop, Self.body())
    await vendor.arrived(1)
    files.edit("accessKeyId: sandbox-access-key-id", "accessKeyId: another-access-key-id")
    gateway.watcher.signalled()
    async let after = gateway.post(Self.shop, Self.body())
    await vendor.arrived(2)
    vendor.answerNext(Self.response(1))
    vendor.answerNext(Self.response(2))
    #expect(Self.token(try await before) == "at1")
    #expect(Self.token(try await after) == "at2")
  }

  @Test("use the previous tokens during a refresh, and the new ones after it") func refresh() async throws {
    let vendor = BusyVendor()
    let gateway = try TestGateway(vendor: vendor)
    let key = ParameterCache.Key(account: "aliyun-h5", app: "shop", request: "verify https://shop.example.com")
    try await gateway.onLoop { cache in
      let now = MonotonicTime.now
      // The current time is at four fifths of the validity.
      cache.end(
        key, .success(ClientParameters(parameters: JSONFragment { $0.object { $0.member("accessToken", "at0") } })),
        .nanoseconds(Int64(now.nanoseconds / 4 * 5)), from: MonotonicTime(nanoseconds: 0), at: now)
    }
    #expect(Self.token(try await gateway.post(Self.shop, Self.body())) == "at0")
    await vendor.arrived(1)
    #expect(Self.token(try await gateway.post(Self.shop, Self.body())) == "at0")
    vendor.answerNext(Self.response(1))
    while try await gateway.onLoop({ $0.hasCallInFlight }) { await Task.yield() }
    #expect(Self.token(try await gateway.post(Self.shop, Self.body())) == "at1")
    #expect(vendor.bodies.count == 1)
  }
}
