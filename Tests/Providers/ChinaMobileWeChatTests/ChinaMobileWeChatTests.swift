import ChinaMobileWeChat
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

@Suite("ChinaMobileWeChat")
struct ChinaMobileWeChatTests {
  @Test("matches its fixtures", arguments: ProviderFixture.all())
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let differences = try fixture.get().differences { settings throws(AccountFault) in try ChinaMobileWeChat(settings) }
    #expect(differences == [])
  }

  @Test("meets every requirement on adapters", arguments: Conformance.Promise.allCases)
  func promises(_ promise: Conformance.Promise) throws {
    let login = try ProviderFixture.named("login")
    let conformance = Conformance(
      try ChinaMobileWeChat(login.settings), context: login.context,
      vendorCalls: [try login.vendorCall(code: "resultCode", is: "103000", words: "desc")],
      ownCalls: try ["prepare", "login-fingerprint-missing"].map { try ProviderFixture.named($0).call },
      secrets: login.secrets)
    #expect(conformance.violations(of: promise) == [])
  }

  @Test("rejects an account without the id of the mini-program")
  func refusal() throws {
    let settings = try ProviderFixture.named("login").settings(with: "wxappid", nil)
    #expect(throws: AccountFault(field: "wxappid", "'wxappid' is missing")) { try ChinaMobileWeChat(settings) }
  }
}
