import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("Idempotent requests") struct IdempotencyTests {
  private static let path = "/v1/apps/shop/verify"
  private static let body = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#
  private static let otherNumber = #"{"channel":"app","token":"STsid1","phoneNumber":"13900000000"}"#
  private static let good: ScriptedVendor.Answer = .success(
    HTTPClientResponse(
      status: 200, headers: HTTPFields(),
      body: Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#.utf8)))
  private static let expired: ScriptedVendor.Answer = .success(
    HTTPClientResponse(
      status: 200, headers: HTTPFields(), body: Array(#"{"header":{"resultCode":"606"},"body":{}}"#.utf8)))

  private func verify(
    _ gateway: TestGateway, _ key: String?, body: String = body, team: String = TestGateway.shopKey
  ) async throws -> TestGateway.Answer {
    try await gateway.call(
      "POST", Self.path, key: team, headers: key.map { ["Idempotency-Key": $0] } ?? [:], body: body)
  }

  @Test("A key gets its first answer again, and the vendor one call", arguments: [good, expired])
  func replay(_ vendorAnswer: ScriptedVendor.Answer) async throws {
    let vendor = ScriptedVendor([vendorAnswer])
    let gateway = try TestGateway(vendor: vendor)
    let first = try await verify(gateway, #""8e03978e""#)
    let second = try await verify(gateway, "8e03978e")
    #expect(vendor.requests.count == 1)
    #expect(second.status == first.status && second.bytes == first.bytes)
    #expect(second.headers["Content-Type"] == first.headers["Content-Type"])
    #expect(first.headers["Idempotency-Replayed"] == nil && second.headers["Idempotency-Replayed"] == "true")
    #expect(first.headers["x-request-id"] != second.headers["x-request-id"])
    let log = await gateway.log().split(separator: "\n").map(String.init)
    #expect(log.count == 2 && !log[0].contains("reuse") && log[1].contains(#""reuse":"replayed""#))
    #expect(!log.joined().contains("8e03978e"))
    #expect(try await gateway.metrics().contains(#"numgate_idempotency_requests_total{result="replayed"} 1"#))
  }

  @Test("A key with another body is refused; another key, endpoint or app is another request") func scope()
    async throws
  {
    let vendor = ScriptedVendor([Self.good])
    let gateway = try TestGateway(vendor: vendor)
    _ = try await verify(gateway, "k")
    let other = try await verify(gateway, "k", body: Self.otherNumber)
    #expect(other.status == 422 && other.reason == "idempotency-key-reused")
    #expect(other.body["delivery"]?.string == "not-sent" && vendor.requests.count == 1)
    #expect(try await verify(gateway, "k2", body: Self.otherNumber).status == 200)
    #expect(vendor.requests.count == 2)
    let session = try await gateway.call(
      "POST", "/v1/apps/shop/sessions", headers: ["Idempotency-Key": "k"],
      body: #"{"channel":"app","operation":"verify"}"#)
    #expect(session.status == 200 && session.headers["Idempotency-Replayed"] == nil)
    let again = try await gateway.call(
      "POST", "/v1/apps/shop/sessions", headers: ["Idempotency-Key": "k"],
      body: #"{"channel":"app","operation":"verify"}"#)
    #expect(again.body["session"]?.string == session.body["session"]?.string)
  }

  @Test("A failure is not kept if the vendor has not received the call") func notKept() async throws {
    let vendor = ScriptedVendor([.failure(.notConnected("connection refused")), Self.good])
    let gateway = try TestGateway(vendor: vendor)
    #expect(try await verify(gateway, "k").reason == "vendor-unreachable")
    let second = try await verify(gateway, "k")
    #expect(second.status == 200 && second.headers["Idempotency-Replayed"] == nil)
    #expect(try await verify(gateway, "bad", body: "{}").status == 400)
    #expect(try await verify(gateway, "bad").status == 200)
  }

  @Test("A second request waits for the first one with its key") func waits() async throws {
    let vendor = PausedVendor(Self.good)
    let gateway = try TestGateway(vendor: vendor)
    async let first = verify(gateway, "k")
    await vendor.arrived()
    let other = try await verify(gateway, "k", body: Self.otherNumber)
    #expect(other.reason == "idempotency-key-reused")
    async let second = verify(gateway, "k")
    vendor.resume()
    let answers = try await [first, second]
    #expect(answers[0].bytes == answers[1].bytes && answers[0].status == 200)
    #expect(answers[1].headers["Idempotency-Replayed"] == "true")
    #expect(vendor.requests.count == 1)
  }

  @Test("A second request with a key does not wait longer than the time-out of the account") func waitsTooLong()
    async throws
  {
    let vendor = PausedVendor(Self.good)
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing("    endpoint: http", with: "    timeout: 100ms\n    endpoint: http")
    }
    async let first = verify(gateway, "k")
    await vendor.arrived()
    let second = try await verify(gateway, "k")
    #expect(second.status == 409 && second.reason == "request-in-progress" && second.headers["Retry-After"] == "1")
    vendor.resume()
    #expect(try await first.status == 200)
  }

  @Test("Two identical calls in flight make one vendor call; a call with another number makes another one")
  func shared() async throws {
    let vendor = PausedVendor(Self.good)
    let gateway = try TestGateway(vendor: vendor)
    async let first = verify(gateway, nil)
    await vendor.arrived()
    async let second = verify(gateway, nil)
    await gateway.waitForSharedCall()
    let other = try await verify(gateway, nil, body: Self.otherNumber)
    #expect(other.status == 200 && vendor.requests.count == 2)
    vendor.resume()
    let answers = try await [first, second]
    #expect(answers[0].bytes == answers[1].bytes && answers[0].status == 200)
    #expect(vendor.requests.count == 2 && gateway.gateway.flights.count == 0)
    let log = await gateway.log()
    #expect(log.contains(#""reuse":"shared""#) && !log.contains("STsid1"))
    // The token is not remembered after the answer.
    _ = try await verify(gateway, nil)
    #expect(vendor.requests.count == 3)
  }

  @Test("Two identical calls in flight share a failure") func sharedFailure() async throws {
    let vendor = PausedVendor(Self.expired)
    let gateway = try TestGateway(vendor: vendor)
    async let first = verify(gateway, nil)
    await vendor.arrived()
    async let second = verify(gateway, nil)
    await gateway.waitForSharedCall()
    vendor.resume()
    let answers = try await [first, second]
    #expect(answers.allSatisfy { $0.reason == "token-expired" })
    #expect(answers[0].body["transaction"]?["id"]?.string == answers[1].body["transaction"]?["id"]?.string)
    #expect(answers[0].body["instance"]?.string != answers[1].body["instance"]?.string)
    #expect(vendor.requests.count == 1)
  }

  @Test(
    "A key is a string in quotes, or a token",
    arguments: [
      (#""a b""#, "a b"), (#""a\"\\b""#, #"a"\b"#), ("8e03978e-40d5", "8e03978e-40d5"), ("a/b:c", "a/b:c"),
      (#"""#, nil), (#""""#, nil), ("", nil), (#""a"b""#, nil), (#""a\b""#, nil), (#""a\""#, nil), ("a b", nil),
      ("\"é\"", nil), ("a,b", nil), (#""a";p=1"#, nil), (String(repeating: "a", count: 256), nil),
      (String(repeating: "a", count: 255), String(repeating: "a", count: 255)),
    ])
  func keys(_ value: String, _ expected: String?) { #expect(IdempotencyKey.parse(value) == expected) }

  @Test("A malformed key is refused before the vendor is called") func malformed() async throws {
    let vendor = ScriptedVendor([Self.good])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await verify(gateway, "a b")
    #expect(answer.status == 400 && answer.reason == "invalid-request" && vendor.requests.isEmpty)
    let twice = try await gateway.call(
      "POST", Self.path, headers: ["Idempotency-Key": "a", "idempotency-key": "b"], body: Self.body)
    #expect(twice.status == 400 && vendor.requests.isEmpty)
  }
}

extension TestGateway {
  /// Returns when a request waits for an identical call in flight. Waits on the loop, whose other tasks run first.
  fileprivate func waitForSharedCall() async {
    let gateway = gateway
    await Task(executorPreference: loop) {
      while gateway.flights.waiting == 0 { await Task.yield() }
    }.value
  }
}
