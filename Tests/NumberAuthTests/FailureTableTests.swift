import JSON
import NumberAuth
import Testing

@Suite("Failure tables")
struct FailureTableTests {
  static func entry(
    _ stage: Stage, _ carrier: Carrier?, _ pattern: FailureTable.Pattern, _ text: String,
    _ meaning: FailureTable.Meaning = .failure(.vendorOther, advice: nil), billed: Billing = .no
  ) -> FailureTable.Entry {
    FailureTable.Entry(
      place: .init(stage: stage, carrier: carrier), pattern: pattern,
      row: .init(meaning: meaning, billed: billed, text: text))
  }

  static let table = FailureTable(
    provider: "p",
    entries: [
      entry(.verify, nil, .code("1"), "any code"), entry(.verify, .chinaTelecom, .code("1"), "CT code"),
      entry(.verify, nil, .prefix("isp."), "any isp."), entry(.verify, nil, .prefix("isp.LONG"), "any isp.LONG"),
      entry(.verify, nil, .prefix("isp"), "any isp"), entry(.verify, nil, .code("isp.LONGEST"), "any isp.LONGEST"),
      entry(.verify, .chinaTelecom, .prefix("isp."), "CT isp."), entry(.verify, nil, .status(503), "any 503"),
      entry(.verify, .chinaTelecom, .status(503), "CT 503"), entry(.login, nil, .code("1"), "login"),
      entry(.verify, nil, .code("OK"), "success", .success, billed: .yes),
      entry(.verify, nil, .code("PASS"), "verdict", .verdict(.match), billed: .yes),
      entry(.verify, nil, .code("9"), "advice", .failure(.notEntitled, advice: .fixConfiguration), billed: .unknown),
    ])

  @Test(
    "The carrier is before any carrier, a code before the longest prefix; a status is only used without a code",
    arguments: [
      ("1", nil, nil, "any code"), ("1", .chinaTelecom, nil, "CT code"), ("1", .chinaUnicom, nil, "any code"),
      ("1", nil, 503, "any code"), ("isp.X", nil, nil, "any isp."), ("isp.LONGER", nil, nil, "any isp.LONG"),
      ("isp.LONGEST", nil, nil, "any isp.LONGEST"), ("isp.LONGEST", .chinaUnicom, nil, "any isp.LONGEST"),
      // A prefix of the carrier is before a code of any carrier.
      ("isp.LONGEST", .chinaTelecom, nil, "CT isp."), ("ispX", .chinaTelecom, nil, "any isp"),
      ("ispX", nil, 503, "any isp"), ("x", nil, 503, nil), ("x", .chinaUnicom, 503, nil),
      (nil, .chinaTelecom, 503, "CT 503"), (nil, .chinaUnicom, 503, "any 503"), ("", nil, 503, "any 503"),
      (nil, nil, 503, "any 503"), ("x", nil, 500, nil), ("x", nil, nil, nil),
      (nil, nil, nil, nil), ("", nil, nil, nil), ("Isp.X", nil, nil, nil), ("isp", nil, nil, "any isp"),
      ("is", nil, nil, nil), ("11", nil, nil, nil), ("01", nil, nil, nil),
    ] as [(String?, Carrier?, Int?, String?)])
  func order(_ code: String?, _ carrier: Carrier?, _ status: Int?, _ text: String?) {
    #expect(FailureTableTests.table.row(code, stage: .verify, carrier: carrier, status: status)?.text == text)
  }

  @Test("Entries of another stage are not used")
  func stages() {
    #expect(FailureTableTests.table.row("1", stage: .login)?.text == "login")
    #expect(FailureTableTests.table.row("isp.X", stage: .login, status: 503) == nil)
    #expect(FailureTableTests.table.row("1", stage: .token) == nil)
  }

  @Test(
    "A later entry replaces an earlier one",
    arguments: [FailureTable.Pattern.code("a"), .prefix("a"), .status(500)])
  func later(_ pattern: FailureTable.Pattern) {
    let table = FailureTable(
      provider: "p",
      entries: [
        FailureTableTests.entry(.login, nil, pattern, "first"), FailureTableTests.entry(.login, nil, pattern, "second"),
      ])
    let code: String? = if case .status = pattern { nil } else { "a" }
    #expect(table.row(code, stage: .login, status: 500)?.text == "second")
  }

