import Configuration
import JSON
import Networking
import NumberAuth
import Store
import Testing

@testable import Gateway

@Suite("Calls in the ledger") struct LedgerOfCallsTests {
  private static let body = #"{"channel":"app","token":"TOKEN-123456789","phoneNumber":"13800000000"}"#

  private func gateway(
    _ answers: [ScriptedVendor.Answer], durability: LedgerSettings.Durability = .acknowledged
  ) throws -> (gateway: TestGateway, ledger: Ledger) {
    var settings = LedgerSettings()
    settings.durability = durability
    let ledger = try Ledger(StoreSettings(), settings) { _ in }
    return (try TestGateway(vendor: ScriptedVendor(answers), ledger: ledger), ledger)
  }

  private func answer(_ json: String) -> ScriptedVendor.Answer {
    .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: Array(json.utf8)))
  }

  private func usage(_ gateway: TestGateway, by: String, key: String = TestGateway.shopKey) async throws -> [JSONValue]
  {
    try await gateway.call("GET", "/v1/usage?by=" + by, key: key).body["usage"]?.elements ?? []
  }

  @Test("A call appears in the usage of its team, with its price, and not in that of another team")
  func usage() async throws {
    let (gateway, ledger) = try gateway([answer(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#)])
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.body).status == 200)
    await ledger.flush()
    let rows = try await usage(gateway, by: "team,app,operation,outcome,billing")
    #expect(rows.count == 1)
    #expect(rows.first?["team"]?.string == "shop")
    #expect(rows.first?["operation"]?.string == "verify")
    #expect(rows.first?["outcome"]?.string == "match")
    #expect(rows.first?["billing"]?.string == "yes")
    #expect(rows.first?["billed"]?.int == 1)
    #expect(rows.first?["spend"]?.string == "0.03")
    #expect(try await usage(gateway, by: "app", key: TestGateway.forumKey).isEmpty)
    await ledger.close()
  }

  @Test("A refused call has the vendor's id in its problem document, and its reason in the usage")
  func refused() async throws {
    let (gateway, ledger) = try gateway([answer(#"{"header":{"resultCode":"302"},"body":{"taskId":"task-7"}}"#)])
    let refusal = try await gateway.post("/v1/apps/shop/verify", Self.body)
    #expect(refusal.body["transaction"]?["vendorId"]?.string == "task-7")
    await ledger.flush()
    let rows = try await usage(gateway, by: "outcome,reason,delivery")
    #expect(rows.count == 1)
    #expect(rows.first?["outcome"]?.string == "failed")
    #expect(rows.first?["reason"]?.string == refusal.reason)
    #expect(rows.first?["delivery"]?.string == "answered")
    await ledger.close()
  }

  @Test("A call without an answer is counted as one that may be billed")
  func unknown() async throws {
    let (gateway, ledger) = try gateway([.failure(.timedOut)])
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.body).reason == "vendor-timeout")
    await ledger.flush()
    let rows = try await usage(gateway, by: "reason")
    #expect(rows.first?["maybeBilled"]?.int == 1)
    #expect(rows.first?["maybeSpend"]?.string == "0.03")
    await ledger.close()
  }

  @Test("A request that the gateway refuses is not in the ledger", arguments: LedgerSettings.Durability.allCases)
  func notSent(durability: LedgerSettings.Durability) async throws {
    let (gateway, ledger) = try gateway([.failure(.timedOut)], durability: durability)
    #expect(try await gateway.post("/v1/apps/shop/verify", #"{"channel":"app"}"#).status == 400)
    await ledger.flush()
    #expect(try await usage(gateway, by: "app").isEmpty)
    await ledger.close()
  }

  @Test(
    "An invalid question is refused with the valid words",
    arguments: ["by=colour", "from=yesterday", "from=2026-12-02&to=2026-12-01", "to=2026-13-01"])
  func invalid(query: String) async throws {
    let (gateway, ledger) = try gateway([.failure(.timedOut)])
    let refusal = try await gateway.call("GET", "/v1/usage?" + query)
    #expect(refusal.status == 400 && refusal.reason == "invalid-request")
    await ledger.close()
  }

  @Test("Without a ledger the usage is not found")
  func none() async throws {
    let gateway = try TestGateway(vendor: ScriptedVendor([.failure(.timedOut)]))
    #expect(try await gateway.call("GET", "/v1/usage").status == 404)
  }
}
