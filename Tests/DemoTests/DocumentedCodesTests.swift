import Configuration
import Glibc
import JSON
import Networking
import NumberAuth
import Testing

/// For every documented code: the sandbox returns it in the format of the vendor, and the failure from the gateway's
/// HTTP API is compared with its entry.
@Suite("Every documented code, from the sandbox through the gateway") struct DocumentedCodesTests {
  struct Documented: Sendable, CustomStringConvertible {
    let provider: String
    let stage: Stage
    let carrier: Carrier?
    let code: String
    let text: String

    var description: String { "\(provider) \(stage.rawValue) \(carrier?.rawValue ?? "any") \(code)" }
  }

  static let codes: [Documented] = {
    let path = TestDeployment.root + "Tests/ConfigurationTests/Documented/documented-codes.json"
    guard let bytes = FileSystem.machine.read(path), let list = try? JSONValue.parse(bytes) else { return [] }
    return list.elements.compactMap { entry in
      guard let provider = entry["provider"]?.string, let stage = entry["stage"]?.string.flatMap(Stage.init),
        let code = entry["code"]?.string, let text = entry["text"]?.string
      else { return nil }
      return Documented(
        provider: provider, stage: stage, carrier: entry["carrier"]?.string.flatMap(Carrier.init), code: code,
        text: text)
    }
  }()

  /// The app, channel and operation with which a provider is called.
  private struct Way {
    let app: String
    let channel: String
    let operation: String
    let appId: String
    var key = "numgate-demo-shop-key"
  }

  private static func way(_ provider: String, _ stage: Stage) -> Way? {
    switch provider {
    case "china-mobile-h5": Way(app: "shop", channel: "h5", operation: "login", appId: "300000000001")
    case "china-mobile-wechat":
      Way(app: "shop", channel: "wechat-mini-program", operation: "login", appId: "300000000002")
    case "china-mobile-quick-app": Way(app: "shop", channel: "quick-app", operation: "verify", appId: "300000000003")
    case "china-mobile-app":
      Way(app: "shop", channel: "app", operation: stage == .verify ? "verify" : "login", appId: "300000000004")
    case "aliyun":
      Way(
        app: "forum", channel: "h5", operation: stage == .login ? "login" : "verify", appId: "FC100000000000001",
        key: "numgate-demo-forum-key")
    case "jiguang":
      Way(
        app: "market", channel: "app", operation: stage == .verify ? "verify" : "login",
        appId: "sandbox00000000000000001")
    case "yidun":
      Way(
        app: "games", channel: "app", operation: stage == .verify ? "verify" : "login",
        appId: "sandboxyidunbusiness000000000001")
    case "shanyan":
      Way(app: "music", channel: "app", operation: stage == .verify ? "verify" : "login", appId: "sandboxshanyan1")
    case "tencent-cloud": Way(app: "travel", channel: "app", operation: "login", appId: "1400000001")
    case "mobtech": Way(app: "news", channel: "app", operation: "login", appId: "sandboxmobkey")
    case "getui": Way(app: "books", channel: "app", operation: "login", appId: "sandboxgetuiappid00001")
    default: nil
    }
  }

  /// Edits the configuration so that the breaker does not open and routes have one account.
  private static let singleAccounts: @Sendable (String) -> String = {
    $0.replacing("server:\n", with: "server:\n  breaker: {failures: 1000, minimumCalls: 100000}\n")
      .replacing("login: [mobile-h5, aliyun-h5]", with: "login: [mobile-h5]")
      .replacing("[{account: aliyun-h5, weight: 1}, {account: aliyun-sts, weight: 1}]", with: "[aliyun-sts]")
  }

  @Test("is in the list") func listed() {
    #expect(Self.codes.count > 880)
  }

