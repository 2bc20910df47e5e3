import Configuration
import Foundation
import JSON
import Networking
import NumberAuth
import Store
import Testing

@testable import Gateway

@Suite("Limits of teams and apps") struct RequestLimitTests {
  private static let body = #"{"channel":"app","token":"TOKEN-123456789","phoneNumber":"13800000000"}"#
  private static let match = #"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#

  /// A gateway whose team `shop` and app `shop` have these limits.
  private func gateway(
    team: String = "", app: String = "", vendor: ScriptedVendor = ScriptedVendor(json: match), ledger: Ledger? = nil
  ) throws -> TestGateway {
    let files = TestFiles { text in
      text.replacing("  shop:\n    keys:", with: "  shop:\n    limits: {\(team)}\n    keys:", maxReplacements: 1)
        .replacing("\napps:\n  shop:\n", with: "\napps:\n  shop:\n    limits: {\(app)}\n", maxReplacements: 1)
    }
    return try TestGateway(vendor: vendor, files: files, ledger: ledger)
  }

  private func verify(_ gateway: TestGateway, app: String = "shop") async throws -> TestGateway.Answer {
    try await gateway.post("/v1/apps/\(app)/verify", Self.body)
  }

  /// Sends requests at once. At a rate of one per second, more of them than seconds pass must be refused.
  private func flood(_ gateway: TestGateway) async throws -> [TestGateway.Answer] {
    try await withThrowingTaskGroup(of: TestGateway.Answer.self) { group in
      for _ in 0..<200 { group.addTask { try await self.verify(gateway) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  @Test("A request above the rate is refused with the fields of the draft, and nothing is sent to the vendor")
  func perSecond() async throws {
    let vendor = ScriptedVendor(json: Self.match)
    let gateway = try gateway(app: "perSecond: 1, burst: 2", vendor: vendor)
    let answers = try await flood(gateway)
    let refusals = answers.filter { $0.status != 200 }
    let refusal = try #require(refusals.first)
    #expect(refusal.status == 429 && refusal.reason == "rate-limited")
    #expect(refusal.headers["RateLimit-Policy"] == #""app/perSecond";q=1;w=1"#)
    #expect(refusal.headers["RateLimit"] == #""app/perSecond";r=0;t=1"#)
    #expect(refusal.headers["Retry-After"] == "1")
    #expect(refusal.body["delivery"]?.string == "not-sent")
    #expect(vendor.requests.count == answers.count - refusals.count)
    let counted = #"numgate_limited_total{scope="app",limit="perSecond"} \#(refusals.count)"#
    #expect(try await gateway.metrics().contains { $0 == counted })
  }

  @Test("The limit of one team does not affect another team")
  func otherTeam() async throws {
    let gateway = try gateway(team: "perSecond: 1, burst: 1")
    let policies = Set(try await flood(gateway).map { $0.headers["RateLimit-Policy"] })
    #expect(policies == [nil, #""team/perSecond";q=1;w=1"#])
    let other = try await gateway.post(
      "/v1/apps/forum/sessions", #"{"channel":"app","operation":"verify"}"#, key: TestGateway.forumKey)
    #expect(other.status != 429)
  }

  @Test("Calls of a day end at the limit, and only calls that were sent count")
  func perDay() async throws {
    let vendor = ScriptedVendor([
      .failure(.notConnected("connection refused")), .success(Self.success), .success(Self.success),
    ])
    let gateway = try gateway(team: "perDay: 2", vendor: vendor)
    #expect(try await verify(gateway).reason == "vendor-unreachable")
    #expect(try await verify(gateway).status == 200)
    #expect(try await verify(gateway).status == 200)
    let refusal = try await verify(gateway)
    #expect(refusal.headers["RateLimit-Policy"] == #""team/perDay";q=2;w=86400"#)
    let log = await gateway.log()
    #expect(
      log.contains(#""event":"limit","level":"warning","scope":"team","name":"shop","limit":"perDay","percent":100"#))
    #expect(
      try await gateway.metrics().contains(#"numgate_limit_used_ratio{scope="team",name="shop",limit="perDay"} 1"#))
  }

  private static let success = HTTPClientResponse(status: 200, headers: HTTPFields(), body: Array(match.utf8))

  @Test("Spend ends before the call that would exceed the limit, and continues after a restart")
  func spend() async throws {
    let folder = LedgerFolder()
    let store = StoreSettings(path: folder.path)
    let ledger = try Ledger(store, LedgerSettings()) { _ in }
    let first = try gateway(app: "spendPerDay: 0.07", ledger: ledger)
    #expect(try await verify(first).status == 200)
    await ledger.close()
    let again = try Ledger(store, LedgerSettings()) { _ in }
    let second = try gateway(app: "spendPerDay: 0.07", ledger: again)
    #expect(try await verify(second).status == 200)
    let refusal = try await verify(second)
    #expect(refusal.headers["RateLimit-Policy"] == #""app/spendPerDay";q=70000;qu="micros";w=86400"#)
    #expect(refusal.body["detail"]?.string == "The limit of the app, 0.07 per day, would be exceeded.")
    await again.close()
  }

  @Test("One phone number is verified only as often as the limit permits")
  func perNumber() async throws {
    let gateway = try gateway(app: "perNumber: {verify: 1/day}")
    #expect(try await verify(gateway).status == 200)
    #expect(try await verify(gateway).headers["RateLimit-Policy"] == #""app/perNumber";q=1;w=86400"#)
    let other = Self.body.replacing("13800000000", with: "13800000001")
    #expect(try await gateway.post("/v1/apps/shop/verify", other).status == 200)
  }
}

/// A folder for a ledger, removed at the end of the test.
private final class LedgerFolder: Sendable {
  let path: String

  init() {
    var template = Array((NSTemporaryDirectory() + "numgate-gateway-XXXXXX").utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