  @Test("Successes and verdicts are returned, all other codes are thrown with the vendor's message")
  func judge() throws {
    let table = FailureTableTests.table
    #expect(try table.judge(" OK ", message: nil, stage: .verify).meaning == .success)
    #expect(try table.judge("PASS", message: nil, stage: .verify).meaning == .verdict(.match))
    let known = #expect(throws: Failure.self) { try table.judge("9", message: "words", stage: .verify) }
    #expect(
      known
        == Failure(
          .notEntitled, stage: .verify, vendor: .init(provider: "p", code: "9", message: "words"), billed: .unknown,
          delivery: .answered, adviceOverride: .fixConfiguration))
    let silent = #expect(throws: Failure.self) { try table.judge("1", message: nil, stage: .verify) }
    #expect(silent?.vendor?.message == "any code")
    let unlisted = #expect(throws: Failure.self) { try table.judge(" 0x7 ", message: "words", stage: .verify) }
    #expect(
      unlisted
        == Failure(
          .unmapped, stage: .verify, vendor: .init(provider: "p", code: "0x7", message: "words"), billed: .unknown,
          delivery: .answered))
    for nothing in [nil, "", "  "] {
      let failure = #expect(throws: Failure.self) { try table.judge(nothing, message: "words", stage: .verify) }
      #expect(failure?.reason == .vendorProtocolError && failure?.vendor == nil && failure?.billed == .unknown)
    }
  }

  @Test(
    "Only white space around a code is removed",
    arguments: [
      (" 000 ", "000"), ("\t\r\n000\u{a0}\u{3000}", "000"), ("0 0 0", "0 0 0"), ("", ""), ("   ", ""), ("000", "000"),
      (" \u{301}000", "\u{301}000"), ("\u{0}000", "\u{0}000"), ("\u{200b}000", "\u{200b}000"), ("'000'", "'000'"),
    ])
  func trim(_ code: String, _ trimmed: String) {
    #expect(FailureTable.trim(code).utf8.elementsEqual(trimmed.utf8))
  }

  @Test(
    "Short messages are unchanged, long ones are shortened",
    arguments: ["a", "码", "a\u{301}", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}"])
  func bounded(_ unit: String) {
    let short = String(repeating: unit, count: 256 / unit.utf8.count)
    #expect(FailureTable.bounded(short) == short)
    #expect(FailureTable.bounded(String(repeating: unit, count: 10_000)).utf8.count <= 330)
    #expect(FailureTable.bounded("a" + String(repeating: "\u{301}", count: 10_000)).utf8.count <= 330)
  }

  @Test("A code is explained at every stage and carrier that has an entry")
  func explanations() throws {
    func texts(_ code: String, stage: Stage? = nil, carrier: Carrier? = nil) -> [String] {
      FailureTableTests.table.explanations(of: code, stage: stage, carrier: carrier).map(\.entry.row.text)
    }
    #expect(texts(" 1 ") == ["any code", "CT code", "login"])
    #expect(texts("1", stage: .verify, carrier: .chinaUnicom) == ["any code"])
    #expect(texts("1", stage: .token) == [])
    #expect(texts("isp.LONGEST", carrier: .chinaUnicom) == ["any isp.", "any isp.LONG", "any isp", "any isp.LONGEST"])
    let explanation = try #require(FailureTableTests.table.explanations(of: "9").first)
    let json = try JSONValue.parse(explanation.json.bytes)
    #expect(json["reason"]?.string == "not-entitled" && json["advice"]?.string == "fix-configuration")
    #expect(json["stage"]?.string == "verify" && json["carrier"] == nil && json["billed"]?.string == "unknown")
    let success = try JSONValue.parse(#require(FailureTableTests.table.explanations(of: "OK").first).json.bytes)
    #expect(success["success"]?.bool == true && success["reason"] == nil)
  }
}
