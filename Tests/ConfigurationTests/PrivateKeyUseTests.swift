import Configuration
import NumberAuth
import Testing

@Suite("Use of RSA private keys by the shipped accounts") struct PrivateKeyUseTests {
  /// The accounts that sign with RSA or get responses encrypted with RSA, according to the vendors' documents.
  private static let uses: [String: [Stage: PrivateKeyUse]] = [
    "mobile-h5": [.login: .request],
    "mobile-wechat": [.login: .request],
    "mobile-quick-app": [.sign: .request, .verify: .request],
    "mobile-app": [:],
    "mobile-app-rsa": [.login: [.request, .answer], .verify: .request],
    "aliyun-h5": [:],
    "jiguang": [.login: .answer],
    "shanyan": [:],
    "shanyan-rsa": [.login: .answer],
    "yidun": [:],
    "getui": [:],
  ]

  @Test("The declared use conforms to the documents", arguments: uses.keys.sorted()) func use(_ name: String) throws {
    let account = try #require(try ConfigurationLoader.load(Files.config).accounts[name])
    for stage in Stage.allCases {
      #expect(account.provider.privateKeyUse(at: stage) == Self.uses[name]?[stage] ?? [], "\(stage)")
    }
  }
}
