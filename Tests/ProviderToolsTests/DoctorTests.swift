import Configuration
import NumberAuth
import Testing

@testable import ProviderTools

@Suite("The doctor, at the sandbox", .timeLimit(.minutes(1)))
struct DoctorTests {
  private static let shipped = [
    "mobile-h5", "mobile-wechat", "mobile-quick-app", "mobile-app", "mobile-app-rsa", "aliyun-h5", "aliyun-sts",
  ]

  @Test("Every account as shipped is well, every operation of it tried", arguments: shipped)
  func shippedAccounts(_ name: String) async throws {
    let clinic = try Clinic()
    let health = try await clinic.examine(name)
    #expect(health.isWell, "\(health.shown)")
    let account = try #require(clinic.configuration.accounts[name])
    for (channel, operations) in account.file.serves {
      for operation in operations {
        let finding = try health.only("\(operation.rawValue) \(channel.rawValue)")
        #expect(finding.mark == .well)
        #expect(finding.text.hasPrefix("the vendor knows the account and refuses the void token ("), "\(finding.text)")
        #expect(finding.advice == nil)
      }
    }
    #expect(try health.only("host").text.hasPrefix("connected and answered in "))
    #expect(try health.only("clock").text == "in step with the vendor's")
    #expect(health.findings.map(\.topic).first == "account")
  }

