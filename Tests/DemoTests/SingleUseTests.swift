import Glibc
import JSON
import Networking
import Testing

/// The gateway sends a single-use token at most once per call of a team, for every behaviour of the vendor.
@Suite("A token", .timeLimit(.minutes(2))) struct SingleUseTests {
  static let faults: [String] = [
    #"{"connection":"reset-before-processing"}"#, #"{"connection":"reset-after-processing"}"#,
    #"{"connection":"never-answer"}"#, #"{"body":"cut"}"#, #"{"body":"endless"}"#, #"{"body":"garbage"}"#,
    #"{"body":"html"}"#, #"{"body":"empty"}"#, #"{"body":"code-as-number"}"#, #"{"contentType":"text/plain"}"#,
    #"{"httpStatus":500}"#, #"{"httpStatus":503,"body":"html"}"#, #"{"code":"987654"}"#,
    #"{"delayMilliseconds":1000}"#,
  ]

  private static let calls: [(app: String, channel: String, operation: String, provider: String, appId: String)] = [
    ("shop", "app", "verify", "china-mobile-app", "300000000004"),
    ("shop", "app", "login", "china-mobile-app", "300000000004"),
    ("shop", "h5", "login", "china-mobile-h5", "300000000001"),
    ("shop", "quick-app", "verify", "china-mobile-quick-app", "300000000003"),
    ("shop", "h5", "verify", "aliyun", "FC100000000000001"),
    ("games", "app", "verify", "yidun", "sandboxyidunbusiness000000000001"),
    ("music", "app", "login", "shanyan", "sandboxshanyan1"),
  ]

  @Test("reaches the vendor exactly once for every fault and every interface", arguments: faults)
  func once(fault: String) async throws {
    let stand = try TestDeployment {
      $0.replacing("    endpoint:", with: "    timeout: 200ms\n    endpoint:")
        .replacing("login: [mobile-h5, aliyun-h5]", with: "login: [mobile-h5]")
        // The breaker must not open: every call must be sent in spite of many consecutive failures.
        .replacing("server:\n", with: "server:\n  breaker: {failures: 1000, minimumCalls: 100000}\n")
    }
    let fault = try JSONValue.parse(fault)
    for call in Self.calls {
      let minted = try await stand.post(
        stand.sandbox, "/sandbox/tokens",
        JSONFragment {
          $0.object {
            $0.member("provider", call.provider)
            $0.member("appId", call.appId)
            $0.member("channel", call.channel)
            $0.member("operation", call.operation)
            $0.member("phoneNumber", "13800000000")
            $0.key("fault")
            $0.value(fault)
          }
        })
      let token = try #require(minted.body["token"]?.string)
      let answer = try await stand.post(
        stand.gateway, "/v1/apps/\(call.app)/\(call.operation)", key: "numgate-demo-shop-key",
        JSONFragment {
          $0.object {
            $0.member("channel", call.channel)
            $0.member("token", token)
            $0.member("phoneNumber", "13800000000")
            $0.member("userInformation", ifPresent: minted.body["userInformation"]?.string)
            if let inputs = minted.body["inputs"] {
              $0.key("inputs")
              $0.value(inputs)
            }
          }
        })
      // A failure contains the state of the token. Only a response can show that the call was billed.
      if answer.status != 200 {
        let delivery = try #require(answer.body["delivery"]?.string)
        #expect(delivery == "answered" || delivery == "unknown", "\(call.provider)")
        #expect(delivery != "unknown" || answer.body["billed"]?.string == "unknown", "\(call.provider)")
        #expect(delivery != "unknown" || answer.body["advice"]?.string == "new-session", "\(call.provider)")
      }
      let seen = try await stand.get(stand.sandbox, "/sandbox/requests").body.elements
      let matching = seen.filter { request in
        let query = (request["path"]?.string ?? "").replacing("%2B", with: "+").replacing("%2F", with: "/")
          .replacing("%3D", with: "=")
        return request["body"]?.string?.contains(token) == true || query.contains(token)
      }
      #expect(matching.count == 1, "\(call.provider) \(call.operation): received \(matching.count) times")
    }
  }
}
