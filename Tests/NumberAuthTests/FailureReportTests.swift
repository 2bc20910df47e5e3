import JSON
import NumberAuth
import ProviderConformance
import Testing

@Suite("Failure reports")
struct FailureReportTests {
  struct Case: Sendable, CustomStringConvertible {
    let fixture: JSONValue

    var description: String { fixture["name"]?.string ?? "" }
  }

  static let cases = fixtures("reports.json").map { Case(fixture: $0) }

  @Test("A report has the reason that the rule for its branches defines", arguments: cases)
  func reports(_ test: Case) throws {
    let fixture = test.fixture
    let table = Repository.table(of: try #require(fixture["provider"]?.string))
    let report = FailureReport(try JSONValue.parse(try #require(fixture["report"]?.string)))
    let hint = fixture["hint"]?.string.flatMap(Carrier.init)
    guard let expected = fixture["expect"] else {
      let refusal = #expect(throws: Failure.self) { try table.failure(from: report, carrierHint: hint) }
      #expect(refusal?.reason == .invalidRequest && refusal?.stage == .gateway)
      #expect(refusal?.detail?.contains("'report'") == true)
      return
    }
    let failure = try table.failure(from: report, carrierHint: hint)
    #expect(failure.reason.rawValue == expected["reason"]?.string)
    #expect(failure.stage.rawValue == expected["stage"]?.string)
    #expect(failure.carrier?.rawValue == expected["carrier"]?.string)
    #expect(failure.vendor?.provider == table.provider)
    #expect(failure.vendor?.code == expected["code"]?.string)
    #expect(failure.vendor?.message == expected["message"]?.string)
    #expect(failure.billed == .no && failure.delivery == .notSent)
    if let advice = expected["advice"]?.string { #expect(failure.advice.rawValue == advice) }
    let branches = (expected["branches"]?.elements ?? []).map { branch in (0..<3).map { branch[$0]?.string } }
    #expect(
      failure.branches.map { [$0.carrier?.rawValue, $0.vendor?.code, $0.reason.rawValue] } == branches)
    #expect(failure.branches.allSatisfy { $0.branches.isEmpty && $0.delivery == .notSent })
  }

  // MARK: Properties

  private static let table = Repository.table(of: "china-mobile-h5")
  private static let parts = ["YDData", "CTData", "CUData"]

  /// The codes that a branch of this carrier can contain.
  private static func codes(_ carrier: Carrier, _ isWanted: (FailureTable.Meaning) -> Bool) -> [String] {
    table.entries.compactMap { entry in
      guard entry.place.stage == .acquire, entry.place.carrier == nil || entry.place.carrier == carrier,
        case .code(let code) = entry.pattern, isWanted(entry.row.meaning)
      else { return nil }
      return code
    }
  }

  private static func report(_ members: [(String, String)]) throws -> FailureReport {
    let text = members.map { "\"\($0.0)\":{\"code\":\"\($0.1)\",\"message\":\"m\"}" }.joined(separator: ",")
    return FailureReport(try JSONValue.parse("{\(text)}"))
  }

  @Test("The order of the parts does not matter")
  func order() throws {
    var random = SeededRandom(seed: 11)
    for _ in 0..<400 {
      let members = zip(FailureReportTests.parts, Carrier.allCases).map { part, carrier in
        (
          part,
          random.chance(4) ? "7\(random.below(900))" : random.pick(FailureReportTests.codes(carrier) { _ in true })
        )
      }
      let hint = random.chance(2) ? nil : random.pick(Carrier.allCases)
      let failures = try [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].map { order in
        let report = try FailureReportTests.report(order.map { members[$0] })
        return Result { () throws(Failure) in try FailureReportTests.table.failure(from: report, carrierHint: hint) }
      }
      #expect(Set(failures.map { "\($0)" }).count == 1)
    }
  }

  @Test("Success codes are never a failure")
  func successes() throws {
    var random = SeededRandom(seed: 13)
    for _ in 0..<200 {
      let members = zip(FailureReportTests.parts, Carrier.allCases).map { part, carrier in
        (part, random.pick(FailureReportTests.codes(carrier) { $0 == .success }))
      }
      let report = try FailureReportTests.report(Array(members.prefix(1 + random.below(3))))
      let refusal = #expect(throws: Failure.self) { try FailureReportTests.table.failure(from: report) }
      #expect(refusal?.reason == .invalidRequest)
    }
  }

  @Test("A code that is not listed is always unmapped")
  func unlisted() throws {
    var random = SeededRandom(seed: 17)
    for _ in 0..<400 {
      let members = zip(FailureReportTests.parts, Carrier.allCases).map { part, _ in
        (part, "77\(random.next() % 100_000)")
      }
      let report = try FailureReportTests.report(Array(members.shuffled(using: &random).prefix(1 + random.below(3))))
      let failure = try FailureReportTests.table.failure(from: report, carrierHint: random.pick(Carrier.allCases))
      #expect(failure.reason == .unmapped && failure.branches.allSatisfy { $0.reason == .unmapped })
      let flat = FailureReport(try JSONValue.parse("{\"code\":\"77\(random.next() % 100_000)\"}"))
      #expect(try FailureReportTests.table.failure(from: flat).reason == .unmapped)
    }
  }

  @Test("Without a known carrier, the most significant branch is used")
  func significance() throws {
    // Faults that affect all users, decisions of the user, circumstances, carrier and vendor faults, unknown codes.
    func rank(_ failure: Failure) -> Int {
      switch failure.reason {
      case .unmapped: return 4
      case .cellularRequired, .carrierUnsupported, .clientUnsupported, .numberBarred: return 2
      default: break
      }
      switch failure.fault {
      case .operator, .team, .gateway: return 0
      case .user: return 1
      case .carrier, .vendor: return 3
      }
    }
    var random = SeededRandom(seed: 19)
    for _ in 0..<400 {
      let members = zip(FailureReportTests.parts, Carrier.allCases).map { part, carrier in
        (part, random.pick(FailureReportTests.codes(carrier) { $0 != .success }))
      }
      let failure = try FailureReportTests.table.failure(from: try FailureReportTests.report(Array(members)))
      // China Telecom returns -10006 only to its own users, so its branch has priority over the others.
      if failure.branches.contains(where: { $0.carrier == .chinaTelecom && $0.vendor?.code == "-10006" }) {
        #expect(failure.vendor?.code == "-10006")
        continue
      }
      let first = try #require(failure.branches.filter { rank($0) == failure.branches.map(rank).min() }.first)
      #expect(failure.branches.count == 3)
      #expect(failure.carrier == first.carrier && failure.vendor == first.vendor && failure.reason == first.reason)
    }
  }

  @Test(
    "Any JSON results in a failure or is rejected", arguments: ["china-mobile-h5", "aliyun", "china-mobile-quick-app"])
  func total(_ provider: String) throws {
    let table = Repository.table(of: provider)
    var random = SeededRandom(seed: 23)
    for _ in 0..<400 {
      let report = FailureReport(try JSONValue.parse(FailureReportTests.json(&random, depth: 0)))
      do throws(Failure) {
        let failure = try table.failure(
          from: report, carrierHint: random.chance(2) ? nil : random.pick(Carrier.allCases))
        #expect(failure.vendor?.provider == provider && failure.stage != .gateway)
        #expect((failure.vendor?.code.utf8.count ?? 0) + (failure.vendor?.message?.utf8.count ?? 0) < 700)
      } catch {
        #expect(error.reason == .invalidRequest && error.stage == .gateway && error.vendor == nil)
      }
    }
  }

  private static func json(_ random: inout SeededRandom, depth: Int) -> String {
    let names = [
      "YDData", "CTData", "CUData", "code", "message", "msg", "content", "detail", "data", "error", "res", "header",
      "body", "resultCode", "result", "msisdnOwner", "carrier", "msgId",
    ]
    let texts = [
      "", " ", "103111", "501", "600011", "-10001", "0", "OK", "YD", "CU", "null", "{", "[", "{}", "\u{301}", "码",
      String(repeating: "长", count: 300), "\u{0}",
    ]
    func quoted(_ text: String) -> String {
      var writer = JSONWriter()
      writer.value(text)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    if depth > 5 || random.chance(4) {
      return random.pick(["null", "true", "0", "103111", "-1", "1e9", "1.5"] + texts.map(quoted))
    }
    switch random.below(4) {
    case 0: return "[" + (0..<random.below(6)).map { _ in json(&random, depth: depth + 1) }.joined(separator: ",") + "]"
    case 1: return quoted(json(&random, depth: depth + 1))
    default:
      let members = (0..<random.below(7)).map { _ in
        quoted(random.pick(names)) + ":" + json(&random, depth: depth + 1)
      }
      return "{" + members.joined(separator: ",") + "}"
    }
  }
}
