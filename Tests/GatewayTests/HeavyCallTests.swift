import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

@Suite("Calls that need an RSA private key", .timeLimit(.minutes(1))) struct HeavyCallTests {
  private static let match = HTTPClientResponse(
    status: 200, headers: HTTPFields(), body: Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#.utf8))
  private static let number = HTTPClientResponse(
    status: 200, headers: HTTPFields(), body: Array(#"{"resultCode":"103000","msisdn":"13800000000"}"#.utf8))

  /// Events in order. Accessed on a loop only.
  private final class Record: @unchecked Sendable {
    var events: [String] = []
    var answers: [TestGateway.Answer] = []
  }

  /// Responds immediately, after calling `onRequest`.
  private struct PromptVendor: VendorTransport {
    let answer: HTTPClientResponse
    let onRequest: @Sendable (String) -> Void

    func send(
      _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
    ) async -> Result<HTTPClientResponse, HTTPClientError> {
      onRequest(String(decoding: request.body, as: UTF8.self).contains("light") ? "light" : "heavy")
      return .success(answer)
    }
  }

  /// The number of tokens: identical calls in flight would share one vendor call.
  private static let tokens = Locked(0)

  /// The app `club` signs with RSA, the app `shop` with HMAC.
  private static func call(_ gateway: TestGateway, _ kind: String, _ operation: String = "verify") async
    -> TestGateway.Answer?
  {
    let number = tokens.withLock {
      $0 += 1
      return $0
    }
    return try? await gateway.post(
      "/v1/apps/\(kind == "light" ? "shop" : "club")/\(operation)",
      #"{"channel":"app","token":"\#(kind)-\#(number)","phoneNumber":"13800000000"}"#)
  }

  /// Starts all calls on the loop before the first of them runs; `last` runs after all of them in the same turn.
  private static func call(
    _ gateway: TestGateway, _ kinds: [String], _ record: Record, last: @escaping @Sendable () -> Void = {}
  ) async {
    let loop = gateway.loop
    await Task(executorPreference: loop) {
      await withTaskGroup { group in
        for kind in kinds {
          group.addTask(executorPreference: loop) {
            if let answer = await call(gateway, kind) { record.answers.append(answer) }
          }
        }
        // The calls run in separate tasks, which are queued behind these.
        group.addTask(executorPreference: loop) {
          await Task(executorPreference: loop) { last() }.value
        }
      }
    }.value
  }

  private static func gateway(_ vendor: any VendorTransport, limits: String = "{}") throws -> TestGateway {
    try TestGateway(vendor: vendor) {
      $0.replacing("  mobile-app-rsa:\n", with: "  mobile-app-rsa:\n    limits: \(limits)\n")
    }
  }

  @Test("are sent after all other calls that are ready") func order() async throws {
    let record = Record()
    let gateway = try Self.gateway(PromptVendor(answer: Self.match) { record.events.append($0) })
    await Self.call(gateway, ["heavy", "heavy", "light", "heavy", "light"], record)
    #expect(record.events == ["light", "light", "heavy", "heavy", "heavy"])
    #expect(record.answers.count == 5 && record.answers.allSatisfy { $0.body["verdict"]?.string == "match" })
  }

  @Test("read their response after all other calls that are ready") func reading() async throws {
    let record = Record()
    let other = Locked<(@Sendable () -> Void)?>(nil)
    let gateway = try Self.gateway(
      PromptVendor(answer: Self.number) {
        record.events.append($0)
        other.withLock { $0 }?()
      })
    let loop = gateway.loop
    other.withLock {
      $0 = {
        Task(executorPreference: loop) {
          // More jobs than are needed to return a response to its caller.
          for _ in 0..<100 { await Task.yield() }
          record.events.append("other")
        }
      }
    }
    await Task(executorPreference: loop) {
      let answer = await Self.call(gateway, "heavy", "login")
      #expect(answer?.body["phoneNumber"]?.string == "13800000000")
      record.events.append("answered")
    }.value
    #expect(record.events == ["heavy", "other", "answered"])
  }

  @Test("are refused, and not sent, if as many are waiting as the account's limits allow") func full() async throws {
    let record = Record()
    let gateway = try Self.gateway(
      PromptVendor(answer: Self.match) { record.events.append($0) }, limits: "{concurrency: 1, queue: 1}")
    await Self.call(gateway, ["heavy", "heavy", "heavy"], record)
    #expect(record.events == ["heavy", "heavy"])
    let refused = record.answers.filter { $0.status == 503 }
    #expect(refused.count == 1 && record.answers.filter { $0.status == 200 }.count == 2)
    #expect(refused.first?.reason == "overloaded" && refused.first?.body["delivery"]?.string == "not-sent")
    #expect(refused.first?.headers["Retry-After"] == "1")
    let account = #"account="mobile-app-rsa",provider="china-mobile-app""#
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_account_shed_total{\#(account),cause="rsa-queue-full"} 1"#))
    #expect(metrics.contains("numgate_account_queued{\(account)} 0"))
    #expect(metrics.contains("numgate_account_in_flight{\(account)} 0"))
  }

  /// Blocks the loop.
  private static func block(for duration: Duration) {
    let end = MonotonicTime.now.advanced(by: duration)
    while MonotonicTime.now < end {}
  }

  @Test("are refused, and not sent, after waiting for queueTime") func queueTime() async throws {
    let record = Record()
    let gateway = try Self.gateway(
      PromptVendor(answer: Self.match) { record.events.append($0) }, limits: "{queueTime: 1ms}")
    await Self.call(gateway, ["heavy"], record) { Self.block(for: .milliseconds(2)) }
    #expect(record.events == [] && record.answers.first?.reason == "overloaded")
    #expect(record.answers.first?.body["detail"]?.string?.contains("queueTime") == true)
    let account = #"account="mobile-app-rsa",provider="china-mobile-app""#
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_account_shed_total{\#(account),cause="rsa-queue-time"} 1"#))
    #expect(metrics.contains("numgate_account_queued{\(account)} 0"))
  }

  @Test("have their waiting time in the log line and in the metrics") func observed() async throws {
    let record = Record()
    let gateway = try Self.gateway(
      PromptVendor(answer: Self.match) { record.events.append($0) }, limits: "{queueTime: 60s}")
    await Self.call(gateway, ["heavy"], record) { Self.block(for: .milliseconds(2)) }
    let line = try await #require(gateway.log().split(separator: "\n").first { $0.contains(#""endpoint":"verify""#) })
    let waited = try #require(try JSONValue.parse(Array(line.utf8))["queueMicroseconds"]?.int)
    #expect(waited >= 2000)
    let account = #"account="mobile-app-rsa",provider="china-mobile-app""#
    #expect(try await gateway.metrics().contains("numgate_account_queue_seconds_count{\(account)} 1"))
  }
}
