import JSON
import Networking
import Testing

@testable import Gateway

@Suite("Logs and metrics") struct ObservationTests {
  private static let token = "STsid0000001515028196605yc1oYNTuPlTlLT10AR3ywr2WApEq14JH"

  @Test("each request has one JSON line without personal data and secrets") func log()
    async throws
  {
    // A vendor that repeats the data of the request, as real vendors do.
    let echo =
      #"{"header":{"resultCode":"13800000000"},"body":{"resultDesc":"number 13800000000 token \#(Self.token)"}}"#
    let gateway = try TestGateway(vendor: ScriptedVendor(json: echo))
    let answer = try await gateway.post(
      "/v1/apps/shop/verify", #"{"channel":"app","token":"\#(Self.token)","phoneNumber":"13800000000"}"#)
    #expect(answer.reason == "unmapped")
    let lines = await gateway.log().split(separator: "\n").map(String.init)
    #expect(lines.count == 2)
    let request = try JSONValue.parse(try #require(lines.first { $0.contains(#""event":"request""#) }))
    #expect(request["endpoint"]?.string == "verify")
    #expect(request["team"]?.string == "shop")
    #expect(request["app"]?.string == "shop")
    #expect(request["account"]?.string == "mobile-app")
    #expect(request["status"]?.int == 502)
    #expect(request["reason"]?.string == "unmapped")
    #expect(request["requestId"]?.string == answer.headers["x-request-id"])
    for secret in ["13800000000", Self.token, TestGateway.shopKey, "SANDBOXAPPMD5KEY"] {
      for line in lines { #expect(!line.contains(secret), "\(secret)") }
    }
    #expect(answer.body["vendor"]?["message"]?.string == "number *** token ***")
  }

  @Test("an unmapped code is logged once, counted each time, and listed") func unmapped()
    async throws
  {
    let gateway = try TestGateway(
      vendor: ScriptedVendor(json: #"{"header":{"resultCode":"987654"},"body":{"resultDesc":"new"}}"#))
    let body = #"{"channel":"app","token":"t","phoneNumber":"13800000000"}"#
    for _ in 0..<3 { _ = try await gateway.post("/v1/apps/shop/verify", body) }
    let warnings = await gateway.log().split(separator: "\n").filter { $0.contains("unmapped-code") }
    #expect(warnings.count == 1)
    let listed = try await gateway.call("GET", "/v1/unmapped").body["unmapped"]
    #expect(listed?.count == 1)
    #expect(listed?[0]?["code"]?.string == "987654")
    #expect(listed?[0]?["count"]?.int == 3)
    #expect(listed?[0]?["stage"]?.string == "verify")
  }

  @Test("a team sees only the unmapped codes of its own providers") func unmappedOfTeam() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: #"{"header":{"resultCode":"987654"},"Code":"isv.NEW"}"#))
    let body = #"{"channel":"app","token":"t","phoneNumber":"13800000000"}"#
    _ = try await gateway.post("/v1/apps/shop/verify", body)
    _ = try await gateway.post("/v1/apps/forum/verify", body, key: TestGateway.forumKey)
    let shop = try await gateway.call("GET", "/v1/unmapped").body["unmapped"]
    let forum = try await gateway.call("GET", "/v1/unmapped", key: TestGateway.forumKey).body["unmapped"]
    // The team of shop uses Aliyun as well.
    #expect(shop?.elements.map { $0["code"]?.string } == ["isv.NEW", "987654"])
    #expect(forum?.elements.map { $0["code"]?.string } == ["isv.NEW"])
  }

  @Test("a token or number in a vendor's code is not returned, logged or listed")
  func repeatedInCode()
    async throws
  {
    let token = "STsid" + String(repeating: "AbCdEfGhIj", count: 40)
    for code in [token, "bad token " + token, "E-13800000000"] {
      let gateway = try TestGateway(vendor: ScriptedVendor(json: "{\"header\":{\"resultCode\":\"\(code)\"}}"))
      let answer = try await gateway.post(
        "/v1/apps/shop/verify", "{\"channel\":\"app\",\"token\":\"\(token)\",\"phoneNumber\":\"13800000000\"}")
      #expect(answer.reason == "unmapped")
      let listed = try await gateway.call("GET", "/v1/unmapped").body["unmapped"]?[0]
      let texts = [answer.body["vendor"]?["code"]?.string, listed?["code"]?.string, await gateway.log()]
      for text in texts {
        #expect(text?.contains("***") == true)
        #expect(text?.contains("STsid") == false && text?.contains("13800000000") == false)
      }
    }
  }

  @Test("metrics count requests, vendor calls and billed calls, with labels from closed lists") func metrics()
    async throws
  {
    let gateway = try TestGateway(vendor: ScriptedVendor(json: #"{"header":{"resultCode":"001"},"body":{}}"#))
    for app in ["shop", "shop", "no-such-app-\(Self.token)"] {
      _ = try await gateway.post(
        "/v1/apps/\(app)/verify", #"{"channel":"app","token":"t","phoneNumber":"13800000000"}"#)
    }
    let text = try await gateway.call("GET", "/metrics", key: nil).body.string ?? ""
    let lines = text.split(separator: "\n")
    #expect(lines.contains(#"numgate_requests_total{endpoint="verify",reason="none"} 2"#))
    #expect(lines.contains(#"numgate_requests_total{endpoint="verify",reason="forbidden"} 1"#))
    #expect(
      lines.contains(
        #"numgate_vendor_requests_total{provider="china-mobile-app",stage="verify",outcome="mismatch"} 2"#))
    #expect(
      lines.contains(#"numgate_vendor_billed_total{provider="china-mobile-app",stage="verify",billed="yes"} 2"#))
    #expect(lines.contains(#"numgate_request_seconds_count{endpoint="verify"} 3"#))
    #expect(!text.contains(Self.token))
  }
}
