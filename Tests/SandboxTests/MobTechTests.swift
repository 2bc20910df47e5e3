import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §6.
@Suite("MobTech")
struct MobTechTests {
  private static let accounts = #"{"mobtech": [{"appKey": "ak", "appSecret": "secret00"}]}"#
  private static let time: Int64 = 1_700_000_000_000
  private static let members = [
    ("appkey", "ak"), ("token", "t"), ("opToken", "o"), ("operator", "CUCC"), ("timestamp", "1700000000000"),
  ]
  private static let path = "/auth/auth/sdkClientFreeLogin"

  private func sandbox(now: Int64 = time) async throws -> TestSandbox {
    let sandbox = try TestSandbox(now: now, accounts: MobTechTests.accounts)
    _ = try await sandbox.mint(
      "mobtech", "ak", "login", #""token": "t", "inputs": {"opToken": "o"}, "carrier": "CU""#)
    return sandbox
  }

  /// The members of the test vector with changes, signed. `signsEmpty`: the signature includes empty members.
  private func signed(_ changes: [String: String?], signsEmpty: Bool = true) -> [(String, String)] {
    var fields = Dictionary(uniqueKeysWithValues: MobTechTests.members)
    for (name, value) in changes { fields[name] = value }
    let members = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
    let plain = members.filter { signsEmpty || !$0.1.isEmpty }
      .map { $0.0 + "=" + $0.1.filter { $0 != "#" } }.joined(separator: "&")
    return members + [("sign", digest(.md5, plain + "secret00"))]
  }

  @Test("accepts the signature of the test vector and returns its ciphertext", arguments: ["", "#"])
  func vector(_ kind: String) async throws {
    let members = MobTechTests.members.map { ($0.0, $0.0 == "timestamp" ? kind + $0.1 : $0.1) }
    let answer = try await sandbox().call(
      Message(MobTechTests.path, members: members + [("sign", "87f7c1534043bd27b46c64ad6afa83d0")]))
    #expect(answer["status"]?.int == 200)
    #expect(answer["error"]?.isNull == true)
    #expect(answer["res"]?.string == "6Uu7gXF/3+X/pmNTWM4TK+nL0QguzwL3")
  }

  @Test(
    "accepts a timestamp in milliseconds or in seconds",
    arguments: [
      ("#1700000000", 200), ("1700000000", 200), ("#1700000600000", 200), ("#1700000600001", 4_119_343),
      ("#1699999399", 4_119_343), ("now", 4_119_343),
    ])
  func timestamps(_ timestamp: String, _ status: Int) async throws {
    let message = Message(MobTechTests.path, members: signed(["timestamp": timestamp]))
    #expect(try await sandbox().call(message)["status"]?.int == status)
  }

  @Test("accepts an empty md5, included or not included in the signature", arguments: [true, false])
  func emptyValue(_ signsEmpty: Bool) async throws {
    let message = Message(MobTechTests.path, members: signed(["md5": ""], signsEmpty: signsEmpty))
    #expect(try await sandbox().call(message)["status"]?.int == 200)
  }

  @Test(
    "returns the code for an invalid member",
    arguments: [
      ("appkey", nil, 4_119_301), ("appkey", "other", 4_119_330), ("token", "", 4_119_301),
      ("opToken", nil, 4_119_301), ("operator", "CM", 5_119_501), ("token", "other", 4_119_310),
    ] as [(String, String?, Int)])
  func wrong(_ name: String, _ value: String?, _ status: Int) async throws {
    let answer = try await sandbox().call(Message(MobTechTests.path, members: signed([name: value])))
    #expect(answer["status"]?.int == status)
    #expect(answer["error"]?.string == CodeMessages.mobTech[String(status)])
    #expect(answer["res"] == nil)
  }

  @Test("accepts the appkey in the header only if it is the same", arguments: [("ak", 200), ("other", 4_119_301)])
  func header(_ appKey: String, _ status: Int) async throws {
    let message = Message(MobTechTests.path, members: signed([:]), headers: [("appkey", appKey)])
    #expect(try await sandbox().call(message)["status"]?.int == status)
  }
}
