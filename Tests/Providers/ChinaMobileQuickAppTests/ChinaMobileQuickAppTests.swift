import ChinaMobileQuickApp
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

@Suite("ChinaMobileQuickApp")
struct ChinaMobileQuickAppTests {
  @Test("matches its fixtures", arguments: ProviderFixture.all())
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let differences = try fixture.get().differences { settings throws(AccountFault) in try ChinaMobileQuickApp(settings)
    }
    #expect(differences == [])
  }

  @Test("meets every requirement on adapters", arguments: Conformance.Promise.allCases)
  func promises(_ promise: Conformance.Promise) throws {
    let verify = try ProviderFixture.named("verify")
    let ownCalls = ["prepare", "sign-as-the-sdk-builds-it", "sign-refused-01", "verify-fingerprint-missing"]
    let conformance = Conformance(
      try ChinaMobileQuickApp(verify.settings), context: verify.context,
      vendorCalls: [
        try verify.vendorCall(code: "resultCode", is: "000", words: "resultDesc", verdicts: ["000", "001"])
      ],
      ownCalls: try ownCalls.map { try ProviderFixture.named($0).call }, secrets: verify.secrets)
    #expect(conformance.violations(of: promise) == [])
  }

  @Test(
    "rejects an unusable account",
    arguments: [
      ("appId", nil), ("appKey", nil), ("privateKey", nil), ("privateKey", "AAAA"), ("platformPublicKey", nil),
      ("platformPublicKey", "AAAA"), ("mismatchCodes", "001, 000"), ("preSignForm", "any"),
      ("sdkVersion", "v2"), ("sdkVersion", "1.2.3"), ("testNumber", "13800000000"),
    ] as [(String, String?)])
  func refusals(_ field: String, _ value: String?) throws {
    let settings = try ProviderFixture.named("verify").settings(with: field, value)
    let fault = #expect(throws: AccountFault.self) { try ChinaMobileQuickApp(settings) }
    #expect(fault?.field == field)
  }

  @Test(
    "rejects a test environment without a usable number",
    arguments: [
      ("testNumber", nil), ("testNumber", "1380000000"), ("testNumber", "10600000000"),
      ("testNumber", "+8613800000000"),
      ("openType", "0"), ("isTest", nil), ("isTest", "1"),
    ] as [(String, String?)])
  func testEnvironment(_ field: String, _ value: String?) throws {
    let settings = try ProviderFixture.named("prepare-test-line").settings(with: field, value)
    let fault = #expect(throws: AccountFault.self) { try ChinaMobileQuickApp(settings) }
    #expect(fault?.field == (field == "openType" ? "openType" : "testNumber"))
    #expect(fault?.message.contains("0000000") == false)
  }

  @Test("gives the verdict unknown for every unconfirmed code")
  func unconfirmed() throws {
    let verify = try ProviderFixture.named("verify-unconfirmed")
    let provider = try ChinaMobileQuickApp(verify.settings)
    let call = try ProviderFixture.named("verify").vendorCall(code: "resultCode", is: "000", words: "resultDesc")
    let verdicts = Set(
      ["000", "001", "000000", "103000", "OK", "PASS", "0", "1", "success"].compactMap { code in
        Conformance.verdict(of: provider, call, code: code, verify.context)
      })
    #expect(verdicts == [.unknown])
  }
}
