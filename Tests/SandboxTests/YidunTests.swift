import Cryptography
import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §2.
@Suite("Yidun")
struct YidunTests {
  private static let time: Int64 = 1_700_000_000_000
  private static let accounts = #"{"yidun": [{"secretId": "sid", "secretKey": "skey", "businessId": "bid"}]}"#
  private static let form = [
    ("secretId", "sid"), ("businessId", "bid"), ("version", "v1"), ("timestamp", "1700000000000"),
    ("nonce", "0123456789abcdef0123456789abcdef"), ("token", "t"), ("accessToken", "a"),
  ]
  private static let chosen = #""token": "t", "inputs": {"accessToken": "a"}"#

  /// A sandbox with the time and the token of the test vectors.
  private func sandbox(_ operation: String = "login", now: Int64 = time) async throws -> TestSandbox {
    let sandbox = try TestSandbox(now: now, accounts: YidunTests.accounts)
    _ = try await sandbox.mint("yidun", "bid", operation, YidunTests.chosen)
    return sandbox
  }

  /// The form of the test vectors with changed fields, signed.
  private func signed(_ changes: [String: String?], _ algorithm: DigestAlgorithm = .md5) -> [(String, String)] {
    var fields = Dictionary(uniqueKeysWithValues: YidunTests.form)
    for (name, value) in changes { fields[name] = value }
    let form = fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return form + [("signature", digest(algorithm, form.map { $0.0 + $0.1 }.joined() + "skey"))]
  }

  @Test("accepts the test vector of a login")
  func loginVector() async throws {
    let form = YidunTests.form + [("signature", "aabfe26919a53b2df44e859ae5010d3c")]
    let answer = try await sandbox().call(Message("/v1/oneclick/check", form: form))
    #expect(answer["code"]?.int == 200)
    #expect(answer["msg"]?.string == "ok")
    #expect(answer["data"]?["phone"]?.string == "13800000000")
  }

  @Test("accepts the test vector of a verification")
  func verifyVector() async throws {
    let form = YidunTests.form + [("phone", "13800000000"), ("signature", "f15d78800d564e3a050134170946cb5d")]
    let answer = try await sandbox("verify").call(Message("/v1/check", form: form))
    #expect(answer["code"]?.int == 200)
    #expect(answer["data"]?["result"]?.int == 1)
  }

  @Test("reports a mismatch for another number")
  func otherNumber() async throws {
    let answer = try await sandbox("verify").call(Message("/v1/check", form: signed(["phone": "13900000000"])))
    #expect(answer["data"]?["result"]?.int == 2)
  }

  @Test(
    "checks the signature with the method of the request",
    arguments: [
      ("MD5", .md5, 200), ("SHA1", .sha1, 200), ("SHA256", .sha256, 200), ("SHA256", .md5, 410), ("SM3", .md5, 410),
    ] as [(String, DigestAlgorithm, Int)])
  func methods(_ method: String, _ algorithm: DigestAlgorithm, _ code: Int) async throws {
    let message = Message("/v1/oneclick/check", form: signed(["signatureMethod": method], algorithm))
    #expect(try await sandbox().call(message)["code"]?.int == code)
  }

  @Test("includes the name of an empty field in the signature")
  func emptyField() async throws {
    let message = Message("/v1/oneclick/check", form: signed(["extra": ""]))
    #expect(try await sandbox().call(message)["code"]?.int == 200)
  }

  @Test("forwards a failure of the carrier, without consuming the token")
  func carrier() async throws {
    let sandbox = try await sandbox()
    let failed = try await sandbox.call(
      Message("/v1/oneclick/check", form: signed(["accessToken": "b", "nonce": "1"])))
    #expect(failed["code"]?.int == 200)
    #expect(failed["data"]?["phone"]?.string == "")
    #expect(failed["data"]?["resultCode"]?.string == "104201")
    let good = try await sandbox.call(Message("/v1/oneclick/check", form: signed(["nonce": "2"])))
    #expect(good["data"]?["phone"]?.string == "13800000000")
    let unsure = try await self.sandbox("verify").call(
      Message("/v1/check", form: signed(["accessToken": "b", "phone": "13800000000"])))
    #expect(unsure["data"]?["result"]?.int == 3)
  }

  @Test(
    "returns the code for an invalid field",
    arguments: [
      ("secretId", nil, 400), ("businessId", "", 400), ("secretId", "other", 401), ("businessId", "other", 401),
      ("version", "v2", 405), ("token", nil, 405), ("accessToken", nil, 405), ("timestamp", "now", 405),
      ("timestamp", "1700000000", 405), ("nonce", nil, 405), ("nonce", "0123456789abcdef0123456789abcdef0", 405),
      ("timestamp", "1699999699999", 420), ("timestamp", "1700000300001", 420), ("timestamp", "1700000300000", 200),
    ] as [(String, String?, Int)])
  func wrong(_ field: String, _ value: String?, _ code: Int) async throws {
    let message = Message("/v1/oneclick/check", form: signed([field: value]))
    #expect(try await sandbox().call(message)["code"]?.int == code)
  }

  @Test("accepts a nonce once")
  func nonce() async throws {
    let sandbox = try await sandbox()
    let message = Message("/v1/oneclick/check", form: signed([:]))
    #expect(try await sandbox.call(message)["code"]?.int == 200)
    _ = try await sandbox.mint("yidun", "bid", "login", YidunTests.chosen)
    #expect(try await sandbox.call(message)["code"]?.int == 430)
  }

  @Test("rejects a duplicate field")
  func twice() async throws {
    let message = Message("/v1/oneclick/check", form: signed([:]) + [("token", "u")])
    #expect(try await sandbox().call(message)["code"]?.int == 405)
  }
}
