import Configuration
import NumberAuth
import Testing

@Suite("Where the shipped accounts need an RSA private key") struct PrivateKeyUseTests {
  /// By the vendors' documents: who signs with RSA, and whose answer is encrypted with RSA.
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

  @Test("is what the wire says", arguments: uses.keys.sorted()) func use(_ name: String) throws {
    let account = try #require(try ConfigurationLoader.load(Files.config).accounts[name])
    for stage in Stage.allCases {
      #expect(account.provider.privateKeyUse(at: stage) == Self.uses[name]?[stage] ?? [], "\(stage)")
    }
  }
}