  @Test("Aliyun is asked for what the page needs: the strongest sign that the account is right")
  func prepare() async throws {
    let health = try await Clinic().examine("aliyun-h5")
    #expect(try health.only("prepare login h5").text == "the vendor accepts account and signature")
    #expect(try health.only("prepare verify h5").mark == .well)
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

  @Test("An account of a vendor that a file describes is tried with the inputs that the file declares")
  func declaredVendors() async throws {
    for (provider, fields) in Self.declared {
      let clinic = try Clinic(
        accounts: "  tried: {provider: \(provider), endpoint: \"http://127.0.0.1:9090\", \(fields)}\n")
      let health = try await clinic.examine("tried")
      #expect(health.isWell, "\(health.shown)")
      let calls = health.findings.filter { $0.topic.hasPrefix("login ") || $0.topic.hasPrefix("verify ") }
      // Three vendors have no code that means the token and nothing else.
      for call in calls {
        #expect(call.text.hasSuffix(")") && !call.text.hasPrefix("not tried"), "\(provider): \(call)")
      }
      #expect(calls.count == (try #require(clinic.configuration.accounts["tried"])).operationCount)
      if ["jiguang", "yidun", "getui"].contains(provider) { #expect(calls.allSatisfy { $0.mark == .well }) }
    }
  }

  // MARK: What is wrong at the vendor

  private func changed(_ old: String, _ new: String) throws -> Clinic {
    try Clinic { text in
      #expect(text.contains(old))
      return text.replacing(old, with: new)
    }
  }

  @Test("A wrong secret is named a refused signature, and neither half of it is shown")
  func wrongSecret() async throws {
    let health = try await changed("appSecret: SANDBOXAPPSECRET", "appSecret: WRONGAPPSECRETXX").examine("mobile-app")
    let login = try health.only("login app")
    #expect(!health.isWell && login.mark == .wrong)
    #expect(login.text.hasPrefix("the vendor refused our signature (103101 "), "\(login.text)")
    #expect(try #require(login.advice).hasPrefix("Compare the key or secret that signs"))
    #expect(try health.only("verify app").mark == .well)
    #expect(!health.shown.contains("WRONGAPPSECRET") && !health.shown.contains("SANDBOXAPPMD5KEY"))
  }

  @Test(
    "What the vendor says of the account is named with its code and its remedy",
    arguments: [
      ("mobile-h5", "\"300000000001\"", "\"300000000999\"", "login h5", "the vendor does not know our app", "console"),
      ("mobile-h5", "\"300000000001\"", "\"300000000911\"", "login h5", "the capability is not granted", "open this"),
      ("mobile-h5", "\"300000000001\"", "\"300000000912\"", "login h5", "our address is not on the", "after NAT"),
      ("mobile-app", "\"300000000004\"", "\"300000000943\"", "login app", "our package or balance is", "top up"),
      ("aliyun-h5", "FC100000000000001", "FC100000000000009", "prepare login h5", "the vendor-side settings", "scheme"),
    ])
  func refusals(
    _ account: String, _ old: String, _ new: String, _ topic: String, _ text: String, _ advice: String
  ) async throws {
    let finding = try await changed(old, new).examine(account).only(topic)
    #expect(finding.mark == .wrong)
    #expect(finding.text.hasPrefix(text), "\(finding.text)")
    #expect(try #require(finding.advice).contains(advice))
  }

  @Test("A code that no row knows is a question that asks for a row")
  func unmapped() async throws {
    let clinic = try Clinic()
    try await clinic.control(
      "/sandbox/faults",
      #"{"path": "/h5/onekeylogin/tokenValidate", "fault": {"code": "987654", "message": "tel 13912345678"}}"#)
    let health = try await clinic.examine("mobile-h5")
    let finding = try health.only("login h5")
    #expect(finding.mark == .doubtful && health.isWell)
    #expect(finding.text == "the vendor's code is in no table (987654 tel ***)")
    #expect(try #require(finding.advice).hasPrefix("Add a row"))
  }

  @Test("A vendor that repeats what it was sent gives nothing away")
  func echo() async throws {
    let clinic = try Clinic()
    let key = "SANDBOXAPPSECRETSANDBOXAPPSECRET"
    try await clinic.control(
      "/sandbox/faults",
      #"{"path": "/unisdk/rsapi/loginTokenValidate", "times": 2, "fault": {"code": "103101", "message": "\#(VoidCall.token) \#(key)"}}"#
    )
    let health = try await clinic.examine("mobile-app")
    #expect(try health.only("login app").text == "the vendor refused our signature (103101 *** ***)")
    #expect(!health.shown.contains(VoidCall.token) && !health.shown.contains(key))
  }

  @Test(
    "A vendor that is ill is told from an account that is wrong",
    arguments: [
      (#"{"body": "html"}"#, CheckResult.Mark.wrong, "no proxy or firewall"),
      (#"{"connection": "reset-after-processing"}"#, .wrong, "Try again"),
      (#"{"code": "103001"}"#, .doubtful, ""),
    ])
  func illness(_ fault: String, _ mark: CheckResult.Mark, _ advice: String) async throws {
    let clinic = try Clinic()
    try await clinic.control(
      "/sandbox/faults", #"{"path": "/h5/onekeylogin/tokenValidate", "fault": \#(fault)}"#)
    let finding = try await clinic.examine("mobile-h5").only("login h5")
    #expect(finding.mark == mark, "\(finding.text)")
    #expect(try #require(finding.advice).contains(advice))
  }

  @Test("An endpoint that takes the void token for good is no vendor")
  func credulous() async throws {
    let clinic = try Clinic()
    for operation in ["login", "verify"] {
      try await clinic.control(
        "/sandbox/tokens",
        """
        {"provider": "china-mobile-app", "appId": "300000000004", "phoneNumber": "13800000000", \
        "operation": "\(operation)", "token": "\(VoidCall.token)"}
        """)
      let finding = try await clinic.examine("mobile-app").only("\(operation) app")
      #expect(finding.mark == .wrong)
      #expect(finding.text == "the vendor answers success to a void token")
      try await clinic.control("/sandbox/reset", "")
    }
    try await clinic.control(
      "/sandbox/tokens",
      """
      {"provider": "china-mobile-app", "appId": "300000000004", "phoneNumber": "13900000000", "operation": "verify", \
      "token": "\(VoidCall.token)"}
      """)
    let finding = try await clinic.examine("mobile-app").only("verify app")
    #expect(finding.mark == .doubtful && finding.text == "the vendor answers 'mismatch' to a void token")
  }

  @Test("What an account lacks keeps a call from being made")
  func lacking() async throws {
    let health = try await changed("    pageUrl: https://shop.example.com/\n", "").examine("aliyun-h5")
    let finding = try health.only("prepare login h5")
    #expect(finding.mark == .doubtful && finding.text.hasPrefix("not tried: 'pageUrl' is missing"))
    let clinic = try Clinic(
      accounts: """
          verifying:
            provider: china-mobile-app
            endpoint: http://127.0.0.1:9090
            appId: "300000000004"
            appKey: SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY

        """)
    let without = try await clinic.examine("verifying")
    #expect(without.about("login app").isEmpty)
    #expect(try without.only("account").text.contains("not login: login needs 'appSecret'"))
  }

  // MARK: The clock

  @Test(
    "A clock that is off is told by the vendor's answer",
    arguments: [
      (Duration.seconds(30), CheckResult.Mark.doubtful, "ahead of"), (.seconds(1200), .wrong, "ahead of"),
      (.seconds(-1200), .wrong, "behind"),
    ])
  func clock(_ ahead: Duration, _ mark: CheckResult.Mark, _ word: String) async throws {
    let health = try await Clinic().examine("aliyun-h5", ahead: ahead)
    let finding = try health.only("clock")
    #expect(finding.mark == mark && finding.text.contains(word), "\(finding.text)")
    // The vendor says the same of the timestamp in the call.
    #expect(try health.only("login app").text.hasPrefix("the vendor refused our timestamp") == (mark == .wrong))
  }

  // MARK: Keys

  @Test("Without a network only the keys are looked at")
  func offline() async throws {
    let health = try await Clinic().examine("mobile-quick-app", isOffline: true)
    #expect(Set(health.findings.map(\.topic)) == ["account", "keys"])
    #expect(health.isWell)
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

  @Test("The own public half in the platform's place is a mix-up")
  func mixUp() async throws {
    let own =
      "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDikOrYIucmwuRBvADT748CcUCMC4g3IQwXGqa1gW1PT39WGKQ5kq2NI+IonIu2LvgCAvVdua"
      + "48/3wicmttb3umoAd3UkDNE7izdrOCmiFl49EZNCt/ZvO5HO7PuRpsJQVflcX16xWQvk15tITj4ydLBBsKIjJJctHkSg1IGZ09AwIDAQAB"
    let clinic = try Clinic { text in
      guard let platform = try? field("platformPublicKey", of: "mobile-quick-app", text) else { return text }
      return text.replacing(platform, with: "      " + own)
    }
    let health = try await clinic.examine("mobile-quick-app", isOffline: true)
    let finding = try #require(health.findings.first { $0.mark == .wrong })
    #expect(finding.text == "platformPublicKey is your own key's public half (privateKey)")
    #expect(try #require(finding.advice).contains("platform's key"))
  }

  @Test("One key in the place of two is worth a thought")
  func sameKeys() async throws {
    let clinic = try Clinic { text in
      guard let sign = try? field("signPrivateKey", of: "mobile-app-rsa", text),
        let decrypt = try? field("decryptPrivateKey", of: "mobile-app-rsa", text)
      else { return text }
      return text.replacing(decrypt, with: sign)
    }
    let health = try await clinic.examine("mobile-app-rsa", isOffline: true)
    #expect(health.isWell)
    let openQuestions = health.findings.filter { $0.mark == .doubtful }.map(\.text)
    #expect(openQuestions.contains("signPrivateKey and decryptPrivateKey are the same key"))
  }

  @Test("A key that was damaged on its way parses and yet is told")
  func damagedKey() async throws {
    let clinic = try Clinic { text in
      guard let key = try? field("privateKey", of: "mobile-h5", text) else { return text }
      // A character in the middle of the modulus.
      var characters = Array(key)
      characters[60] = characters[60] == "A" ? "B" : "A"
      return text.replacing(key, with: String(characters))
    }
    let health = try await clinic.examine("mobile-h5", isOffline: true)
    let finding = try #require(health.findings.first { $0.mark == .wrong })
    #expect(finding.text == "privateKey does not verify with its own public half")
  }

  @Test("No key, secret, token or number is ever shown", arguments: shipped)
  func discretion(_ name: String) async throws {
    let clinic = try Clinic()
    let shown = try await clinic.examine(name).shown
    let account = try #require(clinic.configuration.accounts[name])
    for field in account.file.accountFields where field.isSecret {
      guard let secret = account.settings.optional(field.name)?.revealed else { continue }
      #expect(!shown.contains(secret) && !shown.contains(secret.prefix(24)))
    }
    for hidden in ["13800000000", VoidCall.token] { #expect(!shown.contains(hidden)) }
  }
}

extension Account {
  /// Operations on channels that the account can do.
  fileprivate var operationCount: Int {
    file.serves.values.joined().filter { provider.unsupportedReason(to: $0) == nil }.count
  }
}
