import Cryptography
import JSON
import Testing
import YAML

@testable import Sandbox

/// One interface of a vendor: how to call it with a token, and its codes for invalid calls.
struct VendorInterface: Sendable, CustomTestStringConvertible {
  /// The values of one call.
  struct Sample: Sendable {
    let token: String
    let inputs: [String: String]
    let now: Int64
    /// nil: the secret of the account.
    var secret: String?
    var nonce = RandomText.hex(16)
  }

  let path: String
  let provider: String
  var channel = "app"
  /// The list of `accounts.yaml`, and the identifier of the account there.
  let list: String
  let appId: String
  let operation: String
  /// JSON Pointer of the code.
  let code: String
  let success: String
  let badSignature: String
  let badToken: String
  let badType: String
  var badInput: String?
  /// A documented code, for tests of faults.
  let documented: String
  var isNumber = true
  let message: @Sendable (Sample) -> Message

  var testDescription: String { "\(provider) \(path)" }

  /// The values of a call with a token from the SDK.
  func sample(_ minted: JSONValue, at now: Int64, secret: String? = nil) throws -> Sample {
    var inputs: [String: String] = [:]
    for (name, value) in try #require(minted["inputs"]).members { inputs[name] = value.string }
    return Sample(token: try #require(minted["token"]?.string), inputs: inputs, now: now, secret: secret)
  }

  func mint(_ sandbox: TestSandbox, _ more: String = "") async throws -> JSONValue {
    try await sandbox.mint(
      provider, appId, operation, "\"channel\": \"\(channel)\"" + (more.isEmpty ? "" : ", " + more))
  }

  func code(_ answer: JSONValue) throws -> String? {
    let value = answer.at(try #require(JSONPointer(code)))
    #expect(value?.kind == (isNumber ? .number : .string))
    return value?.text
  }

  /// A JSON object with only this account of `accounts.yaml`, and further members.
  func account(_ more: String) throws -> String {
    let node = try #require(VendorInterface.accounts(list).first { $0.entries.contains { $0.value.text == appId } })
    var members = node.entries.compactMap { entry in entry.value.text.map { "\"\(entry.key)\": \"\($0)\"" } }
    if let key = node["encryption"]?["publicKey"]?.text {
      members.append("\"encryption\": {\"publicKey\": \"\(key.filter { !$0.isWhitespace })\"}")
    }
    return "{\"\(list)\": [{\(members.joined(separator: ", ")), \(more)}]}"
  }

  static func accounts(_ list: String) throws -> [YAMLNode] {
    try #require(YAMLNode.parse(readFile("../../Sources/Sandbox/accounts.yaml"))[list]).elements
  }

  // MARK: The interfaces

  static let all = [jiGuang, yidun, tencentCloud, shanyan, mobTech, getui].flatMap { $0 }

  static func basic(_ name: String, _ secret: String) -> (String, String) {
    ("Authorization", "Basic " + Base64.encode(Array((name + ":" + secret).utf8)))
  }

  private static let jiGuang = ["app", "h5"].flatMap { channel in
    let folder = channel == "h5" ? "/v1/web/h5" : "/v1/web"
    let appKey = "sandbox00000000000000001"
    return ["login", "verify"].map { operation in
      let path = folder + (operation == "login" ? "/loginTokenVerify" : "/verify")
      return VendorInterface(
        path: path, provider: "jiguang", channel: channel, list: "jiguang", appId: appKey, operation: operation,
        code: "/code", success: operation == "login" ? "8000" : "9000", badSignature: "9011", badToken: "9003",
        badType: "9015", documented: "9018"
      ) { sample in
        let members = [
          (operation == "login" ? "loginToken" : "token", sample.token), ("phone", "13800000000"), ("exID", "42"),
        ]
        return Message(path, members: members, headers: [basic(appKey, sample.secret ?? "sandboxsecret00000000001")])
      }
    }
  }

  private static let yidun = ["login", "verify"].map { operation in
    let path = operation == "login" ? "/v1/oneclick/check" : "/v1/check"
    return VendorInterface(
      path: path, provider: "yidun", list: "yidun", appId: "sandboxyidunbusiness000000000001", operation: operation,
      code: "/code", success: "200", badSignature: "410", badToken: "450", badType: "405", documented: "508"
    ) { sample in
      var form = [
        ("accessToken", sample.inputs["accessToken"] ?? ""), ("businessId", "sandboxyidunbusiness000000000001"),
        ("nonce", sample.nonce),
      ]
      if operation == "verify" { form.append(("phone", "13800000000")) }
      form += [
        ("secretId", "sandboxyidunsecretid0000000000001"), ("timestamp", String(sample.now)), ("token", sample.token),
        ("version", "v1"),
      ]
      let plain = form.map { $0.0 + $0.1 }.joined() + (sample.secret ?? "sandboxyidunsecretkey000000000001")
      return Message(path, form: form + [("signature", digest(.md5, plain))])
    }
  }

  private static let tencentCloud = [
    VendorInterface(
      path: "/v5/rapidauth/validate", provider: "tencent-cloud", list: "tencentCloud", appId: "1400000001",
      operation: "login", code: "/result", success: "0", badSignature: "1001", badToken: "1007", badType: "1004",
      documented: "1014"
    ) { sample in
      let time = String(sample.now / 1000)
      let key = sample.secret ?? "sandboxtencentappkey000000000001"
      let sig = digest(.sha256, "appkey=\(key)&random=0123456789&time=\(time)")
      return Message(
        "/v5/rapidauth/validate?sdkappid=1400000001&random=0123456789",
        members: [("sig", sig), ("time", time), ("token", sample.token), ("carrier", "mobile")])
    }
  ]

  private static let shanyan = ["login", "verify"].map { operation in
    let path = operation == "login" ? "/open/flashsdk/mobile-query" : "/open/flashsdk/mobile-validate"
    return VendorInterface(
      path: path, provider: "shanyan", list: "shanyan", appId: "sandboxshanyan1", operation: operation,
      code: "/code", success: "200000", badSignature: "403000", badToken: "500003", badType: "400001",
      documented: "500005", isNumber: false
    ) { sample in
      var form = [("appId", "sandboxshanyan1"), ("clientIp", "192.0.2.7")]
      if operation == "verify" { form.append(("mobile", "13800000000")) }
      form += [("outId", ""), ("token", sample.token)]
      let key = HMACKey(.sha256, key: sample.secret ?? "sandboxshanyankey1")
      let sign = Hex.encode(key.authenticate(form.map { $0.0 + $0.1 }.joined()))
      return Message(path, form: [("sign", sign)] + form)
    }
  }

  private static let mobTech = [
    VendorInterface(
      path: "/auth/auth/sdkClientFreeLogin", provider: "mobtech", list: "mobtech", appId: "sandboxmobkey",
      operation: "login", code: "/status", success: "200", badSignature: "4119342", badToken: "4119310",
      badType: "4119301", badInput: "4119311", documented: "5119341"
    ) { sample in
      let members = [
        ("appkey", "sandboxmobkey"), ("opToken", sample.inputs["opToken"] ?? ""),
        ("operator", sample.inputs["operator"] ?? ""), ("timestamp", "#\(sample.now)"), ("token", sample.token),
      ]
      let plain = members.map { $0.0 + "=" + $0.1.filter { $0 != "#" } }.joined(separator: "&")
      let sign = digest(.md5, plain + (sample.secret ?? "sandboxmobsecret0000000000000000"))
      return Message("/auth/auth/sdkClientFreeLogin", members: members + [("sign", sign)])
    }
  ]

  private static let getui = [
    VendorInterface(
      path: "/v2/gy/ct_login/gy_get_pn", provider: "getui", list: "getui", appId: "sandboxgetuiappid00001",
      operation: "login", code: "/data/result", success: "20000", badSignature: "60008", badToken: "40040",
      badType: "40032", badInput: "40040", documented: "60002", isNumber: false
    ) { sample in
      let secret = sample.secret ?? "sandboxgetuisecret0001"
      return Message(
        "/v2/gy/ct_login/gy_get_pn",
        members: [
          ("appId", "sandboxgetuiappid00001"), ("gyuid", sample.inputs["gyuid"] ?? ""), ("token", sample.token),
          ("timestamp", "#\(sample.now)"),
          ("sign", digest(.sha256, "sandboxgetuiappkey0001\(sample.now)\(secret)")),
        ])
    }
  ]
}
