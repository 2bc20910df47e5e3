import JSON
import Testing

@testable import Sandbox

/// The results of the SDKs of the vendors in `specs/other-vendors.md`, and requested tokens and inputs.
@Suite("The SDKs of the other vendors")
struct OtherSDKTests {
  @Test("return the requested token", arguments: VendorInterface.all)
  func chosen(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox, "\"token\": \"my token\"")
    #expect(minted["token"]?.string == "my token")
    let sample = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(sample))) == interface.success)
  }

  @Test("return the requested inputs with the token")
  func inputs() async throws {
    let sandbox = try TestSandbox()
    let yidun = try await sandbox.mint(
      "yidun", "sandboxyidunbusiness000000000001", "login", #""inputs": {"accessToken": "nm1"}"#)
    #expect(yidun["inputs"]?["accessToken"]?.string == "nm1")
    #expect(yidun["accessToken"]?.string == "nm1")
    let mobTech = try await sandbox.mint(
      "mobtech", "sandboxmobkey", "login", #""inputs": {"opToken": "o"}, "carrier": "CU""#)
    #expect(mobTech["inputs"]?["opToken"]?.string == "o")
    #expect(mobTech["inputs"]?["operator"]?.string == "CUCC")
    let getui = try await sandbox.mint("getui", "sandboxgetuiappid00001")
    #expect(getui["inputs"]?["gyuid"]?.string == getui["gyuid"]?.string)
    #expect(getui["gyuid"]?.string?.isEmpty == false)
    let tencent = try await sandbox.mint("tencent-cloud", "1400000001", "login", #""carrier": "CT""#)
    #expect(tencent["inputs"]?.kind == .object)
    #expect(tencent["inputs"]?.count == 0)
    #expect(tencent["carrier"]?.string == "telecom")
    let h5 = try await sandbox.mint(
      "china-mobile-h5", "300000000001", "login", #""token": "t", "inputs": {"userInformation": "u%3D"}"#)
    #expect(h5["token"]?.string == "t")
    #expect(h5["userInformation"]?.string == "u%3D")
    let aliyun = try await sandbox.mint("aliyun", "sandbox-access-key-id", "login", #""token": "sp1""#)
    #expect(aliyun["spToken"]?.string == "sp1")
  }

  @Test(
    "reject operations, channels and inputs that they do not have",
    arguments: [
      ("mobtech", "verify", "", "operation"), ("getui", "verify", "", "operation"),
      ("tencent-cloud", "verify", "", "operation"), ("yidun", "login", #""channel": "h5""#, "channel"),
      ("jiguang", "login", #""channel": "quick-app""#, "channel"),
      ("jiguang", "login", #""inputs": {"gyuid": "g"}"#, "inputs.gyuid"),
      ("getui", "login", #""inputs": {"gyuid": 1}"#, "inputs.gyuid"), ("getui", "login", #""inputs": []"#, "inputs"),
      ("getui", "login", #""token": """#, "token"),
    ])
  func wrong(_ provider: String, _ operation: String, _ more: String, _ field: String) async throws {
    let answer = try await TestSandbox().mint(provider, "a", operation, more)
    #expect(answer["field"]?.string == field)
  }

  @Test(
    "report failures",
    arguments: [
      ("jiguang", "sandbox00000000000000001", "acquire", "/code", "7001"),
      ("jiguang", "sandbox00000000000000001", "token", "/code", "6001"), ("jiguang", "unknown", "", "/code", "6001"),
      ("yidun", "sandboxyidunbusiness000000000001", "acquire", "/resultCode", "105002"),
      ("yidun", "sandboxyidunbusiness000000000001", "token", "/resultCode", "103902"),
      ("yidun", "unknown", "", "/resultCode", "401"), ("tencent-cloud", "1400000001", "acquire", "/code", "105002"),
      ("tencent-cloud", "unknown", "", "/code", "1006"), ("shanyan", "sandboxshanyan1", "acquire", "/code", "1023"),
      ("shanyan", "sandboxshanyan2", "token", "/code", "1003"), ("shanyan", "unknown", "", "/code", "1016"),
      ("mobtech", "sandboxmobkey", "acquire", "/code", "5119507"), ("mobtech", "unknown", "", "/code", "4119330"),
      ("getui", "sandboxgetuiappid00001", "acquire", "/msg/errorCode", "-40001"),
      ("getui", "sandboxgetuiappid00001", "token", "/msg/errorCode", "-30001"),
      ("getui", "unknown", "", "/msg/errorCode", "-20102"),
    ])
  func failures(_ provider: String, _ appId: String, _ stage: String, _ pointer: String, _ code: String) async throws {
    let sandbox = try TestSandbox()
    let pointer = try #require(JSONPointer(pointer))
    let fault = stage.isEmpty ? "" : "\"fault\": {\"stage\": \"\(stage)\"}"
    let report = try await sandbox.mint(provider, appId, "login", fault)["error"]
    #expect(report?.at(pointer)?.text == code)
    guard !stage.isEmpty else { return }
    let chosen = "\"fault\": {\"stage\": \"\(stage)\", \"code\": \"-7\"}"
    #expect(try await sandbox.mint(provider, appId, "login", chosen)["error"]?.at(pointer)?.text == "-7")
  }
}
