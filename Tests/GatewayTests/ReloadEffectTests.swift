import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("The effect of a reload") struct ReloadEffectTests {
  private static let match = #"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#
  private static let verify = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#
  private static let openH5 = #"{"channel":"h5","operation":"login","pageUrl":"https://shop.example.com/"}"#

  private func gateway(_ files: TestFiles, _ vendor: any VendorTransport = ScriptedVendor(json: match)) throws
    -> TestGateway
  {
    try TestGateway(vendor: vendor, files: files)
  }

  /// The strings of the list at a path such as `apps.added`; empty if there is no list.
  private func list(_ path: String, of line: JSONValue?) -> [String] {
    let value = path.split(separator: ".").reduce(line) { $0?[String($1)] }
    return (value?.elements ?? []).compactMap(\.string)
  }

  @Test("does not affect requests in flight") func inFlight() async throws {
    let files = TestFiles {
      $0.replacing("login: [mobile-h5, aliyun-h5]", with: "login: [aliyun-h5, mobile-h5]")
    }
    // The first account is unreachable, so the request uses the route's next account after the reload.
    let vendor = PausedVendor(.failure(.notConnected("connection refused")))
    let gateway = try gateway(files, vendor)
    async let begun = gateway.post("/v1/apps/shop/sessions", Self.openH5)
    await vendor.arrived()
    files.edit(" mobile-h5", " mobile-other")
    gateway.watcher.signalled()
    _ = try await gateway.post("/v1/apps/shop/sessions", Self.openH5)
    vendor.resume()
    #expect(try await begun.body["provider"]?.string == "china-mobile-h5")
    let accounts = try await gateway.log().split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
      .filter { $0["event"]?.string == "request" }.map { $0["account"]?.string }
    #expect(accounts == ["mobile-other", "mobile-h5"])
  }

  @Test("sends the next request to the new endpoint") func endpoint() async throws {
    let files = TestFiles()
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try gateway(files, vendor)
    _ = try await gateway.post("/v1/apps/shop/verify", Self.verify)
    files.edit("http://127.0.0.1:9090", "http://127.0.0.1:9191")
    gateway.watcher.signalled()
    _ = try await gateway.post("/v1/apps/shop/verify", Self.verify)
    #expect(vendor.origins.map(\.port) == [9090, 9191])
  }

  @Test("replaces session keys: sessions of a key that is still listed stay valid") func sessionKeys() async throws {
    let files = TestFiles {
      $0.replacing("server:\n", with: "server:\n  sessionKeys: [\"${file:new}\"]\n")
    }
    files.write("new", String(repeating: "a", count: 32))
    let gateway = try gateway(files, ScriptedVendor(json: Self.match))
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"app","operation":"verify"}"#)
    let session = try #require(opened.body["session"]?.string)
    let body = #"{"session":"\#(session)","token":"t","phoneNumber":"13800000000"}"#
    files.write("old", String(repeating: "a", count: 32))
    files.write("new", String(repeating: "b", count: 32))
    files.edit("[\"${file:new}\"]", "[\"${file:new}\", \"${file:old}\"]")
    gateway.watcher.signalled()
    #expect(try await gateway.post("/v1/apps/shop/verify", body).body["verdict"]?.string == "match")
    let line = try #require(try await gateway.configurationLog().first)
    #expect(line["sessionKeys"]?.string == "changed" && line["needsRestart"] == nil)
    files.edit("[\"${file:new}\", \"${file:old}\"]", "[\"${file:new}\"]")
    gateway.watcher.signalled()
    #expect(try await gateway.post("/v1/apps/shop/verify", body).reason == "session-invalid")
  }

  @Test("does not send a token to another provider than that of its session") func otherProvider() async throws {
    let files = TestFiles()
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try gateway(files, vendor)
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"app","operation":"verify"}"#)
    let session = try #require(opened.body["session"]?.string)
    files.write("providers/other.yaml", "extends: china-mobile-app\n")
    files.edit("  mobile-app:\n    provider: china-mobile-app\n", "  mobile-app:\n    provider: other\n")
    gateway.watcher.signalled()
    let answer = try await gateway.post(
      "/v1/apps/shop/verify", #"{"session":"\#(session)","token":"t","phoneNumber":"13800000000"}"#)
    #expect(answer.reason == "session-invalid" && vendor.requests.isEmpty)
  }

  @Test("keeps breakers, sessions and counters, and lists the breakers of current accounts only") func keeps()
    async throws
  {
    // Long enough that the breaker stays open, even on a slow machine.
    let files = TestFiles { $0.replacing("server:\n", with: "server:\n  breaker: {open: 10m}\n", maxReplacements: 1) }
    let gateway = try gateway(files, ScriptedVendor([.failure(.timedOut)]))
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"app","operation":"verify"}"#)
    let session = try #require(opened.body["session"]?.string)
    for _ in 0..<5 { _ = try await gateway.post("/v1/apps/shop/verify", Self.verify) }
    files.edit(" mobile-wechat:", " mobile-mini:")
    files.edit("[mobile-wechat]", "[mobile-mini]")
    gateway.watcher.signalled()
    let answer = try await gateway.post(
      "/v1/apps/shop/verify", #"{"session":"\#(session)","token":"t","phoneNumber":"13800000000"}"#)
    #expect(answer.reason == "overloaded")
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_breaker_open{account="mobile-app",provider="china-mobile-app"} 1"#))
    #expect(metrics.contains(#"numgate_breaker_state{scope="account",name="mobile-mini"} 0"#))
    #expect(metrics.contains(#"numgate_breaker_state{scope="host",name="http://127.0.0.1:9090"} 2"#))
    #expect(!metrics.contains { $0.contains(#"="mobile-wechat""#) && $0.hasPrefix("numgate_breaker") })
    #expect(metrics.contains(#"numgate_requests_total{endpoint="verify",reason="vendor-timeout"} 5"#))
  }

  @Test("logs the changes, and the changed settings that need a restart and stay unchanged") func names()
    async throws
  {
    let files = TestFiles()
    let gateway = try gateway(files)
    files.edit("  listen: 127.0.0.1:8080", "  listen: 127.0.0.1:8081\n  sessionLife: 20s\n  limits: {body: 1KiB}")
    files.edit("timeout: 3s", "timeout: 4s", in: "providers/china-mobile-h5.yaml")
    files.edit("sandbox-sts-access-key-secret", "another-secret")
    files.edit("  forum:\n    h5:", "  board:\n    h5:")
    files.edit("apps: [forum]", "apps: [board]")
    gateway.watcher.signalled()
    let line = try #require(try await gateway.configurationLog().first)
    #expect(list("needsRestart", of: line) == ["server.limits.body", "server.listen", "server.sessionLife"])
    // One of them extends the other.
    #expect(list("providers.changed", of: line) == ["china-mobile-h5", "china-mobile-wechat"])
    #expect(list("accounts.changed", of: line) == ["aliyun-sts", "mobile-h5", "mobile-wechat"])
    #expect(list("apps.added", of: line) == ["board"] && list("apps.removed", of: line) == ["forum"])
    #expect(list("teams.changed", of: line) == ["forum"])

    let before = WallTime.wallClock
    let opened = try await gateway.post("/v1/apps/shop/sessions", #"{"channel":"app","operation":"verify"}"#)
    let expires = try #require(opened.body["expiresAt"]?.string)
    #expect(expires > before.advanced(by: .seconds(500)).iso8601)

    // Another reload lists the settings that need a restart again, until their values are restored.
    gateway.watcher.signalled()
    #expect(list("needsRestart", of: try await gateway.configurationLog().first).count == 3)
    files.edit("  listen: 127.0.0.1:8081\n  sessionLife: 20s\n  limits: {body: 1KiB}", "  listen: 127.0.0.1:8080")
    gateway.watcher.signalled()
    #expect(try await gateway.configurationLog().first?["needsRestart"] == nil)
  }

  @Test("uses the new content of a secret's file, and does not log it") func secret() async throws {
    let files = TestFiles { $0.replacing("SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY", with: "${file:run/key}") }
    files.write("run/key", "old-key-of-the-app\n")
    let gateway = try gateway(files)
    files.write("run/key", "new-key-of-the-app\n")
    for _ in 0..<2 { gateway.watcher.look() }
    let log = await gateway.log()
    #expect(log.contains(#""accounts":{"changed":["mobile-app"]}"#) && !log.contains("key-of-the-app"))
  }

  @Test("is logged in one line of bounded length") func bounded() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let apps = (0..<120).map { "  app-\($0):\n    app: {verify: [mobile-app]}\n" }.joined()
    files.write(TestFiles.config, files.text(TestFiles.config) + "\n" + apps)
    gateway.watcher.signalled()
    let line = try #require(try await gateway.configurationLog().first)
    #expect(list("apps.added", of: line).count == ReloadLog.maximumListCount)
    #expect(line["apps"]?["addedCount"]?.int == 120)

    files.edit("{verify: [mobile-app]}", "{verify: [\(String(repeating: "x", count: 3000))]}")
    gateway.watcher.signalled()
    let rejected = try #require(try await gateway.configurationLog().first)
    #expect(rejected["errors"]?.int == 120)
    #expect(list("first", of: rejected).count == ReloadLog.maximumDiagnosticCount)
    #expect(list("first", of: rejected).allSatisfy { $0.unicodeScalars.count <= ReloadLog.maximumDiagnosticLength + 1 })
  }
}
