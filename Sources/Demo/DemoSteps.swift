import JSON
import Networking

/// An app of the shipped configuration, and a key of its team.
struct DemoAccount: Sendable {
  let app: String
  let key: String

  static let shop = DemoAccount(app: "shop", key: "numgate-demo-shop-key")
  static let club = DemoAccount(app: "club", key: "numgate-demo-shop-key")
  static let forum = DemoAccount(app: "forum", key: "numgate-demo-forum-key")
  static let market = DemoAccount(app: "market", key: "numgate-demo-shop-key")
  static let games = DemoAccount(app: "games", key: "numgate-demo-shop-key")
  static let music = DemoAccount(app: "music", key: "numgate-demo-shop-key")
  static let video = DemoAccount(app: "video", key: "numgate-demo-shop-key")
  static let travel = DemoAccount(app: "travel", key: "numgate-demo-shop-key")
  static let news = DemoAccount(app: "news", key: "numgate-demo-shop-key")
  static let books = DemoAccount(app: "books", key: "numgate-demo-shop-key")
  static let abroad = DemoAccount(app: "abroad", key: "numgate-demo-shop-key")
  static let abroadCIBA = DemoAccount(app: "abroad-ciba", key: "numgate-demo-shop-key")
}

extension DemoScenario {
  static let number = "13800000000"
  static let other = "13900000000"

