import Configuration
import JSON
import Networking
import Testing

@testable import Gateway

@Suite("A busy account", .timeLimit(.minutes(1))) struct OverloadTests {
  private static let match = HTTPClientResponse(
    status: 200, headers: HTTPFields(), body: Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#.utf8))

  private static func body(_ token: String) -> String {
    #"{"channel":"app","token":"\#(token)","phoneNumber":"13800000000"}"#
  }

  private static func gateway(_ vendor: any VendorTransport, limits: String, more: String = "") throws -> TestGateway {
    try TestGateway(vendor: vendor) {
      $0.replacing(
        "  mobile-app:\n    provider: china-mobile-app\n",
        with: "  mobile-app:\n    limits: \(limits)\n    provider: china-mobile-app\n" + more)
    }
  }

  /// Waits until `count` calls are in the account's queue.
  private static func queued(_ count: Int, at gateway: TestGateway) async throws {
    while try await !gateway.metrics().contains(where: {
      $0.hasPrefix(#"numgate_account_queued{account="mobile-app","#) && $0.hasSuffix(" \(count)")
    }) {}
  }

  @Test("a call above the limits is refused at once and not sent") func full() async throws {
    let vendor = BusyVendor()
    let gateway = try Self.gateway(
      vendor, limits: "{concurrency: 1, queue: 1, queueTime: 50s}", more: "    timeout: 60s\n")
    async let first = gateway.post("/v1/apps/shop/verify", Self.body("first"))
    await vendor.arrived(1)
    async let second = gateway.post("/v1/apps/shop/verify", Self.body("second"))
    try await Self.queued(1, at: gateway)
    let refused = try await gateway.post("/v1/apps/shop/verify", Self.body("third"))
    #expect(refused.status == 503 && refused.reason == "overloaded")
    #expect(refused.body["delivery"]?.string == "not-sent" && refused.body["fault"]?.string == "gateway")
    #expect(refused.headers["Retry-After"] == "1")
    vendor.answerNext(.success(Self.match))
    #expect(try await first.body["verdict"]?.string == "match")
    await vendor.arrived(2)
    vendor.answerNext(.success(Self.match))
    #expect(try await second.body["verdict"]?.string == "match")
    #expect(vendor.bodies.count == 2 && !vendor.bodies.contains { $0.contains("third") })
    let metrics = try await gateway.metrics()
    let account = #"account="mobile-app",provider="china-mobile-app""#
    #expect(metrics.contains(#"numgate_account_shed_total{\#(account),cause="queue-full"} 1"#))
    #expect(metrics.contains("numgate_account_in_flight{\(account)} 0"))
    #expect(metrics.contains("numgate_account_queue_seconds_count{\(account)} 1"))
    #expect(metrics.contains("numgate_breaker_open{\(account)} 0"))
    let lines = try await gateway.log().split(separator: "\n").map { try JSONValue.parse(Array($0.utf8)) }
    #expect(lines.filter { $0["endpoint"]?.string == "verify" }.allSatisfy { $0["queueMicroseconds"]?.int != nil })
  }

  @Test("a call that has waited for queueTime is refused and leaves the queue") func queueTime()
    async throws
  {
    let vendor = BusyVendor()
    let gateway = try Self.gateway(
      vendor, limits: "{concurrency: 1, queue: 10, queueTime: 20ms}", more: "    timeout: 60s\n")
    async let first = gateway.post("/v1/apps/shop/verify", Self.body("first"))
    await vendor.arrived(1)
    let refused = try await gateway.post("/v1/apps/shop/verify", Self.body("second"))
    #expect(refused.reason == "overloaded" && refused.body["delivery"]?.string == "not-sent")
    #expect(refused.body["detail"]?.string?.contains("queueTime") == true)
    try await Self.queued(0, at: gateway)
    vendor.answerNext(.success(Self.match))
    #expect(try await first.body["verdict"]?.string == "match")
    #expect(vendor.bodies.count == 1)
  }

  /// Observed before this limit existed: with 4 connections, a healthy vendor that responds after half of the time-out,
  /// and 40 calls at once, 35 tokens were sent milliseconds before their deadline, lost, and counted as failures of the
  /// vendor.
  @Test("a call is not sent if less of its time-out is left than the vendor usually needs") func timeLeft()
    async throws
  {
    let files = TestFiles {
      $0.replacing(
        "  mobile-app:\n    provider: china-mobile-app\n",
        with:
          "  mobile-app:\n    limits: {concurrency: 1, queueTime: 50s}\n    timeout: 60s\n    provider: china-mobile-app\n"
      )
    }
    let account = try #require(
      try ConfigurationLoader.load(TestFiles.config, files: files.system).accounts["mobile-app"])
    let gate = AccountGate(account, BreakerSettings(), HostGate(HostGate.Key(account), BreakerSettings()))
    let loop = try EventLoop.start(name: "gate-test")
    defer { loop.stop() }
    let start = MonotonicTime.now
    func call() -> AccountGate.Call {
      AccountGate.Call(app: "shop", arrival: start, deadline: start.advanced(by: .seconds(60)), timeout: .seconds(60))
    }
    // The vendor needs 20 s for the first call and 28 s for the second: 1.25 times the estimate is slightly over 25 s.
    guard case .pass(let first) = gate.enter(call()) else {
      Issue.record("the first call must be sent")
      return
    }
    _ = gate.leave(first, isHealthy: true, nanoseconds: 20_000_000_000, at: start)
    guard case .pass(let second) = gate.enter(call()) else {
      Issue.record("the second call must be sent")
      return
    }
    #expect(second.latestStart == start.advanced(by: .seconds(35)))
    let (third, fourth) = (call(), call())
    async let thirdDecision = Task(executorPreference: loop) { await gate.wait(third, on: loop) }.value
    while gate.reading.queued < 1 { await Task.yield() }
    async let fourthDecision = Task(executorPreference: loop) { await gate.wait(fourth, on: loop) }.value
    while gate.reading.queued < 2 { await Task.yield() }
    _ = gate.leave(second, isHealthy: true, nanoseconds: 28_000_000_000, at: start.advanced(by: .seconds(28)))
    guard case .pass(let pass) = await thirdDecision else {
      Issue.record("32 s are enough for the third call")
      return
    }
    _ = gate.leave(pass, isHealthy: true, nanoseconds: 20_000_000_000, at: start.advanced(by: .seconds(48)))
    guard case .refused(.timeLeft, _) = await fourthDecision else {
      Issue.record("12 s are not enough for the fourth call")
      return
    }
    let reading = gate.reading
    #expect(reading.inFlight == 0 && reading.shed[.timeLeft] == 1 && reading.breaker.breaker.state == .closed)
  }

  @Test("calls of different apps are sent in turn") func fairness() async throws {
    let vendor = BusyVendor()
    let gateway = try TestGateway(vendor: vendor) {
      $0.replacing(
        "  mobile-app:\n    provider: china-mobile-app\n",
        with:
          "  mobile-app:\n    limits: {concurrency: 1, queueTime: 50s}\n    timeout: 60s\n    provider: china-mobile-app\n"
      ).replacing("apps:\n  shop:\n", with: "apps:\n  other:\n    app:\n      verify: [mobile-app]\n  shop:\n")
        .replacing("apps: [shop, club,", with: "apps: [shop, other, club,")
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      func call(_ app: String, _ token: String) {
        group.addTask { _ = try await gateway.post("/v1/apps/\(app)/verify", Self.body(token)) }
      }
      call("shop", "first")
      await vendor.arrived(1)
      for number in 0..<3 {
        call("shop", "burst-\(number)")
        try await Self.queued(number + 1, at: gateway)
      }
      call("other", "single")
      try await Self.queued(4, at: gateway)
      for count in 1...5 {
        await vendor.arrived(count)
        vendor.answerNext(.success(Self.match))
      }
      try await group.waitForAll()
    }
    #expect(vendor.bodies.firstIndex { $0.contains("single") } == 2)
  }
}
