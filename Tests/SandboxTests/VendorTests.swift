import Cryptography
import JSON
import Networking
import Testing

@testable import Sandbox

@Suite("The servers of China Mobile and Aliyun")
struct VendorTests {
  @Test("respond as documented", arguments: Fixtures.shared.cases)
  func answers(_ fixture: Fixtures.Case) async throws {
    let sandbox = try TestSandbox()
    sandbox.plant(fixture.tokens)
    for (number, step) in fixture.steps.enumerated() {
      sandbox.setTime(Fixtures.shared.now + step.at)
      let response = await sandbox.send(step.request)
      let body = try JSONValue.parse(response.body)
      #expect(response.status == step.status, "step \(number + 1)")
      for (pointer, text) in step.expected {
        let pointer = try #require(JSONPointer(pointer))
        #expect(body.at(pointer)?.text == text, "step \(number + 1), \(pointer)")
      }
    }
  }

  @Test("have fixtures")
  func fixturesAreThere() {
    #expect(Fixtures.shared.cases.count > 90)
    #expect(Fixtures.shared.cases.allSatisfy { !$0.steps.isEmpty })
  }

  @Test("return traceId and appId in the header of a one-click login")
  func headers() async throws {
    let sandbox = try TestSandbox()
    let fixture = try #require(Fixtures.shared.cases.first)
    sandbox.plant(fixture.tokens)
    let response = await sandbox.send(try #require(fixture.steps.first).request)
    #expect(response.headers["traceId"] == "6f1c7dc0-5a4b-4c1e-9d0a-0123456789ab")
    #expect(response.headers["appId"] == "300000000001")
    #expect(response.headers["timestamp"] == "20261121120000123")
  }

  @Test("encrypt msisdn with application public key 2 in RSA mode")
  func encryptedNumber() async throws {
    let fixture = try #require(Fixtures.shared.cases.first { $0.name == "an app's login in RSA mode" })
    let sandbox = try TestSandbox()
    sandbox.plant(fixture.tokens)
    let response = await sandbox.send(try #require(fixture.steps.first).request)
    let msisdn = try #require(JSONValue.parse(response.body)["msisdn"]?.string)
    #expect(msisdn.count == 512)
    let key = try RSAPrivateKey(try AccountsTests.privateKey(of: "300000000005", "encryption"))
    let plain = try key.decrypt(try #require(Hex.decode(msisdn)))
    #expect(String(decoding: plain, as: UTF8.self) == Fixtures.shared.phoneNumber)
  }

  @Test("return an accessToken for SMS with a mismatch, if it is activated for the app")
  func smsAssist() async throws {
    let fixture = try #require(Fixtures.shared.cases.first { $0.name == "an app's verification of another number" })
    let sandbox = try TestSandbox()
    sandbox.plant(fixture.tokens)
    let response = await sandbox.send(try #require(fixture.steps.first).request)
    #expect(try JSONValue.parse(response.body).at(try #require(JSONPointer("/body/accessToken")))?.string != nil)
  }
}
