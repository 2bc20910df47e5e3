import ChinaMobileApp
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

@Suite("ChinaMobileApp")
struct ChinaMobileAppTests {
  @Test("matches its fixtures", arguments: ProviderFixture.all())
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let differences = try fixture.get().differences { settings throws(AccountFault) in try ChinaMobileApp(settings) }
    #expect(differences == [])
  }

  @Test("meets every requirement on adapters", arguments: Conformance.Promise.allCases)
  func promises(_ promise: Conformance.Promise) throws {
    let md5 = try ProviderFixture.named("login-md5")
    let rsa = try ProviderFixture.named("login-rsa")
    let hmac = try ProviderFixture.named("verify-hmac")
    let encrypted = try ProviderFixture.named("verify-rsa")
    for (login, verify) in [(md5, hmac), (rsa, encrypted)] {
      let conformance = Conformance(
        try ChinaMobileApp(login.settings(and: verify)), context: login.context,
        vendorCalls: [
          try login.vendorCall(code: "resultCode", is: "103000", words: "desc"),
          try verify.vendorCall(code: "resultCode", is: "000", words: "resultDesc"),
        ],
        ownCalls: [try ProviderFixture.named("prepare-app").call], secrets: login.secrets + verify.secrets)
      #expect(conformance.violations(of: promise) == [])
    }
  }

  @Test(
    "rejects an unusable account",
    arguments: [
      ("login-md5", "appId", nil), ("login-md5", "appSecret", nil), ("login-md5", "signature", "sm2"),
      ("login-rsa", "signPrivateKey", nil), ("login-rsa", "decryptPrivateKey", "AAAA"),
      ("verify-rsa", "appKey", nil), ("verify-rsa", "privateKey", nil), ("verify-rsa", "platformPublicKey", nil),
      ("verify-hmac", "keyType", "2"), ("verify-hmac", "keyTypeForm", "word"),
    ] as [(String, String, String?)])
  func refusals(_ name: String, _ field: String, _ value: String?) throws {
    let settings = try ProviderFixture.named(name).settings(with: field, value)
    let fault = #expect(throws: AccountFault.self) { try ChinaMobileApp(settings) }
    // An account without any key is reported at its appId.
    #expect(fault?.field == (field == "appSecret" ? "appId" : field))
  }
}
