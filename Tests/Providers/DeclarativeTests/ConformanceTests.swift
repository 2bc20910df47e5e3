import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// Checks the requirements on every adapter for declarative providers.
@Suite("Conformance of declarative providers")
struct ConformanceTests {
  /// One account of a vendor, with the fixtures of its calls and the format of the vendor's answers.
  struct Vendor: Sendable, CustomTestStringConvertible {
    /// A fixture's path below `Fixtures`, and the result code of its first answer.
    typealias Call = (fixture: String, success: String)

    let calls: [Call]
    /// The member with the result code, and the member with the vendor's message.
    let code: String
    let message: String

    init(_ calls: Call..., code: String, message: String) {
      self.calls = calls
      self.code = code
      self.message = message
    }

    var testDescription: String { calls.map(\.fixture).joined(separator: ", ") }
  }

  static let vendors = [
    Vendor(("jiguang/login", "8000"), ("jiguang/verify", "9000"), code: "code", message: "content"),
    Vendor(("yidun/login", "200"), ("yidun/verify", "200"), code: "code", message: "msg"),
    Vendor(("tencent-cloud/login", "0"), code: "result", message: "errmsg"),
    Vendor(("shanyan/login", "200000"), ("shanyan/verify", "200000"), code: "code", message: "message"),
    Vendor(
      ("shanyan/login-rsa", "200000"), ("shanyan/verify-encrypt-type-1", "200000"), code: "code", message: "message"),
    Vendor(("mobtech/login", "200"), code: "status", message: "error"),
    Vendor(("getui/login", "20000"), code: "result", message: "msg"),
    Vendor(("getui/login-sorted", "20000"), code: "result", message: "msg"),
    Vendor(("wechat/login", "0"), code: "errcode", message: "errmsg"),
    Vendor(("yunxin/login", "200"), code: "code", message: "desc"),
    Vendor(("china-mobile-unisdk/login-published-vector", "103000"), code: "resultCode", message: "desc"),
  ]

  @Test("every vendor meets every requirement", arguments: vendors, Conformance.Promise.allCases)
  func promises(_ vendor: Vendor, _ promise: Conformance.Promise) throws {
    let fixtures = try vendor.calls.map { try ProviderFixture.named($0.fixture) }
    let first = try #require(fixtures.first)
    let conformance = Conformance(
      try FixtureTests.make(first.provider)(first.settings(and: try #require(fixtures.last))),
      context: first.context,
      vendorCalls: try zip(fixtures, vendor.calls).map { fixture, call in
        // The tables of test-only providers list only failures.
        try fixture.vendorCall(
          code: vendor.code, is: call.success, words: vendor.message, verdicts: [call.success])
      },
      // The token of a published vector is "tok", which also occurs in messages about tokens.
      ownCalls: [ConformanceTests.prepare], secrets: fixtures.flatMap(\.secrets).filter { $0 != "tok" })
    #expect(conformance.violations(of: promise) == [])
  }

  @Test(
    "China Mobile's tokenValidate as a declarative provider meets every requirement",
    arguments: ["verify-hmac", "verify-rsa"], Conformance.Promise.allCases)
  func tokenValidate(_ name: String, _ promise: Conformance.Promise) throws {
    let fixture = try ProviderFixture.named(name, beside: TokenValidateTests.adapterTests)
    let conformance = Conformance(
      try TokenValidateTests.make(fixture.settings), context: fixture.context,
      vendorCalls: [try fixture.vendorCall(code: "resultCode", is: "000", words: "resultDesc")],
      ownCalls: [ConformanceTests.prepare], secrets: fixture.secrets)
    #expect(conformance.violations(of: promise) == [])
  }

  @Test("every declarative provider with a failure table is covered")
  func complete() {
    let described = Repository.providers.values.filter { file in
      file.adapter == .declarative
        && file.table.entries.contains { if case .failure = $0.row.meaning { true } else { false } }
    }
    // Alipay is not called, and the successes of CAMARA have no code: their fixtures contain the failures.
    let others = ["china-mobile-token-validate", "alipay", "camara", "camara-ciba"]
    let covered = ConformanceTests.vendors.flatMap(\.calls).map { String($0.fixture.prefix { $0 != "/" }) }
    #expect(Set(described.map(\.name)) == Set(covered + others))
  }

  /// The start of a session. No declarative provider sends a request for it.
  private static let prepare = ProviderCall.prepare(PrepareClient(operation: .login, channel: .app))
}
