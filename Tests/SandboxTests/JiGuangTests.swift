import Cryptography
import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §1.
@Suite("JiGuang")
struct JiGuangTests {
  private static let appKey = "sandbox00000000000000001"
  private static let keys = VendorInterface.basic(appKey, "sandboxsecret00000000001")

  private func call(
    _ sandbox: TestSandbox, _ path: String, _ json: String, _ headers: [(String, String)] = [keys]
  ) async throws -> JSONValue {
    try await sandbox.call(Message(path, json: json, headers: headers))
  }

  @Test("accepts the header of the documented example")
  func documented() async throws {
    let publicKey = try #require(VendorInterface.accounts("jiguang").first?["encryption"]?["publicKey"]?.text)
    let sandbox = try TestSandbox(
      accounts: """
        {"jiguang": [{"appKey": "7d431e42dfa6a6d693ac2d04", "masterSecret": "5e987ac6d2e04d95a9d8f0d1", \
        "encryption": {"publicKey": "\(publicKey.filter { !$0.isWhitespace })"}}]}
        """)
    let header = "Basic N2Q0MzFlNDJkZmE2YTZkNjkzYWMyZDA0OjVlOTg3YWM2ZDJlMDRkOTVhOWQ4ZjBkMQ=="
    _ = try await sandbox.mint("jiguang", "7d431e42dfa6a6d693ac2d04", "login", #""token": "STsid1""#)
    let answer = try await call(
      sandbox, JiGuangLogin.path, #"{"loginToken": "STsid1", "exID": "1234566"}"#, [("Authorization", header)])
    #expect(answer["code"]?.int == 8000)
    #expect(answer["content"]?.string == "get phone success")
    #expect(answer["exID"]?.string == "1234566")
  }

  @Test("encrypts the number with the customer's key, and returns an id above the precision of a double")
  func number() async throws {
    let sandbox = try TestSandbox()
    _ = try await sandbox.mint("jiguang", JiGuangTests.appKey, "login", #""token": "t""#)
    let answer = try await call(sandbox, JiGuangLogin.path, #"{"loginToken": "t"}"#)
    #expect(try #require(answer["id"]?.int) > 1 << 53)
    let phone = try #require(answer["phone"]?.string.flatMap(Base64.decode))
    #expect(phone.count == 128)
    let text = try #require(VendorInterface.accounts("jiguang").first?["encryption"]?["privateKey"]?.text)
    #expect(String(decoding: try RSAPrivateKey(text).decrypt(phone), as: UTF8.self) == "13800000000")
  }

  @Test(
    "accepts a phone number as a string or as a number",
    arguments: [
      ("\"13800000000\"", 9000), ("13800000000", 9000), ("\"13900000000\"", 9001), ("13900000000", 9001),
    ])
  func numbers(_ phone: String, _ code: Int) async throws {
    let sandbox = try TestSandbox()
    _ = try await sandbox.mint("jiguang", JiGuangTests.appKey, "verify", #""token": "t", "channel": "h5""#)
    let answer = try await call(sandbox, JiGuangVerify.pagePath, "{\"token\": \"t\", \"phone\": \(phone)}")
    #expect(answer["code"]?.int == code)
    #expect(answer["phone"] == nil)
  }

  @Test(
    "rejects invalid credentials",
    arguments: [
      (nil, 9010), ("Basic", 9011), ("Basic !", 9011), ("Bearer abc", 9011), ("Basic c2FuZGJveA==", 9011),
    ] as [(String?, Int)])
  func callers(_ header: String?, _ code: Int) async throws {
    let headers = header.map { [("Authorization", $0)] } ?? []
    let answer = try await call(TestSandbox(), JiGuangVerify.path, "{}", headers)
    #expect(answer["code"]?.int == code)
    #expect(answer["content"]?.string == CodeMessages.jiGuang[String(code)])
  }

  @Test(
    "requires its mandatory fields",
    arguments: [
      "", "[]", "{}", #"{"token": "t"}"#, #"{"token": "", "phone": 13800000000}"#, #"{"token": 1, "phone": 1}"#,
      #"{"token": "t", "phone": "+8613800000000"}"#, #"{"token": "t", "phone": "13800000000", "exID": 1}"#,
    ])
  func fields(_ json: String) async throws {
    #expect(try await call(TestSandbox(), JiGuangVerify.path, json)["code"]?.int == 9012)
  }
}
