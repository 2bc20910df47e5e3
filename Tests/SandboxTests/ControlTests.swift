import JSON
import Networking
import Testing

@testable import Sandbox

@Suite("The control interface")
struct ControlTests {
  @Test(
    "reports the invalid field",
    arguments: [
      ("/sandbox/tokens", "{", ""),
      ("/sandbox/tokens", "[]", ""),
      ("/sandbox/tokens", #"{"provider": "china"}"#, "provider"),
      ("/sandbox/tokens", #"{"provider": "aliyun", "appId": 1}"#, "appId"),
      ("/sandbox/tokens", #"{"provider": "aliyun", "appId": "a", "phoneNumber": "+8613800000000"}"#, "phoneNumber"),
      ("/sandbox/tokens", #"{"provider": "aliyun", "appId": "a", "phoneNumber": "13800000000"}"#, "operation"),
      ("/sandbox/tokens", #"{"typo": 1}"#, "typo"),
      (
        "/sandbox/tokens",
        #"{"provider": "china-mobile-h5", "appId": "a", "phoneNumber": "13800000000", "operation": "verify"}"#,
        "operation"
      ),
      (
        "/sandbox/tokens",
        #"{"provider": "aliyun", "appId": "a", "phoneNumber": "13800000000", "operation": "login", "fault": {"body": 1}}"#,
        "fault.body"
      ),
      ("/sandbox/pre-signs", "{}", "appId"),
      ("/sandbox/faults", #"{"fault": {}}"#, "path"),
      ("/sandbox/faults", #"{"path": "/x", "fault": {}}"#, "path"),
      ("/sandbox/faults", #"{"path": "/", "fault": {"httpStatus": 99}}"#, "fault.httpStatus"),
      ("/sandbox/faults", #"{"path": "/", "fault": {"contentType": "a\r\nb"}}"#, "fault.contentType"),
      ("/sandbox/faults", #"{"action": "GetAuthToken", "fault": {"stage": "token"}}"#, "fault.stage"),
    ])
  func wrong(_ path: String, _ body: String, _ field: String) async throws {
    let response = try await TestSandbox().send("POST", path, body: body)
    #expect(response.status == 400)
    #expect(try JSONValue.parse(response.body)["field"]?.string == field)
  }

  @Test("lists the vendors' requests, newest first")
  func requests() async throws {
    let sandbox = try TestSandbox()
    for number in 0..<250 {
      _ = await sandbox.send("POST", AppLogin.path + "?n=\(number)", headers: [("X-Number", "\(number)")], body: "x")
    }
    let all = try JSONValue.parse(await sandbox.send("GET", "/sandbox/requests").body)
    #expect(all.count == 200)
    #expect(all[0]?["path"]?.string == AppLogin.path + "?n=249")
    #expect(all[199]?["path"]?.string == AppLogin.path + "?n=50")
    #expect(all[0]?["headers"]?[0]?[1]?.string == "249")
    #expect(all[0]?["status"]?.int == 200)
    #expect(all[0]?["resultCode"]?.string == "103211")
    #expect(all[0]?["body"]?.string == "x")
    let two = try JSONValue.parse(await sandbox.send("GET", "/sandbox/requests?limit=2").body)
    #expect(two.count == 2)
    #expect(await sandbox.send("DELETE", "/sandbox/requests").status == 204)
    #expect(try JSONValue.parse(await sandbox.send("GET", "/sandbox/requests").body).count == 0)
  }

  @Test("deletes the state on request")
  func reset() async throws {
    let sandbox = try TestSandbox()
    let fixture = try #require(Fixtures.shared.cases.first)
    sandbox.plant(fixture.tokens)
    #expect(await sandbox.send("POST", "/sandbox/reset").status == 204)
    let answer = try JSONValue.parse(await sandbox.send(try #require(fixture.steps.first).request).body)
    #expect(answer["resultCode"]?.string == "104007")
  }

  @Test("lists the interfaces")
  func index() async throws {
    let sandbox = try TestSandbox()
    for path in ["/", "/sandbox"] {
      #expect(try JSONValue.parse(await sandbox.send("GET", path).body)["vendors"]?.count == Sandbox.vendorPaths.count)
    }
    #expect(await sandbox.send("GET", "/elsewhere").status == 404)
    #expect(await sandbox.send("GET", "/sandbox/tokens").status == 405)
    let aliyun = try JSONValue.parse(await sandbox.send("GET", "/?Action=GetMobile&Version=2017-05-25").body)
    #expect(aliyun["Code"]?.string == "InvalidParameter")
  }

  @Test("responds with JSON to invalid HTTP")
  func rejection() throws {
    let response = try TestSandbox().sandbox.reject(.bodyTooLarge)
    #expect(response.status == 413)
    #expect(try JSONValue.parse(response.body)["field"]?.string == "request")
  }
}
