import JSON
import Networking

/// Steps in which the gateway answers without a call to the vendor.
extension DemoScenario {
  /// A backend that has lost the answer repeats its request, and gets the first answer.
  func repeated() -> DemoStep {
    DemoStep(call: "the same Idempotency-Key", vendor: "china-mobile-app") { () throws(DemoError) in
      let phone = try await prepare(.shop, "app", "verify")
      func verify() async throws(DemoError) -> Caller.Answer {
        try await gateway.post(
          "/v1/apps/shop/verify", key: DemoAccount.shop.key, idempotencyKey: "demo-" + phone.token
        ) {
          phone.write(into: &$0)
          $0.member("phoneNumber", Self.number)
        }
      }
      let (first, second) = (try await verify(), try await verify())
      let isReplay = second.headers["Idempotency-Replayed"] == "true"
      return Outcome(
        result: (second.body["verdict"]?.string ?? failure(second)) + (isReplay ? ", the first answer again" : ""),
        isAsExpected: isReplay && second.bytes == first.bytes && second.body["verdict"]?.string == "match",
        lastCallStart: second.start)
    }
  }

  /// Guesses of one phone number, until the limit `perNumber` of the app refuses them.
  func guesses() -> DemoStep {
    DemoStep(call: "guesses of one number", vendor: "(gateway)") { () throws(DemoError) in
      var accepted = 0
      while true {
        let phone = try await prepare(.video, "app", "verify")
        let answer = try await gateway.post("/v1/apps/video/verify", key: DemoAccount.video.key) {
          phone.write(into: &$0)
          $0.member("phoneNumber", Self.guessed)
        }
        guard answer.status == 200, accepted < Self.permittedGuesses else {
          return Outcome(
            result: failure(answer) + ", after \(accepted)",
            isAsExpected: answer.reason == "rate-limited" && accepted == Self.permittedGuesses,
            lastCallStart: answer.start)
        }
        accepted += 1
      }
    }
  }

  static let guessed = "13700000000"
  /// `perNumber` of the app `video` in the shipped configuration.
  static let permittedGuesses = 5
}
