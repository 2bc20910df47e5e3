import ChinaMobileH5
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

@Suite("ChinaMobileH5")
struct ChinaMobileH5Tests {
  @Test("matches its fixtures", arguments: ProviderFixture.all())
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let differences = try fixture.get().differences { settings throws(AccountFault) in try ChinaMobileH5(settings) }
    #expect(differences == [])
  }

  @Test("meets every requirement on adapters", arguments: Conformance.Promise.allCases)
  func promises(_ promise: Conformance.Promise) throws {
    let login = try ProviderFixture.named("login")
    let conformance = Conformance(
      try ChinaMobileH5(login.settings), context: login.context,
      vendorCalls: [try login.vendorCall(code: "resultCode", is: "103000", words: "desc")],
      ownCalls: try ["prepare-page-3", "login-fingerprint-missing"].map { try ProviderFixture.named($0).call },
      secrets: login.secrets)
    #expect(conformance.violations(of: promise) == [])
  }

  @Test(
    "rejects an unusable account",
    arguments: [
      ("appId", nil), ("appKey", nil), ("privateKey", nil), ("privateKey", "AAAA"), ("appKey", "too short"),
      ("decryptionKey", "guess"),
    ] as [(String, String?)])
  func refusals(_ field: String, _ value: String?) throws {
    let settings = try ProviderFixture.named("login").settings(with: field, value)
    let fault = #expect(throws: AccountFault.self) { try ChinaMobileH5(settings) }
    #expect(fault?.field == field)
    #expect(value.map { fault?.message.contains($0) } != true)
  }
}
