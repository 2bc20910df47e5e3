import Cryptography
import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §5.
@Suite("Shanyan")
struct ShanyanTests {
  private static let vector = [
    ("appId", "app1"), ("token", "tok"), ("encryptType", "0"),
    ("sign", "e824e7eeecf56b64d6dfba73b8cbfc788764b665677a13ac53a55fa96a41b521"),
  ]

  private func signed(_ fields: [String: String], _ appKey: String) -> [(String, String)] {
    let form = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return form + [("sign", Hex.encode(HMACKey(.sha256, key: appKey).authenticate(form.map { $0.0 + $0.1 }.joined())))]
  }

  private func query(
    _ sandbox: TestSandbox, _ fields: [String: String], appId: String = "sandboxshanyan1",
    appKey: String = "sandboxshanyankey1", path: String = "/open/flashsdk/mobile-query"
  ) async throws -> JSONValue {
    let form = signed(fields.merging(["appId": appId]) { $1 }, appKey)
    return try await sandbox.call(Message(path, form: form))
  }

  @Test("accepts the signature of the test vector and returns its ciphertext")
  func vector() async throws {
    let sandbox = try TestSandbox(accounts: #"{"shanyan": [{"appId": "app1", "appKey": "key1"}]}"#)
    _ = try await sandbox.mint("shanyan", "app1", "login", #""token": "tok""#)
    let answer = try await sandbox.call(Message("/open/flashsdk/mobile-query", form: ShanyanTests.vector))
    #expect(answer["code"]?.string == "200000")
    #expect(answer["chargeStatus"]?.int == 1)
    #expect(answer["data"]?["mobileName"]?.string == "6a6b9d5d927a232f41b1ed4ad112cc01")
    #expect(answer["data"]?["tradeNo"]?.string?.isEmpty == false)
  }

  @Test("derives the key and the initialisation vector from the MD5 of the appKey")
  func halves() throws {
    let accounts = try SandboxAccounts(yaml: Array(#"{"shanyan": [{"appId": "app1", "appKey": "key1"}]}"#.utf8))
    let account = try #require(accounts.shanyan["app1"])
    #expect(account.numberIV == Array("7b376592d9c862cd".utf8))
    let plain = try AESKey(Array("c2add694bf942dc7".utf8)).decrypt(
      try #require(Hex.decode("6a6b9d5d927a232f41b1ed4ad112cc01")), .cbc(iv: account.numberIV))
    #expect(String(decoding: plain, as: UTF8.self) == "13800000000")
  }

  @Test("encrypts with RSA on request, if a key is registered")
  func rsa() async throws {
    let sandbox = try TestSandbox()
    _ = try await sandbox.mint("shanyan", "sandboxshanyan2", "login", #""token": "t""#)
    let answer = try await query(
      sandbox, ["token": "t", "encryptType": "1"], appId: "sandboxshanyan2", appKey: "sandboxshanyankey2")
    let ciphertext = try #require(answer["data"]?["mobileName"]?.string.flatMap(Hex.decode))
    let text = try #require(VendorInterface.accounts("shanyan").last?["encryption"]?["privateKey"]?.text)
    #expect(String(decoding: try RSAPrivateKey(text).decrypt(ciphertext), as: UTF8.self) == "13800000000")

    _ = try await sandbox.mint("shanyan", "sandboxshanyan2", "login", #""token": "t""#)
    let aes = try await query(sandbox, ["token": "t"], appId: "sandboxshanyan2", appKey: "sandboxshanyankey2")
    #expect(aes["data"]?["mobileName"]?.string?.count == 32)

    let none = try await query(sandbox, ["token": "t", "encryptType": "1"])
    #expect(none["code"]?.string == "415000")
    #expect(none["chargeStatus"]?.int == 0)
    #expect(none["data"] == nil)
  }

  @Test("verifies a number", arguments: [("13800000000", "1"), ("13900000000", "0")])
  func verify(_ mobile: String, _ verdict: String) async throws {
    let sandbox = try TestSandbox()
    _ = try await sandbox.mint("shanyan", "sandboxshanyan1", "verify", #""token": "t""#)
    let answer = try await query(
      sandbox, ["token": "t", "mobile": mobile], path: "/open/flashsdk/mobile-validate")
    #expect(answer["code"]?.string == "200000")
    #expect(answer["data"]?["isVerify"]?.string == verdict)
  }

  @Test(
    "returns the code for an invalid field",
    arguments: [
      (["token": ""], "400001"), (["token": "t", "encryptType": "2"], "400001"), (["token": "t"], "500003"),
    ])
  func wrong(_ fields: [String: String], _ code: String) async throws {
    #expect(try await query(TestSandbox(), fields)["code"]?.string == code)
  }

  @Test("requires a valid number for a verification", arguments: [("", "400201"), ("1380000000", "400001")])
  func mobile(_ mobile: String, _ code: String) async throws {
    let answer = try await query(
      TestSandbox(), ["token": "t", "mobile": mobile], path: "/open/flashsdk/mobile-validate")
    #expect(answer["code"]?.string == code)
  }

  @Test("rejects an unknown app")
  func unknownApp() async throws {
    #expect(try await query(TestSandbox(), ["token": "t"], appId: "unknown")["code"]?.string == "400901")
  }

  @Test("accepts calls from the registered addresses only")
  func addresses() async throws {
    let sandbox = try TestSandbox(
      accounts: #"{"shanyan": [{"appId": "app1", "appKey": "key1", "allowedAddresses": ["203.0.113.7"]}]}"#)
    let message = Message("/open/flashsdk/mobile-query", form: ShanyanTests.vector)
    for (address, code) in [("192.0.2.1", "400102"), ("203.0.113.7", "500003")] {
      let response = await sandbox.send(
        "POST", message.target, headers: message.headers, body: message.body, from: address)
      #expect(try JSONValue.parse(response.body)["code"]?.string == code)
    }
  }
}
