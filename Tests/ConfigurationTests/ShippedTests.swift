import Cryptography
import JSON
import Networking
import NumberAuth
import ProviderConformance
import Testing
import YAML

@testable import Configuration

/// The shipped `config.yaml` and `providers/`.
@Suite("The shipped configuration")
struct ShippedTests {
  private static func load() throws -> Configuration { try ConfigurationLoader.load(Files.config) }

  @Test("It loads without errors and warnings")
  func loads() throws {
    let configuration = try ShippedTests.load()
    #expect(configuration.warnings == [])
    #expect(
      configuration.providers.keys.sorted()
        == [
          "alipay", "aliyun", "camara", "camara-ciba", "china-mobile-app", "china-mobile-h5", "china-mobile-quick-app",
          "china-mobile-wechat", "getui",
          "jiguang", "mobtech", "shanyan", "tencent-cloud", "wechat", "yidun",
        ])
    #expect(configuration.accounts.values.allSatisfy { $0.origin.isLoopback })
  }

  @Test("The providers load without config.yaml")
  func providers() throws {
    let providers = try ConfigurationLoader.loadProviders(Files.providers)
    #expect(providers.count == 15)
    #expect(providers.values.allSatisfy { $0.endpoint.isSecure && !$0.table.entries.isEmpty && !$0.documents.isEmpty })
  }

  @Test("Each provider declares its hash functions, so that the check reports a missing one")
  func digests() throws {
    let needed = try ConfigurationLoader.loadProviders(Files.providers).mapValues { $0.digests.map(\.name).sorted() }
    #expect(
      needed == [
        "aliyun": ["SHA1", "SHA256"], "china-mobile-app": ["MD5", "SHA256"], "china-mobile-h5": ["MD5", "SHA256"],
        "china-mobile-quick-app": ["MD5"], "china-mobile-wechat": ["MD5", "SHA256"], "getui": ["SHA256"], "jiguang": [],
        "mobtech": ["MD5"], "shanyan": ["MD5", "SHA256"], "tencent-cloud": ["SHA256"], "wechat": [],
        "alipay": ["SHA256"],
        "camara": ["SHA256"], "camara-ciba": ["SHA256"],
        "yidun": ["MD5", "SHA1", "SHA256"],
      ])
    #expect(ConfigurationLoader.fault(ofDigests: [.md5, .sha256]) { _ in true } == nil)
    #expect(
      ConfigurationLoader.fault(ofDigests: [.md5, .sha256]) { $0 == .sha256 }
        == "needs MD5, which this OpenSSL does not provide (FIPS mode has no MD5)")
    #expect(DigestAlgorithm.allCases.filter { !$0.isAvailable } == [])
  }

  @Test("A phone without a SIM card does not get the advice to use mobile data")
  func noSIM() throws {
    let providers = try ConfigurationLoader.loadProviders(Files.providers)
    var found: Set<String> = []
    for (name, file) in providers {
      for entry in file.table.entries + file.table.carriers.flatMap(\.entries)
      where entry.row.text.lowercased().contains("sim") {
        guard case .code(let code) = entry.pattern else { continue }
        found.insert("\(name) \(code)")
        guard case .failure(let reason, let advice) = entry.row.meaning else { continue }
        #expect((advice ?? reason.advice) == .useSMS, "\(name) \(code)")
      }
    }
    #expect(
      found.isSuperset(of: ["china-mobile-app 200010", "china-mobile-app 200048", "aliyun 600007", "shanyan 1006"]))
    #expect(FailureReason.clientUnsupported.advice == .useSMS)
  }

  /// The authorisation page, in which the user can correct the input, is only open at the SDK's stages. A token cannot
  /// be used again after it was sent, so neither the token nor the page allows a second attempt.
  @Test("The advice to ask again is only used while the page is open")
  func askAgain() throws {
    for (name, file) in try ConfigurationLoader.loadProviders(Files.providers) {
      for entry in file.table.entries {
        guard case .failure(let reason, let advice) = entry.row.meaning, (advice ?? reason.advice) == .askAgain else {
          continue
        }
        #expect([.acquire, .token].contains(entry.place.stage), "\(name) \(entry.place) \(entry.pattern)")
      }
    }
  }

  /// The operator cannot change settings between a vendor and a carrier.
  @Test("Codes about the vendor's own settings have the advice to contact the vendor")
  func vendorsOwn() throws {
    let providers = try ConfigurationLoader.loadProviders(Files.providers)
    let rows: [(provider: String, carrier: Carrier, codes: [String])] = [
      ("aliyun", .chinaMobile, ["105112", "105113"]), ("aliyun", .chinaUnicom, ["104", "107", "100001"]),
      ("aliyun", .chinaTelecom, ["110022"]),
      (
        "china-mobile-h5", .chinaTelecom,
        ["-10003", "-10014", "-20005", "-20006", "-20007", "-20102", "-30001", "51207", "51208", "108001"]
      ),
    ]
    for (provider, carrier, codes) in rows {
      for code in codes {
        let row = try #require(providers[provider]?.table.row(code, stage: .acquire, carrier: carrier))
        guard case .failure(_, let advice) = row.meaning else {
          Issue.record("\(provider) \(code) is not a failure")
          continue
        }
        #expect(advice == .contactVendor, "\(provider) \(code)")
      }
    }
  }

  @Test("The providers serve the documented channels and operations")
  func products() throws {
    let served = try ShippedTests.load().providers.mapValues { file in
      Dictionary(uniqueKeysWithValues: file.serves.map { ($0.key.rawValue, Set($0.value.map(\.rawValue))) })
    }
    #expect(
      served == [
        "china-mobile-h5": ["h5": ["login"]], "china-mobile-wechat": ["wechat-mini-program": ["login"]],
        "china-mobile-quick-app": ["quick-app": ["verify"]],
        "china-mobile-app": ["app": ["login", "verify"], "h5": ["login", "verify"]],
        "aliyun": ["app": ["login", "verify"], "h5": ["login", "verify"]],
        "jiguang": ["app": ["login", "verify"], "h5": ["login", "verify"]],
        "yidun": ["app": ["login", "verify"]], "shanyan": ["app": ["login", "verify"]],
        "tencent-cloud": ["app": ["login"]], "mobtech": ["app": ["login"]], "getui": ["app": ["login"]],
        "wechat": ["wechat-mini-program": ["login"]], "alipay": ["alipay-mini-program": ["login"]],
        "camara": ["app": ["login", "verify"]], "camara-ciba": ["app": ["login", "verify"]],
      ])
    let kinds: [AdapterKind: (prepare: Bool, sign: Bool)] = [
      .chinaMobileH5: (true, false), .chinaMobileWeChat: (true, false), .chinaMobileQuickApp: (true, true),
      .chinaMobileApp: (true, false), .aliyun: (true, false), .declarative: (true, true),
    ]
    for kind in AdapterKind.allCases {
      #expect(kind.canPrepare == kinds[kind]?.prepare && kind.canSign == kinds[kind]?.sign)
    }
  }

  @Test("It uses every operation of every product")
  func routes() throws {
    let configuration = try ShippedTests.load()
    var used: [String: Set<Router.Route>] = [:]
    for app in configuration.apps.values {
      for (route, candidates) in app.routes {
        for candidate in candidates {
          used[try #require(configuration.accounts[candidate.account]).file.name, default: []].insert(route)
        }
      }
    }
    for (name, file) in configuration.providers {
      for (channel, operations) in file.serves {
        for operation in operations {
          #expect(used[name]?.contains(.init(channel: channel, operation: operation)) == true, "\(name) \(channel)")
        }
      }
    }
  }

  @Test("The key hashes match the keys in the comments")
  func teams() throws {
    for team in try ShippedTests.load().teams {
      #expect(team.keyHashes == [DigestAlgorithm.sha256.hash("numgate-demo-\(team.name)-key")])
    }
  }

  // MARK: The sandbox

  private static func yaml(_ path: String) throws -> YAMLNode {
    try YAMLNode.parse(try #require(Repository.read(path)))
  }

  /// White space inside a key is ignored.
  private static func dense(_ node: YAMLNode?) -> String? { node?.text?.filter { !$0.isWhitespace } }

  private static let products = [
    "china-mobile-h5": "h5", "china-mobile-wechat": "wechat-mini-program", "china-mobile-quick-app": "quick-app",
    "china-mobile-app": "app",
  ]

  /// A list of accounts of the sandbox.
  private struct SandboxList {
    let name: String
    /// The field that identifies an entry.
    let key: String
    /// The path of an account's field in the entry.
    let fields: [String: [String]]

    static let chinaMobile = SandboxList(
      name: "chinaMobile", key: "appId",
      fields: [
        "appKey": ["appKey"], "appSecret": ["appSecret"], "wxappid": ["wxAppId"],
        "privateKey": ["client", "privateKey"], "platformPublicKey": ["platform", "publicKey"],
        "signPrivateKey": ["signing", "privateKey"], "decryptPrivateKey": ["encryption", "privateKey"],
      ])

    /// The lists of vendors, by the name of the provider.
    static let others = [
      "jiguang": SandboxList(
        name: "jiguang", key: "appKey",
        fields: ["masterSecret": ["masterSecret"], "privateKey": ["encryption", "privateKey"]]),
      "yidun": SandboxList(
        name: "yidun", key: "businessId", fields: ["secretId": ["secretId"], "secretKey": ["secretKey"]]),
      "tencent-cloud": SandboxList(name: "tencentCloud", key: "sdkAppId", fields: ["appKey": ["appKey"]]),
      "shanyan": SandboxList(
        name: "shanyan", key: "appId", fields: ["appKey": ["appKey"], "privateKey": ["encryption", "privateKey"]]),
      "mobtech": SandboxList(name: "mobtech", key: "appKey", fields: ["appSecret": ["appSecret"]]),
      "getui": SandboxList(
        name: "getui", key: "appId", fields: ["appKey": ["appKey"], "masterSecret": ["masterSecret"]]),
      "wechat": SandboxList(name: "wechat", key: "appId", fields: ["appSecret": ["appSecret"]]),
      "alipay": SandboxList(
        name: "alipay", key: "appId", fields: ["aesKey": ["aesKey"], "alipayPublicKey": ["platform", "publicKey"]]),
      "camara": SandboxList(name: "camara", key: "clientId", fields: ["signingKey": ["client", "privateKey"]]),
      "camara-ciba": SandboxList(name: "camara", key: "clientId", fields: ["signingKey": ["client", "privateKey"]]),
    ]
  }

  @Test("All accounts exist in the sandbox")
  func sandbox() throws {
    let accounts = try #require(try ShippedTests.yaml(Files.config)["accounts"]).entries
    let sandbox = try ShippedTests.yaml(Repository.root + "Sources/Sandbox/accounts.yaml")
    var compared: Set<String> = []
    for account in accounts {
      let provider = try #require(account.value["provider"]?.text)
      guard provider != "aliyun" else {
        let pairs = sandbox["aliyun"]?["accessKeys"]?.elements ?? []
        let pair = try #require(pairs.first { $0["id"]?.text == account.value["accessKeyId"]?.text })
        #expect(pair["secret"]?.text == account.value["accessKeySecret"]?.text)
        #expect(pair["securityToken"]?.text == account.value["securityToken"]?.text)
        #expect(pair["refuses"] == nil)
        let schemes = sandbox["aliyun"]?["schemes"]?.elements ?? []
        let scheme = try #require(schemes.first { $0["sceneCode"]?.text == account.value["sceneCode"]?.text })
        #expect(scheme["url"]?.text == account.value["pageUrl"]?.text)
        compared.insert("aliyun")
        continue
      }
      let list = SandboxList.others[provider] ?? .chinaMobile
      let known = sandbox[list.name]?.elements ?? []
      let entry = try #require(
        known.first { $0[list.key]?.text == account.value[list.key]?.text }, "\(account.key) is not in the sandbox")
      #expect(entry["product"]?.text == ShippedTests.products[provider])
      #expect(entry["refuses"] == nil && entry["allowedAddresses"] == nil)
      for field in account.value.entries {
        guard let path = list.fields[field.key] else { continue }
        let value = path.reduce(Optional(entry)) { node, key in node?[key] }
        #expect(
          ShippedTests.dense(value) == ShippedTests.dense(field.value), "\(account.key).\(field.key)")
        compared.insert(list.name + "." + field.key)
      }
    }
    let lists = SandboxList.others.values + [.chinaMobile]
    #expect(compared == Set(lists.flatMap { list in list.fields.keys.map { list.name + "." + $0 } } + ["aliyun"]))
  }
}
