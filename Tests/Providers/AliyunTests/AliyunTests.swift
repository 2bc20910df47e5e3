import Aliyun
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

@Suite("Aliyun")
struct AliyunTests {
  @Test("matches its fixtures", arguments: ProviderFixture.all())
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let differences = try fixture.get().differences { settings throws(AccountFault) in try Aliyun(settings) }
    #expect(differences == [])
  }

  @Test("meets every requirement on adapters", arguments: Conformance.Promise.allCases)
  func promises(_ promise: Conformance.Promise) throws {
    for scheme in ["v3", "v1-sts"] {
      let fixtures = try ["prepare-login", "login-h5", "login-app", "verify-h5", "verify-app"].map {
        try ProviderFixture.named($0 + "-" + scheme)
      }
      let conformance = Conformance(
        try Aliyun(fixtures[0].settings), context: fixtures[0].context,
        vendorCalls: try fixtures.map { try $0.vendorCall(code: "Code", is: "OK", words: "Message") },
        ownCalls: try ["prepare-app", "prepare-page-script"].map { try ProviderFixture.named($0).call },
        secrets: fixtures.flatMap(\.secrets))
      #expect(conformance.violations(of: promise) == [])
    }
  }

  @Test(
    "rejects an unusable account",
    arguments: [
      ("accessKeyId", nil), ("accessKeySecret", nil), ("signature", "v2"), ("pageUrl", "shop.example.com"),
      ("pageUrl", "ftp://shop.example.com/"), ("pageUrl", "https://"),
    ] as [(String, String?)])
  func refusals(_ field: String, _ value: String?) throws {
    let settings = try ProviderFixture.named("login-h5-v3").settings(with: field, value)
    let fault = #expect(throws: AccountFault.self) { try Aliyun(settings) }
    #expect(fault?.field == field)
  }
}
