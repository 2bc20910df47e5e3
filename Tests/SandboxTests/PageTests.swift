import Cryptography
import JSON
import Testing

@testable import Sandbox

/// The results of the simulated SDKs, through `POST /sandbox/tokens`.
@Suite("The front-end SDKs")
struct PageTests {
  private func call(
    _ provider: String, _ appId: String, _ operation: String, _ more: String = ""
  ) -> String {
    """
    {"provider": "\(provider)", "appId": "\(appId)", "phoneNumber": "13800001079", "operation": "\(operation)"\
    \(more.isEmpty ? "" : ", " + more)}
    """
  }

  private func h5(_ more: String = "") -> String { call("china-mobile-h5", "300000000001", "login", more) }

  private func parameters(_ key: String? = nil, _ value: String = "") throws -> String {
    let members = try #require(Fixtures.shared.page?["h5Parameters"]).members.map { member in
      "\"\(member.key)\": \"\(member.key == key ? value : member.value.string ?? "")\""
    }
    return "\"parameters\": {\(members.joined(separator: ", "))}"
  }

  @Test("return a token and percent-encoded Base64 to an H5 page")
  func h5Token() async throws {
    let answer = try await TestSandbox().control("/sandbox/tokens", h5())
    #expect(answer["code"]?.string == "103000")
    #expect(answer["token"]?.string?.hasPrefix("H5HTTPS") == true)
    let information = try #require(answer["userInformation"]?.string)
    #expect(information.hasSuffix("%3D"))
    let decoded = try #require(PercentEncoding.decode(information).flatMap(Base64.decode))
    #expect(String(decoding: decoded, as: UTF8.self).contains("@@Mozilla/5.0"))
  }

  @Test("return a token and percent-encoded text to a mini-program")
  func weChatToken() async throws {
    let answer = try await TestSandbox().control(
      "/sandbox/tokens", call("china-mobile-wechat", "300000000002", "login"))
    let information = try #require(answer["userInformation"]?.string)
    #expect(information.contains("%40%40") && information.contains("%20"))
  }

  @Test("store the token for the vendor's server")
  func remembered() async throws {
    let sandbox = try TestSandbox()
    let answer = try await sandbox.control("/sandbox/tokens", h5("\"carrier\": \"CU\""))
    let text = try #require(answer["token"]?.string)
    #expect(text.hasPrefix("CUH5HTTPS"))
    let information = try #require(answer["userInformation"]?.string)
    let token = try sandbox.sandbox.core.state.withLock { state in
      try state.tokens.find(
        text, .oneClick, account: "300000000001", operation: .login,
        inputs: ["userInformation": information], at: sandbox.now)
    }
    #expect(token.phoneNumber == "13800001079")
  }

  @Test("return the success object of each product")
  func successes() async throws {
    let sandbox = try TestSandbox()
    let quick = try await sandbox.control("/sandbox/tokens", call("china-mobile-quick-app", "300000000003", "verify"))
    #expect(quick["code"]?.string == "000000")
    #expect(quick["userInformation"]?.string != nil)
    let app = try await sandbox.control("/sandbox/tokens", call("china-mobile-app", "300000000004", "verify"))
    #expect(app["resultCode"]?.string == "103000")
    #expect(app["token"]?.string?.hasPrefix("STsid") == true)
    for (channel, operation, name) in [
      ("h5", "login", "spToken"), ("h5", "verify", "spToken"), ("app", "login", "accessToken"),
      ("app", "verify", "accessCode"),
    ] {
      let aliyun = try await sandbox.control(
        "/sandbox/tokens", call("aliyun", "sandbox-access-key-id", operation, "\"channel\": \"\(channel)\""))
      #expect(aliyun["code"]?.string == "600000")
      #expect(aliyun[name]?.string != nil)
      #expect(aliyun[name]?.string == aliyun["token"]?.string)
    }
  }

  @Test("accept the parameters that the team's server signed, with digits in both cases")
  func signedParameters() async throws {
    let sandbox = try TestSandbox()
    #expect(try await sandbox.control("/sandbox/tokens", h5(try parameters()))["code"]?.string == "103000")
    let sign = try #require(Fixtures.shared.page?["h5Parameters"]?["sign"]?.string).lowercased()
    #expect(try await sandbox.control("/sandbox/tokens", h5(try parameters("sign", sign)))["code"]?.string == "103000")
  }

  @Test(
    "reject parameters as the carrier does",
    arguments: [
      ("sign", "00112233445566778899AABBCCDDEEFF", "103101"), ("traceId", "other", "103101"),
      ("timestamp", "20261121110000123", "105112"), ("appId", "300000000002", "105113"), ("sign", "", "130010"),
    ])
  func refusedParameters(_ key: String, _ value: String, _ code: String) async throws {
    let error = try await TestSandbox().control("/sandbox/tokens", h5(try parameters(key, value)))["error"]
    #expect(error?["YDData"]?["code"]?.string == code)
    #expect(error?["CTData"]?["code"]?.string == "")
  }

  @Test("reject pages that are not registered")
  func pages() async throws {
    let sandbox = try TestSandbox()
    let good = try await sandbox.control(
      "/sandbox/tokens", h5("\"pageUrl\": \"https://shop.example.com/login?from=mail#top\""))
    #expect(good["code"]?.string == "103000")
    let bad = try await sandbox.control("/sandbox/tokens", h5("\"pageUrl\": \"https://shop.example.com/other\""))
    #expect(bad["error"]?["YDData"]?["code"]?.string == "170001")
  }

  @Test("lock a number after three consecutive wrong inputs")
  func lock() async throws {
    let sandbox = try TestSandbox()
    let wrong = h5("\"typedNumber\": \"1234\"")
    func code(_ body: String) async throws -> String? {
      let answer = try await sandbox.control("/sandbox/tokens", body)
      return answer["code"]?.string ?? answer["error"]?["code"]?.string
        ?? answer["error"]?["YDData"]?["code"]?.string
    }
    #expect(try await code(wrong) == "104012")
    #expect(try await code(wrong) == "104012")
    #expect(try await code(h5("\"typedNumber\": \"0000\"")) == "103000")
    #expect(try await code(wrong) == "104012")
    #expect(try await code(wrong) == "104012")
    #expect(try await code(wrong) == "104009")
    #expect(try await code(h5()) == "105025")
    sandbox.pass(24 * 3_600_000)
    #expect(try await code(h5()) == "103000")
  }

  @Test("issue at most 30 unused tokens in ten minutes to an app")
  func unusedTokens() async throws {
    let sandbox = try TestSandbox()
    let body = call("china-mobile-app", "300000000004", "login")
    for _ in 0..<30 {
      #expect(try await sandbox.control("/sandbox/tokens", body)["resultCode"]?.string == "103000")
    }
    #expect(try await sandbox.control("/sandbox/tokens", body)["error"]?["resultCode"]?.string == "103911")
    sandbox.pass(10 * 60_000)
    #expect(try await sandbox.control("/sandbox/tokens", body)["resultCode"]?.string == "103000")
  }

  @Test("generate a well-formed preSign, and accept its signature")
  func preSign() async throws {
    let sandbox = try TestSandbox()
    let made = try await sandbox.control("/sandbox/pre-signs", "{\"appId\": \"300000000003\"}")
    let text = try #require(made["preSign"]?.string)
    #expect(text.hasPrefix("3000000000030.") && text.hasSuffix("1.2"))
    #expect(PreSign.isWellFormed(text, appId: "300000000003"))
    #expect(!PreSign.isWellFormed(text, appId: "300000000001"))

    let given = try #require(Fixtures.shared.page?["preSign"]?.string)
    let sign = try #require(Fixtures.shared.page?["preSignSignature"]?.string)
    func body(_ sign: String) -> String {
      call("china-mobile-quick-app", "300000000003", "verify", "\"preSign\": \"\(given)\", \"sign\": \"\(sign)\"")
    }
    #expect(try await sandbox.control("/sandbox/tokens", body(sign))["code"]?.string == "000000")
    #expect(try await sandbox.control("/sandbox/tokens", body("AAAA"))["error"]?["code"]?.string == "130018")
  }

  @Test("accept Aliyun's AccessToken for ten minutes, for its operation only, also after a reset")
  func authTokens() async throws {
    let sandbox = try TestSandbox()
    let fixture = try #require(Fixtures.shared.cases.first { $0.name == "V3: GetAuthToken" })
    let granted = try JSONValue.parse(await sandbox.send(try #require(fixture.steps.first).request).body)["TokenInfo"]
    let access = try #require(granted?["AccessToken"]?.string)
    let jwt = try #require(granted?["JwtToken"]?.string)
    func code(_ operation: String, _ access: String, _ jwt: String) async throws -> String? {
      let answer = try await sandbox.control(
        "/sandbox/tokens",
        call(
          "aliyun", "FC100000000000001", operation,
          "\"parameters\": {\"accessToken\": \"\(access)\", \"jwtToken\": \"\(jwt)\"}"))
      return answer["code"]?.string ?? answer["error"]?["code"]?.string
    }
    #expect(try await code("verify", access, jwt) == "600000")
    // The gateway still has the tokens, as it has those of a vendor.
    #expect(await sandbox.send("POST", "/sandbox/reset").status == 204)
    #expect(try await code("verify", access, jwt) == "600000")
    #expect(try await code("login", access, jwt) == "600032")
    #expect(try await code("verify", "x", jwt) == "600025")
    #expect(try await code("verify", access, "x") == "600010")
    #expect(try await code("verify", "", jwt) == "600028")
    sandbox.pass(10 * 60_000 + 1)
    #expect(try await code("verify", access, jwt) == "600034")
  }
}
