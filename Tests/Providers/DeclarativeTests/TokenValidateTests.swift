import ChinaMobileApp
import Declarative
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// China Mobile's openapi/rs/tokenValidate as a declarative provider, checked with the fixtures of the Swift adapter.
@Suite("tokenValidate as a declarative provider")
struct TokenValidateTests {
  static let adapterTests = Repository.root + "Tests/Providers/ChinaMobileAppTests/ChinaMobileAppTests.swift"

  static func make(_ settings: AccountSettings) throws(AccountFault) -> any Provider {
    guard let file = Repository.providers["china-mobile-token-validate"], let description = file.description else {
      throw AccountFault(field: "provider", "the file cannot be read")
    }
    var fields: [String: Secret] = [:]
    for field in file.accountFields { fields[field.name] = settings.field(field.name) }
    let completed = file.settings(account: settings.account, authority: settings.authority, fields: fields)
    return try DeclarativeProvider(
      AccountSettings(
        account: settings.account, authority: settings.authority, table: settings.table,
        fields: Dictionary(
          uniqueKeysWithValues: file.accountFields.compactMap { field in
            completed.field(field.name).map { (field.name, $0) }
          })), description)
  }

  @Test(
    "sends the same bytes and reads answers in the same way as the Swift adapter",
    arguments: ProviderFixture.all(beside: adapterTests).compactMap { try? $0.get() }.filter {
      if case .verify = $0.call { !$0.file.contains("without-a-key") } else { false }
    })
  func fixtures(_ fixture: ProviderFixture) {
    #expect(fixture.differences(TokenValidateTests.make) == [])
  }

  @Test(
    "uses the account's private key in the same stages as the Swift adapter",
    arguments: ProviderFixture.all(beside: adapterTests).compactMap { try? $0.get() }.filter {
      if case .verify = $0.call { !$0.file.contains("without-a-key") } else { false }
    })
  func privateKeyUse(_ fixture: ProviderFixture) {
    _ = fixture.differences { settings throws(AccountFault) in
      let described = try TokenValidateTests.make(settings)
      let adapter = try ChinaMobileApp(settings)
      for stage in Stage.allCases where stage != .login {
        #expect(described.privateKeyUse(at: stage) == adapter.privateKeyUse(at: stage), "\(stage)")
      }
      return described
    }
  }
}
