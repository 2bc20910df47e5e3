import Cryptography
import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §3.
@Suite("Getui")
struct GetuiTests {
  private static let path = "/v2/gy/ct_login/gy_get_pn"
  private static let time: Int64 = 1_700_000_000_000

  private func sandbox(_ masterSecret: String = "mastersecret12345") async throws -> TestSandbox {
    let sandbox = try TestSandbox(
      now: GetuiTests.time,
      accounts: "{\"getui\": [{\"appId\": \"app\", \"appKey\": \"appkey\", \"masterSecret\": \"\(masterSecret)\"}]}")
    _ = try await sandbox.mint("getui", "app", "login", #""token": "t", "inputs": {"gyuid": "g"}"#)
    return sandbox
  }

  private func message(_ sign: String, _ changes: [String: String?] = [:]) -> Message {
    var members = ["appId": "app", "gyuid": "g", "token": "t", "timestamp": "#1700000000000", "sign": sign]
    for (name, value) in changes { members[name] = value }
    return Message(GetuiTests.path, members: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  @Test("accepts the signature of the test vector")
  func vector() async throws {
    let sign = "e81b3c1f63c1e5a63bfec403a473f8e3cc8a390de8e7ab9c462f340fff97f227"
    let answer = try await sandbox().call(message(sign))
    #expect(answer["errno"]?.int == 0)
    #expect(answer["data"]?["result"]?.string == "20000")
  }

  @Test("encrypts the number as in the test vector")
  func number() async throws {
    let sign = digest(.sha256, "appkey1700000000000mastersecret1234")
    let answer = try await sandbox("mastersecret1234").call(message(sign))
    #expect(answer["data"]?["data"]?["pn"]?.string == "5543d5eb01ffd1f0420650b03ec3aa9f")
  }

  @Test("repeats a short masterSecret and truncates a long one", arguments: ["abc", "mastersecret12345"])
  func lengths(_ masterSecret: String) async throws {
    let sign = digest(.sha256, "appkey1700000000000" + masterSecret)
    let answer = try await sandbox(masterSecret).call(message(sign))
    let pn = try #require(answer["data"]?["data"]?["pn"]?.string.flatMap(Hex.decode))
    let key = String(repeating: masterSecret, count: 6).utf8.prefix(16)
    let plain = try AESKey(Array(key)).decrypt(pn, .cbc(iv: Array("0000000000000000".utf8)))
    #expect(String(decoding: plain, as: UTF8.self) == "13800000000")
  }

  @Test("also accepts the signature format of the captcha interface", arguments: ["", "p1"])
  func sorted(_ processId: String) async throws {
    let optional = processId.isEmpty ? "" : "&processId=\(processId)"
    let plain = "appId=app&gyuid=g\(optional)&timestamp=1700000000000&token=t&key=mastersecret12345"
    let answer = try await sandbox().call(message(digest(.sha256, plain), ["processId": processId]))
    #expect(answer["data"]?["result"]?.string == "20000")
  }

  @Test(
    "requires the process id if the SDK returned one",
    arguments: [("p1", "20000"), ("p2", "40040"), (nil, "40040")] as [(String?, String)])
  func processId(_ sent: String?, _ result: String) async throws {
    let sandbox = try await sandbox()
    _ = try await sandbox.mint(
      "getui", "app", "login", #""token": "t", "inputs": {"gyuid": "g", "processId": "p1"}"#)
    let sign = digest(.sha256, "appkey1700000000000mastersecret12345")
    let answer = try await sandbox.call(message(sign, ["processId": sent]))
    #expect(answer["data"]?["result"]?.string == result)
  }

  @Test(
    "returns the code for an invalid member",
    arguments: [
      ("appId", nil, "40005"), ("appId", "", "40005"), ("appId", "other", "40004"), ("gyuid", nil, "40032"),
      ("token", "", "40032"), ("timestamp", "1700000000000", "40032"), ("timestamp", "#1699999399999", "40032"),
      ("timestamp", "#1700000000", "40032"), ("sign", nil, "40032"), ("gyuid", "other", "40040"),
    ] as [(String, String?, String)])
  func wrong(_ name: String, _ value: String?, _ result: String) async throws {
    let timestamp = name == "timestamp" ? (value ?? "").filter { $0 != "#" } : "1700000000000"
    let sign = digest(.sha256, "appkey" + timestamp + "mastersecret12345")
    let answer = try await sandbox().call(message(sign, [name: value]))
    #expect(answer["data"]?["result"]?.string == result)
    #expect(answer["data"]?["msg"]?.string == CodeMessages.getui[result])
    #expect(answer["data"]?["data"] == nil)
  }
}
