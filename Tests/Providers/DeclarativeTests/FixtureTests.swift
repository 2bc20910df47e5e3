import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// Compares declarative providers with fixtures: requests computed by independent code from the vendor's document, and
/// the expected outcome of each answer.
@Suite("Declarative providers")
struct FixtureTests {
  static let vendors = [
    "jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui", "volcengine", "yunxin", "china-mobile-unisdk",
    "wechat", "alipay", "camara", "camara-ciba",
  ]

  static func make(_ provider: String) -> (AccountSettings) throws(AccountFault) -> any Provider {
    { settings throws(AccountFault) in
      guard let file = Repository.providers[provider] else {
        throw AccountFault(field: "provider", "there is no file '\(provider)'")
      }
      return try file.makeProvider(settings)
    }
  }

  @Test("match their fixtures", arguments: vendors.flatMap { ProviderFixture.all(in: $0 + "/") })
  func fixtures(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let fixture = try fixture.get()
    #expect(fixture.differences(FixtureTests.make(fixture.provider)) == [])
  }
}