  @Test("of an SDK results in the failure of its entry") func reported() async throws {
    let stand = try TestDeployment(change: Self.singleAccounts)
    var seen = 0
    for documented in Self.codes where documented.stage == .acquire || documented.stage == .token {
      let way = try #require(Self.way(documented.provider, documented.stage))
      let minted = try await stand.post(stand.sandbox, "/sandbox/tokens", Self.mint(way, documented, seen))
      let report = try #require(minted.body["error"], "\(documented): \(minted.body["message"]?.string ?? "")")
      let answer = try await stand.post(
        stand.gateway, "/v1/apps/\(way.app)/failures", key: way.key,
        JSONFragment {
          $0.object {
            $0.member("channel", way.channel)
            $0.key("report")
            $0.value(report)
          }
        })
      try Self.check(documented, answer, stand.configuration)
      seen += 1
    }
    #expect(seen > 400)
  }

  @Test("of a server results in the failure of its entry") func answered() async throws {
    let stand = try TestDeployment(change: Self.singleAccounts)
    var seen = 0
    for documented in Self.codes where documented.stage == .login || documented.stage == .verify {
      let table = try #require(stand.configuration.providers[documented.provider]).table
      guard let row = table.row(documented.code, stage: documented.stage), case .failure = row.meaning else { continue }
      let way = try #require(Self.way(documented.provider, documented.stage))
      let answer = try await Self.call(stand, way, documented, seen)
      try Self.check(documented, answer, stand.configuration)
      #expect(answer.body["delivery"]?.string == "answered", "\(documented)")
      #expect(answer.body["billed"]?.string == row.billed.rawValue, "\(documented)")
      seen += 1
    }
    #expect(seen > 250)
  }

  /// A code alone does not contain a number or a verdict, except if the vendor's verdict is the code.
  @Test("of a success or a verdict results in an error if the response contains nothing else")
  func bare() async throws {
    let stand = try TestDeployment(change: Self.singleAccounts)
    var seen = 0
    for documented in Self.codes where documented.stage == .login || documented.stage == .verify {
      let file = try #require(stand.configuration.providers[documented.provider])
      guard file.adapter == .declarative, let row = file.table.row(documented.code, stage: documented.stage) else {
        continue
      }
      if case .failure = row.meaning { continue }
      let way = try #require(Self.way(documented.provider, documented.stage))
      let answer = try await Self.call(stand, way, documented, seen)
      if case .verdict(let verdict) = row.meaning, documented.provider == "jiguang" {
        #expect(answer.status == 200 && answer.body["verdict"]?.string == verdict.rawValue, "\(documented)")
        #expect(answer.body["billed"]?.string == row.billed.rawValue, "\(documented)")
      } else {
        #expect(answer.body["reason"]?.string == "vendor-protocol-error", "\(documented)")
        #expect(answer.body["delivery"]?.string == "answered", "\(documented)")
      }
      seen += 1
    }
    #expect(seen == 15)
  }

  @Test("of GetAuthToken results in the failure of its entry") func prepared() async throws {
    let stand = try TestDeployment(change: Self.singleAccounts)
    var seen = 0
    for documented in Self.codes where documented.stage == .prepare {
      let table = try #require(stand.configuration.providers[documented.provider]).table
      guard case .failure = table.row(documented.code, stage: .prepare)?.meaning else { continue }
      let way = try #require(Self.way(documented.provider, .prepare))
      let armed = try await stand.post(
        stand.sandbox, "/sandbox/faults",
        JSONFragment {
          $0.object {
            $0.member("action", "GetAuthToken")
            $0.object("fault") {
              $0.member("code", documented.code)
              $0.member("message", documented.text)
            }
          }
        })
      #expect(armed.status == 204, "\(documented)")
      let answer = try await stand.post(
        stand.gateway, "/v1/apps/\(way.app)/sessions", key: way.key,
        JSONFragment {
          $0.object {
            $0.member("channel", way.channel)
            $0.member("operation", way.operation)
            $0.member("pageUrl", "https://shop.example.com/")
          }
        })
      try Self.check(documented, answer, stand.configuration)
      seen += 1
    }
    #expect(seen > 30)
  }

