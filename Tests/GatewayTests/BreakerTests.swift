import Configuration
import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("Breakers of accounts and hosts", .timeLimit(.minutes(1))) struct BreakerTests {
  private static let body = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#

  /// A gateway with the shop's account and a second account of the same product and host, for another app.
  private static func gateway(_ vendor: any VendorTransport) throws -> TestGateway {
    try TestGateway(vendor: vendor) {
      $0.replacing(
        "  mobile-app:\n",
        with: """
            other-app:
              provider: china-mobile-app
              endpoint: http://127.0.0.1:9090
              appId: "300000000099"
              appKey: SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY
              appSecret: SANDBOXAPPSECRETSANDBOXAPPSECRET
            mobile-app:

          """
      ).replacing("apps:\n  shop:\n", with: "apps:\n  other:\n    app:\n      verify: [other-app]\n  shop:\n")
        .replacing("apps: [shop, club,", with: "apps: [shop, other, club,")
        // Long enough that all calls of a test are in the window, even on a slow machine.
        .replacing("server:\n", with: "server:\n  breaker: {window: 10m, open: 10m}\n")
    }
  }

  private static func response(
    _ code: String, status: Int = 200, headers: KeyValuePairs<String, String> = [:]
  ) -> Result<HTTPClientResponse, HTTPClientError> {
    .success(
      HTTPClientResponse(
        status: status, headers: HTTPFields(headers),
        body: Array(#"{"header":{"resultCode":"\#(code)"},"body":{"taskId":"1"}}"#.utf8)))
  }

  @Test("successes without a number do not open the breaker: one user's token can be the cause") func oddAnswers()
    async throws
  {
    let vendor = ScriptedVendor(json: #"{"inResponseTo":"1","systemTime":"1","resultCode":"103000","desc":"true"}"#)
    let gateway = try Self.gateway(vendor)
    for _ in 0..<30 {
      let answer = try await gateway.post("/v1/apps/shop/login", #"{"channel":"app","token":"STsid1"}"#)
      #expect(answer.reason == "vendor-protocol-error")
    }
    #expect(vendor.requests.count == 30)
  }

  @Test("responses without a result code open the breaker: the vendor does not work") func emptyAnswers() async throws {
    let vendor = ScriptedVendor(json: "{}")
    let gateway = try Self.gateway(vendor)
    for _ in 0..<5 { _ = try await gateway.post("/v1/apps/shop/login", #"{"channel":"app","token":"STsid1"}"#) }
    let answer = try await gateway.post("/v1/apps/shop/login", #"{"channel":"app","token":"STsid1"}"#)
    #expect(answer.reason == "overloaded")
    #expect(vendor.requests.count == 5)
  }

  @Test("failures of one account do not open the breaker of another account with the same host") func accounts()
    async throws
  {
    let vendor = AnsweringVendor { $0.contains("300000000004") ? Self.response("999") : Self.response("000") }
    let gateway = try Self.gateway(vendor)
    for _ in 0..<5 {
      #expect(try await gateway.post("/v1/apps/shop/verify", Self.body).reason == "vendor-unavailable")
    }
    let refused = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(refused.reason == "overloaded" && refused.body["delivery"]?.string == "not-sent")
    let wait = try #require(refused.headers["Retry-After"].flatMap { Int($0) })
    #expect((540...600).contains(wait))
    #expect(try await gateway.post("/v1/apps/other/verify", Self.body).body["verdict"]?.string == "match")
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_breaker_state{scope="account",name="mobile-app"} 2"#))
    #expect(metrics.contains(#"numgate_breaker_state{scope="account",name="other-app"} 0"#))
    #expect(metrics.contains(#"numgate_breaker_state{scope="host",name="http://127.0.0.1:9090"} 0"#))
    #expect(metrics.contains(#"numgate_breaker_transitions_total{scope="account",name="mobile-app",state="open"} 1"#))
    let line = try #require(try await Self.breakerLines(gateway).first)
    #expect(line["account"]?.string == "mobile-app" && line["state"]?.string == "open")
  }

  @Test("an unreachable host stops the calls of all its accounts") func hosts() async throws {
    let vendor = AnsweringVendor { _ in .failure(.notConnected("connection refused")) }
    let gateway = try Self.gateway(vendor)
    for app in ["shop", "other", "shop", "other", "shop"] {
      #expect(try await gateway.post("/v1/apps/\(app)/verify", Self.body).reason == "vendor-unreachable")
    }
    #expect(try await gateway.post("/v1/apps/other/verify", Self.body).reason == "overloaded")
    #expect(vendor.count == 5)
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_breaker_state{scope="host",name="http://127.0.0.1:9090"} 2"#))
    #expect(metrics.contains(#"numgate_breaker_state{scope="account",name="other-app"} 0"#))
    let line = try #require(try await Self.breakerLines(gateway).first)
    #expect(line["host"]?.string == "http://127.0.0.1:9090" && line["state"]?.string == "open")
  }

  @Test("the breaker opens after twenty calls if four of five fail") func share() async throws {
    let calls = Locked(0)
    let vendor = AnsweringVendor { _ in
      calls.withLock { calls in
        calls += 1
        return Self.response(calls % 5 == 0 ? "000" : "999")
      }
    }
    let gateway = try Self.gateway(vendor)
    for _ in 0..<50 { _ = try await gateway.post("/v1/apps/shop/verify", Self.body) }
    #expect(vendor.count == 20)
  }

  @Test(
    "Retry-After is the vendor's value if it sent one",
    arguments: [("7", "7"), ("0", "0"), ("99999999999999999999", "86400"), ("-1", nil), ("soon", nil), ("", nil)]
      as [(String, String?)])
  func retryAfter(sent: String, expected: String?) async throws {
    let vendor = AnsweringVendor { _ in Self.response("999", status: 503, headers: ["Retry-After": sent]) }
    let answer = try await Self.gateway(vendor).post("/v1/apps/shop/verify", Self.body)
    #expect(answer.headers["Retry-After"] == expected)
  }

  private static func breakerLines(_ gateway: TestGateway) async throws -> [JSONValue] {
    try await gateway.log().split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
      .filter { $0["event"]?.string == "breaker" }
  }
}

/// A vendor in memory that selects its response by the body of the request.
final class AnsweringVendor: VendorTransport {
  private let answer: @Sendable (_ body: String) -> Result<HTTPClientResponse, HTTPClientError>
  private let requests = Locked(0)

  init(_ answer: @escaping @Sendable (String) -> Result<HTTPClientResponse, HTTPClientError>) { self.answer = answer }

  var count: Int { requests.withLock { $0 } }

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    requests.withLock { $0 += 1 }
    return answer(String(decoding: request.body, as: UTF8.self))
  }
}
