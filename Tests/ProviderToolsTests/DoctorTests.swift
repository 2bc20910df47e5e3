import Configuration
import NumberAuth
import Testing

@testable import ProviderTools

@Suite("The doctor with the sandbox", .timeLimit(.minutes(1)))
struct DoctorTests {
  private static let shipped = [
    "mobile-h5", "mobile-wechat", "mobile-quick-app", "mobile-app", "mobile-app-rsa", "aliyun-h5", "aliyun-sts",
  ]

  @Test("Every account of config.yaml passes, and every operation is checked", arguments: shipped)
  func shippedAccounts(_ name: String) async throws {
    let clinic = try DoctorFixture()
    let health = try await clinic.examine(name)
    #expect(health.isOK, "\(health.shown)")
    let account = try #require(clinic.configuration.accounts[name])
    for (channel, operations) in account.file.serves {
      for operation in operations {
        let finding = try health.only("\(operation.rawValue) \(channel.rawValue)")
        #expect(finding.mark == .passed)
        #expect(
          finding.text.hasPrefix("the vendor accepts the account and refuses the invalid token ("), "\(finding.text)")
        #expect(finding.advice == nil)
      }
    }
    #expect(try health.only("host").text.hasPrefix("connected, response in "))
    #expect(try health.only("clock").text == "matches the vendor's clock")
    #expect(health.results.map(\.topic).first == "account")
  }

  @Test("Aliyun's parameters for the page are requested, which proves that the account is valid")
  func prepare() async throws {
    let health = try await DoctorFixture().examine("aliyun-h5")
    #expect(try health.only("prepare login h5").text == "the vendor accepts account and signature")
    #expect(try health.only("prepare verify h5").mark == .passed)
    #expect(health.about("prepare login app").isEmpty)
  }

  private static let declared: KeyValuePairs = [
    "jiguang": "appKey: sandbox00000000000000001, masterSecret: sandboxsecret00000000001",
    "yidun":
      "secretId: sandboxyidunsecretid0000000000001, secretKey: sandboxyidunsecretkey000000000001, "
      + "businessId: sandboxyidunbusiness000000000001",
    "tencent-cloud": "sdkAppId: \"1400000001\", appKey: sandboxtencentappkey000000000001",
    "shanyan": "appId: sandboxshanyan1, appKey: sandboxshanyankey1",
    "mobtech": "appKey: sandboxmobkey, appSecret: sandboxmobsecret0000000000000000",
    "getui":
      "appId: sandboxgetuiappid00001, appKey: sandboxgetuiappkey0001, masterSecret: sandboxgetuisecret0001",
  ]

  @Test("An account of a declarative provider is checked with the inputs that its file declares")
  func declaredVendors() async throws {
    for (provider, fields) in Self.declared {
      let clinic = try DoctorFixture(
        accounts: "  tried: {provider: \(provider), endpoint: \"http://127.0.0.1:9090\", \(fields)}\n")
      let health = try await clinic.examine("tried")
      #expect(health.isOK, "\(health.shown)")
      let calls = health.results.filter { $0.topic.hasPrefix("login ") || $0.topic.hasPrefix("verify ") }
      // Three vendors have no code that is specific to the token.
      for call in calls {
        #expect(call.text.hasSuffix(")") && !call.text.hasPrefix("not tried"), "\(provider): \(call)")
      }
      #expect(calls.count == (try #require(clinic.configuration.accounts["tried"])).operationCount)
      if ["jiguang", "yidun", "getui"].contains(provider) { #expect(calls.allSatisfy { $0.mark == .passed }) }
    }
  }

  // MARK: Failures

  private func changed(_ old: String, _ new: String) throws -> DoctorFixture {
    try DoctorFixture { text in
      #expect(text.contains(old))
      return text.replacing(old, with: new)
    }
  }

  @Test("A wrong secret is reported as a refused signature, and no part of it is printed")
  func wrongSecret() async throws {
    let health = try await changed("appSecret: SANDBOXAPPSECRET", "appSecret: WRONGAPPSECRETXX").examine("mobile-app")
    let login = try health.only("login app")
    #expect(!health.isOK && login.mark == .failed)
    #expect(login.text.hasPrefix("the vendor rejected the signature (103101 "), "\(login.text)")
    #expect(try #require(login.advice).hasPrefix("Compare the key or secret that signs"))
    #expect(try health.only("verify app").mark == .passed)
    #expect(!health.shown.contains("WRONGAPPSECRET") && !health.shown.contains("SANDBOXAPPMD5KEY"))
  }

  @Test(
    "A failure of the account is reported with its code and a fix",
    arguments: [
      ("mobile-h5", "\"300000000001\"", "\"300000000999\"", "login h5", "the app or key is unknown", "console"),
      ("mobile-h5", "\"300000000001\"", "\"300000000911\"", "login h5", "the account is not authorised", "enable this"),
      ("mobile-h5", "\"300000000001\"", "\"300000000912\"", "login h5", "the gateway's IP address is not", "after NAT"),
      ("mobile-app", "\"300000000004\"", "\"300000000943\"", "login app", "the account's package or", "top up"),
      ("aliyun-h5", "FC100000000000001", "FC100000000000009", "prepare login h5", "the settings at the", "scheme"),
    ])
  func refusals(
    _ account: String, _ old: String, _ new: String, _ topic: String, _ text: String, _ advice: String
  ) async throws {
    let finding = try await changed(old, new).examine(account).only(topic)
    #expect(finding.mark == .failed)
    #expect(finding.text.hasPrefix(text), "\(finding.text)")
    #expect(try #require(finding.advice).contains(advice))
  }

  @Test("An unknown code is a warning that asks for an entry")
  func unmapped() async throws {
    let clinic = try DoctorFixture()
    try await clinic.control(
      "/sandbox/faults",
      #"{"path": "/h5/onekeylogin/tokenValidate", "fault": {"code": "987654", "message": "tel 13912345678"}}"#)
    let health = try await clinic.examine("mobile-h5")
    let finding = try health.only("login h5")
    #expect(finding.mark == .warning && health.isOK)
    #expect(finding.text == "the vendor returned an unknown code (987654 tel ***)")
    #expect(try #require(finding.advice).hasPrefix("Add an entry"))
  }

  @Test("Secrets that a vendor repeats are masked")
  func echo() async throws {
    let clinic = try DoctorFixture()
    let key = "SANDBOXAPPSECRETSANDBOXAPPSECRET"
    try await clinic.control(
      "/sandbox/faults",
      #"{"path": "/unisdk/rsapi/loginTokenValidate", "times": 2, "fault": {"code": "103101", "message": "\#(InvalidTokenCall.token) \#(key)"}}"#
    )
    let health = try await clinic.examine("mobile-app")
    #expect(try health.only("login app").text == "the vendor rejected the signature (103101 *** ***)")
    #expect(!health.shown.contains(InvalidTokenCall.token) && !health.shown.contains(key))
  }

  @Test(
    "A faulty vendor is distinguished from an invalid account",
    arguments: [
      (#"{"body": "html"}"#, CheckResult.Mark.failed, "no proxy or firewall"),
      (#"{"connection": "reset-after-processing"}"#, .failed, "Try again"),
      (#"{"code": "103001"}"#, .warning, ""),
    ])
  func vendorFaults(_ fault: String, _ mark: CheckResult.Mark, _ advice: String) async throws {
    let clinic = try DoctorFixture()
    try await clinic.control(
      "/sandbox/faults", #"{"path": "/h5/onekeylogin/tokenValidate", "fault": \#(fault)}"#)
    let finding = try await clinic.examine("mobile-h5").only("login h5")
    #expect(finding.mark == mark, "\(finding.text)")
    #expect(try #require(finding.advice).contains(advice))
  }

  @Test("An endpoint that accepts the invalid token is an error")
  func invalidTokenAccepted() async throws {
    let clinic = try DoctorFixture()
    for operation in ["login", "verify"] {
      try await clinic.control(
        "/sandbox/tokens",
        """
        {"provider": "china-mobile-app", "appId": "300000000004", "phoneNumber": "13800000000", \
        "operation": "\(operation)", "token": "\(InvalidTokenCall.token)"}
        """)
      let finding = try await clinic.examine("mobile-app").only("\(operation) app")
      #expect(finding.mark == .failed)
      #expect(finding.text == "the vendor reports success for an invalid token")
      try await clinic.control("/sandbox/reset", "")
    }
    try await clinic.control(
      "/sandbox/tokens",
      """
      {"provider": "china-mobile-app", "appId": "300000000004", "phoneNumber": "13900000000", "operation": "verify", \
      "token": "\(InvalidTokenCall.token)"}
      """)
    let finding = try await clinic.examine("mobile-app").only("verify app")
    #expect(finding.mark == .warning)
    #expect(finding.text == "the vendor returns the verdict 'mismatch' for an invalid token")
  }

  @Test("A call is skipped if the account lacks a field")
  func lacking() async throws {
    let health = try await changed("    pageUrl: https://shop.example.com/\n", "").examine("aliyun-h5")
    let finding = try health.only("prepare login h5")
    #expect(finding.mark == .warning && finding.text.hasPrefix("not tried: 'pageUrl' is missing"))
    let clinic = try DoctorFixture(
      accounts: """
          verifying:
            provider: china-mobile-app
            endpoint: http://127.0.0.1:9090
            appId: "300000000004"
            appKey: SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY

        """)
    let without = try await clinic.examine("verifying")
    #expect(without.about("login app").isEmpty)
    #expect(try without.only("account").text.contains("login unavailable: login needs 'appSecret'"))
  }

  // MARK: The clock

  @Test(
    "A wrong clock is detected from the vendor's response",
    arguments: [
      (Duration.seconds(30), CheckResult.Mark.warning, "ahead of"), (.seconds(1200), .failed, "ahead of"),
      (.seconds(-1200), .failed, "behind"),
    ])
  func clock(_ ahead: Duration, _ mark: CheckResult.Mark, _ word: String) async throws {
    let health = try await DoctorFixture().examine("aliyun-h5", ahead: ahead)
    let finding = try health.only("clock")
    #expect(finding.mark == mark && finding.text.contains(word), "\(finding.text)")
    // The vendor's result for the timestamp in the call agrees.
    #expect(try health.only("login app").text.hasPrefix("the vendor rejected the timestamp") == (mark == .failed))
  }

  // MARK: Keys

  @Test("Without a network only the keys are checked")
  func offline() async throws {
    let health = try await DoctorFixture().examine("mobile-quick-app", isOffline: true)
    #expect(Set(health.results.map(\.topic)) == ["account", "keys"])
    #expect(health.isOK)
    #expect(
      health.about("keys").map(\.text) == [
        "privateKey: RSA 1024, public half SHA-256 96a0df2097b8a9b3f8f08df79dfe598fbc935ea56a47e8cea86a0789b195838b",
        "privateKey has 1024 bits",
        "platformPublicKey: RSA 1024, SHA-256 7beb2151b9b246ff760542de62f9872719ebb0d6d413edc684a90fcc213fa867",
        "platformPublicKey has 1024 bits",
      ])
  }

  /// The text of a key field in config.yaml.
  private func field(_ name: String, of account: String, _ text: String) throws -> String {
    let start = try #require(text.firstRange(of: "\n  \(account):\n"))
    let key = try #require(text[start.upperBound...].firstRange(of: "\n    \(name): >-\n"))
    return text[key.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
      .prefix { $0.hasPrefix("      ") }.joined(separator: "\n")
  }

  @Test("The own public half in place of the platform's key is an error")
  func mixUp() async throws {
    let own =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDikOrYIucmwuRBvADT748CcUCMC4g3IQwXGqa1gW1PT39WGKQ5kq2NI+IonIu2LvgCAvVdua"
      + "48/3wicmttb3umoAd3UkDNE7izdrOCmiFl49EZNCt/ZvO5HO7PuRpsJQVflcX16xWQvk15tITj4ydLBBsKIjJJctHkSg1IGZ09AwIDAQAB"
    let clinic = try DoctorFixture { text in
      guard let platform = try? field("platformPublicKey", of: "mobile-quick-app", text) else { return text }
      return text.replacing(platform, with: "      " + own)
    }
    let health = try await clinic.examine("mobile-quick-app", isOffline: true)
    let finding = try #require(health.results.first { $0.mark == .failed })
    #expect(finding.text == "platformPublicKey is the public half of your own key (privateKey)")
    #expect(try #require(finding.advice).contains("platform's key"))
  }

  @Test("The same key for two purposes is a warning")
  func sameKeys() async throws {
    let clinic = try DoctorFixture { text in
      guard let sign = try? field("signPrivateKey", of: "mobile-app-rsa", text),
        let decrypt = try? field("decryptPrivateKey", of: "mobile-app-rsa", text)
      else { return text }
      return text.replacing(decrypt, with: sign)
    }
    let health = try await clinic.examine("mobile-app-rsa", isOffline: true)
    #expect(health.isOK)
    let openQuestions = health.results.filter { $0.mark == .warning }.map(\.text)
    #expect(openQuestions.contains("signPrivateKey and decryptPrivateKey are the same key"))
  }

  @Test("A damaged key that parses is detected")
  func damagedKey() async throws {
    let clinic = try DoctorFixture { text in
      guard let key = try? field("privateKey", of: "mobile-h5", text) else { return text }
      // A character in the middle of the modulus.
      var characters = Array(key)
      characters[60] = characters[60] == "A" ? "B" : "A"
      return text.replacing(key, with: String(characters))
    }
    let health = try await clinic.examine("mobile-h5", isOffline: true)
    let finding = try #require(health.results.first { $0.mark == .failed })
    #expect(finding.text == "privateKey: its public half does not verify its signature")
  }

  @Test("No key, secret, token or phone number is printed", arguments: shipped)
  func discretion(_ name: String) async throws {
    let clinic = try DoctorFixture()
    let shown = try await clinic.examine(name).shown
    let account = try #require(clinic.configuration.accounts[name])
    for field in account.file.accountFields where field.isSecret {
      guard let secret = account.settings.optional(field.name)?.revealed else { continue }
      #expect(!shown.contains(secret) && !shown.contains(secret.prefix(24)))
    }
    for hidden in ["13800000000", InvalidTokenCall.token] { #expect(!shown.contains(hidden)) }
  }
}

extension Account {
  /// Number of operations on channels that the account supports.
  fileprivate var operationCount: Int {
    file.serves.values.joined().filter { provider.unsupportedReason(for: $0) == nil }.count
  }
}