  /// Lets the SDK get a token that the vendor's server answers with the code, and takes it to the gateway.
  private static func call(
    _ stand: TestDeployment, _ way: Way, _ documented: Documented, _ index: Int
  ) async throws -> TestDeployment.Answer {
    let minted = try await stand.post(stand.sandbox, "/sandbox/tokens", mint(way, documented, index))
    let token = try #require(minted.body["token"]?.string, "\(documented)")
    return try await stand.post(
      stand.gateway, "/v1/apps/\(way.app)/\(way.operation)", key: way.key,
      JSONFragment {
        $0.object {
          $0.member("channel", way.channel)
          $0.member("token", token)
          $0.member("phoneNumber", number(index))
          $0.member("userInformation", ifPresent: minted.body["userInformation"]?.string)
          if let inputs = minted.body["inputs"] {
            $0.key("inputs")
            $0.value(inputs)
          }
        }
      })
  }

  /// A different number for each call, because vendors have daily limits per number.
  private static func number(_ index: Int) -> String { String(13_800_000_000 + index) }

  private static func mint(_ way: Way, _ documented: Documented, _ index: Int) -> JSONFragment {
    JSONFragment {
      $0.object {
        $0.member("provider", documented.provider)
        $0.member("appId", way.appId)
        $0.member("channel", way.channel)
        $0.member("operation", way.operation)
        $0.member("phoneNumber", number(index))
        $0.object("fault") {
          $0.member(
            "stage", documented.stage == .acquire || documented.stage == .token ? documented.stage.rawValue : "server")
          $0.member("carrier", ifPresent: documented.carrier?.rawValue)
          $0.member("code", documented.code)
          $0.member("message", documented.text)
        }
      }
    }
  }

  /// The entry can be one of another stage or carrier, because some callbacks do not distinguish them.
  private static func check(_ documented: Documented, _ answer: TestDeployment.Answer, _ configuration: Configuration)
    throws
  {
    let table = try #require(configuration.providers[documented.provider]).table
    let failure = answer.body["failure"] ?? answer.body
    let stage = try #require(failure["stage"]?.string.flatMap(Stage.init), "\(documented): \(answer.status)")
    let carrier = failure["carrier"]?.string.flatMap(Carrier.init)
    let rows =
      ([documented.stage] + (documented.stage == .acquire ? [.token] : documented.stage == .token ? [.acquire] : []))
      .flatMap { stage in
        ([documented.carrier] + Carrier.allCases).compactMap { carrier in
          table.row(documented.code, stage: stage, carrier: carrier).map { (stage: stage, carrier: carrier, row: $0) }
        }
      }
    let own = try #require(table.row(documented.code, stage: documented.stage, carrier: documented.carrier))
    guard case .failure(let reason, let advice) = own.meaning else {
      // For a success code of a carrier inside Aliyun's callback, the code of Aliyun's SDK is used.
      let isWrapped =
        documented.provider == "aliyun" && documented.stage == .acquire && !documented.code.hasPrefix("6000")
      #expect(isWrapped || failure["reason"]?.string == "invalid-request", "\(documented) is a success, not a failure")
      #expect(failure["vendor"]?["code"]?.string == (isWrapped ? "600011" : nil), "\(documented)")
      return
    }
    if answer.body["failure"] == nil || failure["branches"]?.count == 1, documented.carrier != nil,
      carrier == documented.carrier
    {
      #expect(failure["reason"]?.string == reason.rawValue, "\(documented)")
      #expect(failure["advice"]?.string == (advice ?? reason.advice).rawValue, "\(documented)")
    } else {
      let reasons = rows.compactMap { row -> String? in
        if case .failure(let reason, _) = row.row.meaning { reason.rawValue } else { nil }
      }
      #expect(reasons.contains(failure["reason"]?.string ?? ""), "\(documented)")
    }
    #expect(rows.contains { $0.stage == stage }, "\(documented)")
    if documented.carrier != nil,
      documented.provider.hasPrefix("china-mobile-h5") || documented.provider == "china-mobile-wechat",
      documented.stage == .acquire
    {
      #expect(carrier == documented.carrier, "\(documented)")
      #expect(stage == .acquire, "\(documented)")
    }
    #expect(failure["vendor"]?["provider"]?.string == documented.provider, "\(documented)")
    #expect(failure["vendor"]?["code"]?.string == documented.code, "\(documented)")
    #expect(failure["vendor"]?["message"]?.string == documented.text, "\(documented)")
  }
}
