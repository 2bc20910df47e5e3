import JSON
import Testing

@testable import Sandbox

/// `specs/other-vendors.md` §4.
@Suite("Tencent Cloud")
struct TencentCloudTests {
  private static let accounts =
    #"{"tencentCloud": [{"sdkAppId": "1400000009", "appKey": "5f03a35d00ee52a21327ab048186a2c4"}]}"#
  private static let target = "/v5/rapidauth/validate?sdkappid=1400000009&random=7226249334"
  private static let sig = "c13e54f047ed75e821e698730c72d030dc30e5b510b3f8a0fb6fb7605283d7df"

  private func send(
    _ json: String, target: String = target, now: Int64 = 1_457_336_869_000
  ) async throws -> JSONValue {
    let sandbox = try TestSandbox(now: now, accounts: TencentCloudTests.accounts)
    _ = try await sandbox.mint("tencent-cloud", "1400000009", "login", #""token": "t""#)
    return try await sandbox.call(Message(target, json: json))
  }

  @Test("accepts the documented signature, with the time as a string and as a number", arguments: ["\"", ""])
  func vector(_ quote: String) async throws {
    let answer = try await send(
      "{\"sig\": \"\(TencentCloudTests.sig)\", \"time\": \(quote)1457336869\(quote), \"token\": \"t\"}")
    #expect(answer["result"]?.int == 0)
    #expect(answer["errmsg"]?.string == "OK")
    #expect(answer["mobile"]?.string == "13800000000")
  }

  @Test(
    "accepts a signature for ten minutes",
    arguments: [(600_000, 0), (600_001, 1021), (-600_000, 0), (-600_001, 1021)] as [(Int64, Int)])
  func life(_ late: Int64, _ result: Int) async throws {
    let answer = try await send(
      "{\"sig\": \"\(TencentCloudTests.sig)\", \"time\": 1457336869, \"token\": \"t\", \"nationcode\": \"86\"}",
      now: 1_457_336_869_000 + late)
    #expect(answer["result"]?.int == result)
  }

  @Test(
    "requires its mandatory fields",
    arguments: [
      "", "[]", "{}", #"{"sig": "s", "time": "1457336869"}"#, #"{"sig": "s", "token": "t"}"#,
      #"{"sig": "s", "time": "now", "token": "t"}"#, #"{"time": 1457336869, "token": "t"}"#,
      #"{"sig": "s", "time": 1457336869, "token": "t", "carrier": "CM"}"#,
    ])
  func fields(_ json: String) async throws {
    #expect(try await send(json)["result"]?.int == 1004)
  }

  @Test(
    "requires the app and the random number in the query",
    arguments: [
      ("", 1004), ("?sdkappid=1400000009", 1004), ("?random=7226249334", 1004),
      ("?sdkappid=1400000009&random=722624933", 1004), ("?sdkappid=1400000008&random=7226249334", 1006),
      ("?sdkappid=1400000009&random=7226249335", 1001),
    ])
  func query(_ query: String, _ result: Int) async throws {
    let answer = try await send(
      "{\"sig\": \"\(TencentCloudTests.sig)\", \"time\": 1457336869, \"token\": \"t\"}",
      target: "/v5/rapidauth/validate" + query)
    #expect(answer["result"]?.int == result)
  }
}
