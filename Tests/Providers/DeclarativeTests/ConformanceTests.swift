import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// Described vendors, held to what every adapter promises.
@Suite("Described vendors' conformance")
struct ConformanceTests {
  /// One account of a vendor, with the fixtures of its calls and the form of the vendor's answers.
  struct Vendor: Sendable, CustomTestStringConvertible {
    /// A fixture's path below `Fixtures`, and the result code of its first answer.
    typealias Call = (fixture: String, success: String)

    let calls: [Call]
    /// The member with the result code, and the one with the vendor's words.
    let code: String
    let words: String

    init(_ calls: Call..., code: String, words: String) {
      self.calls = calls
      self.code = code
      self.words = words
    }

    var testDescription: String { calls.map(\.fixture).joined(separator: ", ") }
  }

  static let vendors = [
    Vendor(("jiguang/login", "8000"), ("jiguang/verify", "9000"), code: "code", words: "content"),
    Vendor(("yidun/login", "200"), ("yidun/verify", "200"), code: "code", words: "msg"),
    Vendor(("tencent-cloud/login", "0"), code: "result", words: "errmsg"),
    Vendor(("shanyan/login", "200000"), ("shanyan/verify", "200000"), code: "code", words: "message"),
    Vendor(
      ("shanyan/login-rsa", "200000"), ("shanyan/verify-encrypt-type-1", "200000"), code: "code", words: "message"),
    Vendor(("mobtech/login", "200"), code: "status", words: "error"),
    Vendor(("getui/login", "20000"), code: "result", words: "msg"),
    Vendor(("getui/login-sorted", "20000"), code: "result", words: "msg"),
    Vendor(("yunxin/login", "200"), code: "code", words: "desc"),
    Vendor(("china-mobile-unisdk/login-published-vector", "103000"), code: "resultCode", words: "desc"),
  ]

  @Test("keeps every adapter's promises", arguments: vendors, Conformance.Promise.allCases)
  func promises(_ vendor: Vendor, _ promise: Conformance.Promise) throws {
    let fixtures = try vendor.calls.map { try ProviderFixture.named($0.fixture) }
    let first = try #require(fixtures.first)
    let conformance = Conformance(
      try FixtureTests.make(first.provider)(first.settings(and: try #require(fixtures.last))),
      context: first.context,
      vendorCalls: try zip(fixtures, vendor.calls).map { fixture, call in
        // The test-only tables list failures alone.
        try fixture.vendorCall(
          code: vendor.code, is: call.success, words: vendor.words, verdicts: [call.success])
      },
      // A published vector's token is "tok": any text that speaks of tokens holds it.
      ownCalls: [ConformanceTests.prepare], secrets: fixtures.flatMap(\.secrets).filter { $0 != "tok" })
    #expect(conformance.violations(of: promise) == [])
  }

  @Test(
    "is that of China Mobile's tokenValidate, too, where the language describes it",
    arguments: ["verify-hmac", "verify-rsa"], Conformance.Promise.allCases)
  func tokenValidate(_ name: String, _ promise: Conformance.Promise) throws {
    let fixture = try ProviderFixture.named(name, beside: TokenValidateTests.adapterTests)
    let conformance = Conformance(
      try TokenValidateTests.make(fixture.settings), context: fixture.context,
      vendorCalls: [try fixture.vendorCall(code: "resultCode", is: "000", words: "resultDesc")],
      ownCalls: [ConformanceTests.prepare], secrets: fixture.secrets)
    #expect(conformance.violations(of: promise) == [])
  }

  @Test("covers every described vendor whose table has failures")
  func complete() {
    let described = Repository.providers.values.filter { file in
      file.adapter == .declarative
        && file.table.entries.contains { if case .failure = $0.row.meaning { true } else { false } }
    }
    let covered = ConformanceTests.vendors.flatMap(\.calls).map { String($0.fixture.prefix { $0 != "/" }) }
    #expect(Set(described.map(\.name)) == Set(covered + ["china-mobile-token-validate"]))
  }

  /// A session's beginning, for which no described vendor is asked.
  private static let prepare = ProviderCall.prepare(PrepareClient(operation: .login, channel: .app))
}