  /// All products with all channels and operations, followed by failures.
  func steps() -> [DemoStep] {
    [
      login(.shop, "h5", "china-mobile-h5"),
      login(.shop, "wechat-mini-program", "china-mobile-wechat"),
      verify(.shop, "quick-app", "china-mobile-quick-app", typed: Self.number),
      verify(.shop, "quick-app", "china-mobile-quick-app", typed: Self.other),
      login(.shop, "app", "china-mobile-app", note: "MD5"),
      login(.club, "app", "china-mobile-app", note: "RSA"),
      login(.club, "h5", "china-mobile-app"),
      verify(.shop, "app", "china-mobile-app", typed: Self.number, note: "keyType 0"),
      verify(.shop, "app", "china-mobile-app", typed: Self.other, note: "keyType 0"),
      verify(.club, "app", "china-mobile-app", typed: Self.number, note: "keyType 1"),
      verify(.club, "h5", "china-mobile-app", typed: Self.number),
      verify(.shop, "h5", "aliyun", typed: Self.number, note: "V3"),
      verify(.shop, "h5", "aliyun", typed: Self.other, note: "V3"),
      verify(.forum, "h5", "aliyun", typed: Self.number, note: "V1, STS"),
      verify(.forum, "app", "aliyun", typed: Self.number, note: "V3"),
      login(.forum, "h5", "aliyun"),
      login(.forum, "app", "aliyun", note: "V1, STS"),
      login(.market, "app", "jiguang"),
      login(.market, "h5", "jiguang"),
      verify(.market, "app", "jiguang", typed: Self.number),
      verify(.market, "app", "jiguang", typed: Self.other),
      verify(.market, "h5", "jiguang", typed: Self.number),
      verify(.market, "h5", "jiguang", typed: Self.other),
      login(.games, "app", "yidun"),
      verify(.games, "app", "yidun", typed: Self.number),
      verify(.games, "app", "yidun", typed: Self.other),
      login(.travel, "app", "tencent-cloud"),
      login(.music, "app", "shanyan", note: "AES"),
      verify(.music, "app", "shanyan", typed: Self.number, note: "AES"),
      verify(.music, "app", "shanyan", typed: Self.other, note: "AES"),
      login(.video, "app", "shanyan", note: "RSA"),
      verify(.video, "app", "shanyan", typed: Self.number, note: "RSA"),
      verify(.video, "app", "shanyan", typed: Self.other, note: "RSA"),
      login(.news, "app", "mobtech"),
      login(.books, "app", "getui"),
      login(.books, "wechat-mini-program", "wechat", note: "access token"),
      login(.books, "alipay-mini-program", "alipay"),
      login(.abroad, "app", "camara", note: "JWT bearer"),
      verify(.abroad, "app", "camara", typed: Self.number, note: "JWT bearer"),
      verify(.abroad, "app", "camara", typed: Self.other, note: "JWT bearer"),
      login(.abroadCIBA, "app", "camara-ciba", note: "CIBA"),
      verify(.abroadCIBA, "app", "camara-ciba", typed: Self.number, note: "CIBA"),
      usedTwice(), report(), fault("an undocumented code", #"{"code":"987654"}"#, expected: "unmapped"),
      fault("an HTML response", #"{"body":"html"}"#, expected: "vendor-protocol-error"),
      fault("a reset after processing", #"{"connection":"reset-after-processing"}"#, expected: "vendor-timeout"),
      wrongKey(), repeated(), guesses(),
    ]
  }

  private func login(_ demo: DemoAccount, _ channel: String, _ vendor: String, note: String? = nil) -> DemoStep {
    DemoStep(call: "login on \(channel)" + (note.map { " (\($0))" } ?? ""), vendor: vendor) { () throws(DemoError) in
      let phone = try await prepare(demo, channel, "login")
      let answer = try await gateway.post("/v1/apps/\(demo.app)/login", key: demo.key) { phone.write(into: &$0) }
      let isGood =
        answer.status == 200 && answer.body["phoneNumber"]?.string == Self.number
        && answer.body["provider"]?.string == vendor
      return Outcome(
        result: answer.body["masked"]?.string.map { $0 + billed(answer) } ?? failure(answer), isAsExpected: isGood,
        vendor: answer.body["provider"]?.string, lastCallStart: answer.start)
    }
  }

  private func verify(
    _ demo: DemoAccount, _ channel: String, _ vendor: String, typed: String, note: String? = nil
  ) -> DemoStep {
    DemoStep(call: "verify on \(channel)" + (note.map { " (\($0))" } ?? ""), vendor: vendor) { () throws(DemoError) in
      let phone = try await prepare(demo, channel, "verify")
      let answer = try await gateway.post("/v1/apps/\(demo.app)/verify", key: demo.key) {
        phone.write(into: &$0)
        $0.member("phoneNumber", typed)
      }
      let verdict = answer.body["verdict"]?.string
      let isGood =
        verdict == (typed == Self.number ? "match" : "mismatch")
        && answer.body["provider"]?.string == vendor
      return Outcome(
        result: verdict.map { $0 + billed(answer) } ?? failure(answer), isAsExpected: isGood,
        vendor: answer.body["provider"]?.string, lastCallStart: answer.start)
    }
  }

  private func billed(_ answer: Caller.Answer) -> String {
    answer.body["billed"]?.string == "yes" ? ", billed" : ", billed: \(answer.body["billed"]?.string ?? "?")"
  }

  func failure(_ answer: Caller.Answer) -> String {
    guard let reason = answer.reason else { return "HTTP \(answer.status)" }
    let code = answer.body["vendor"]?["code"]?.string
    return "\(answer.status) \(reason)" + (code.map { " (\($0))" } ?? "")
      + (answer.body["advice"]?.string.map { " -> " + $0 } ?? "")
  }

  // MARK: Failures

  private func usedTwice() -> DemoStep {
    DemoStep(call: "the same token again", vendor: "china-mobile-h5") { () throws(DemoError) in
      let phone = try await prepare(.shop, "h5", "login")
      _ = try await gateway.post("/v1/apps/shop/login", key: DemoAccount.shop.key) { phone.write(into: &$0) }
      let answer = try await gateway.post("/v1/apps/shop/login", key: DemoAccount.shop.key) { phone.write(into: &$0) }
      return Outcome(
        result: failure(answer), isAsExpected: answer.reason == "token-expired", lastCallStart: answer.start)
    }
  }

  private func report() -> DemoStep {
    DemoStep(call: "an SDK error on Wi-Fi", vendor: "china-mobile-h5") { () throws(DemoError) in
      let session = try await openSession(.shop, "h5", "login")
      let minted = try await sandbox.post("/sandbox/tokens") {
        SimulatedPhone.describe(session, "login", into: &$0)
        $0.object("fault") {
          $0.member("stage", "acquire")
          $0.member("carrier", "YD")
          $0.member("code", "103111")
        }
      }
      guard let report = minted.body["error"] else { throw DemoError(message: "the SDK returned no error") }
      let answer = try await gateway.post("/v1/apps/shop/failures", key: DemoAccount.shop.key) {
        $0.member("session", session.text)
        $0.key("report")
        $0.value(report)
      }
      let failure = answer.body["failure"]
      let reason = failure?["reason"]?.string
      return Outcome(
        result:
          "\(answer.status) \(reason ?? "?") (\(failure?["vendor"]?["code"]?.string ?? "?")) -> \(failure?["advice"]?.string ?? "?")",
        isAsExpected: reason == "cellular-required", lastCallStart: answer.start)
    }
  }

  private func fault(_ name: String, _ fault: String, expected: String) -> DemoStep {
    DemoStep(call: name, vendor: "china-mobile-app") { () throws(DemoError) in
      guard let fault = try? JSONValue.parse(fault) else { throw DemoError(message: "the fault is not JSON") }
      let phone = try await prepare(.shop, "app", "verify", fault: fault)
      let answer = try await gateway.post("/v1/apps/shop/verify", key: DemoAccount.shop.key) {
        phone.write(into: &$0)
        $0.member("phoneNumber", Self.number)
      }
      return Outcome(
        result: failure(answer), isAsExpected: answer.reason == expected, lastCallStart: answer.start)
    }
  }

  private func wrongKey() -> DemoStep {
    DemoStep(call: "an invalid team key", vendor: "(gateway)") { () throws(DemoError) in
      let answer = try await gateway.post("/v1/apps/shop/login", key: "no-such-key") { $0.member("channel", "app") }
      return Outcome(
        result: failure(answer), isAsExpected: answer.reason == "unauthenticated", lastCallStart: answer.start)
    }
  }
}
