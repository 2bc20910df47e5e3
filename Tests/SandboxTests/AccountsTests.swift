import Testing
import YAML

@testable import Sandbox

@Suite("The accounts")
struct AccountsTests {
  /// A private key of a customer in `accounts.yaml`.
  static func privateKey(of appId: String, _ pair: String) throws -> String {
    let root = try YAMLNode.parse(readFile("../../Sources/Sandbox/accounts.yaml"))
    let app = root["chinaMobile"]?.elements.first { $0["appId"]?.text == appId }
    return try #require(app?[pair]?["privateKey"]?.text)
  }

  @Test("that are built in can be loaded")
  func builtIn() throws {
    let accounts = try SandboxAccounts.builtIn()
    #expect(accounts.apps.count == 15)
    #expect(accounts.accessKeys.count == 6)
    #expect(accounts.schemes.count == 4)
    #expect(accounts.apps.values.allSatisfy { $0.appKey.utf8.count == 32 })
    #expect(accounts.apps["300000000001"]?.clientKey?.size == 128)
    #expect(accounts.apps["300000000005"]?.encryptionKey?.size == 256)
    #expect(accounts.jiGuang["sandbox00000000000000001"]?.encryptionKey.size == 128)
    #expect(accounts.yidun["sandboxyidunbusiness000000000001"]?.secretId == "sandboxyidunsecretid0000000000001")
    #expect(accounts.tencentCloud.keys.sorted() == ["1400000001"])
    #expect(accounts.shanyan["sandboxshanyan1"]?.encryptionKey == nil)
    #expect(accounts.shanyan["sandboxshanyan2"]?.encryptionKey?.size == 128)
    #expect(accounts.mobTech.keys.sorted() == ["sandboxmobkey"])
    #expect(accounts.getui.keys.sorted() == ["sandboxgetuiappid00001"])
  }

  @Test(
    "are rejected with the position of the error",
    arguments: [
      ("chinaMobile: 1", "1:14: 'chinaMobile' must be a list"),
      ("vendors: []", "1:1: unknown key 'vendors'"),
      ("chinaMobile:\n  - product: h5", "2:5: 'appId' is missing"),
      (
        "chinaMobile:\n  - appId: a\n    product: web",
        "3:14: 'product' must be one of h5, wechat-mini-program, quick-app, app"
      ),
      (
        "chinaMobile:\n  - appId: a\n    product: h5\n    appKey: short",
        "2:5: 'appKey' must have at least 16 characters"
      ),
      ("aliyun:\n  accessKeys: [{id: a, secret: b, region: c}]", "2:35: unknown key 'region'"),
      (#"{"jiguang": [{"appKey": "a", "masterSecret": "b"}]}"#, "1:14: 'encryption' is missing"),
      ("yidun: [{secretId: a, secretKey: b}]", "1:9: 'businessId' is missing"),
      ("mobtech: [{appKey: a, appSecret: short}]", "1:34: 'appSecret' must have at least 8 characters"),
      (
        "tencentCloud:\n  - {sdkAppId: a, appKey: b}\n  - {sdkAppId: a, appKey: c}", "3:5: duplicate sdkAppId 'a'"
      ),
    ])
  func wrong(_ text: String, _ message: String) {
    let error = #expect(throws: SandboxAccountsError.self) { try SandboxAccounts(yaml: Array(text.utf8)) }
    #expect(error?.description == message)
  }
}
