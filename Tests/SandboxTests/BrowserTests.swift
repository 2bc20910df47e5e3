import JSON
import Networking
import Testing

@testable import Sandbox

@Suite("The sandbox for browsers")
struct BrowserTests {
  @Test("keeps the phone that was set, with the defaults of what is missing")
  func phone() async throws {
    let sandbox = try TestSandbox()
    func phone() async throws -> JSONValue { try JSONValue.parse(await sandbox.send("GET", "/sandbox/phone").body) }
    #expect(try await phone()["phoneNumber"]?.string == "13800000000")
    let set = await sandbox.send("PUT", "/sandbox/phone", body: #"{"carrier": "CU", "network": "wifi"}"#)
    #expect(set.status == 200)
    #expect(try await phone()["carrier"]?.string == "CU")
    #expect(try await phone()["network"]?.string == "wifi")
    #expect(try await phone()["script"]?.string == "normal")
    _ = await sandbox.send("POST", "/sandbox/reset")
    #expect(try await phone()["network"]?.string == "cellular")
  }

  @Test(
    "refuses a phone that does not exist",
    arguments: [
      (#"{"phoneNumber": "1380000000"}"#, "phoneNumber"), (#"{"carrier": "XX"}"#, "carrier"),
      (#"{"network": "5g"}"#, "network"), (#"{"script": ""}"#, "script"), (#"{"number": "13800000000"}"#, "number"),
    ])
  func unknownPhone(_ body: String, _ field: String) async throws {
    let response = try await TestSandbox().send("PUT", "/sandbox/phone", body: body)
    #expect(response.status == 400)
    #expect(try JSONValue.parse(response.body)["field"]?.string == field)
  }

  @Test("may be called by scripts on pages of other origins (CORS)")
  func crossOrigin() async throws {
    let sandbox = try TestSandbox()
    let preflight = await sandbox.send("OPTIONS", "/sandbox/tokens")
    #expect(preflight.status == 204)
    #expect(preflight.headers["access-control-allow-headers"] == "Content-Type")
    #expect(preflight.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE")
    for path in ["/sandbox/phone", "/sandbox/requests", "/sandbox/nothing"] {
      #expect(await sandbox.send("GET", path).headers["access-control-allow-origin"] == "*")
    }
  }

  @Test("serves the SDK's script and stylesheet at the vendor's paths")
  func script() async throws {
    let sandbox = try TestSandbox()
    let script = await sandbox.send("GET", "/h5/js/jssdk_auth/jssdk-1.0.0.min.js")
    #expect(script.headers["content-type"] == "text/javascript;charset=UTF-8")
    #expect(String(decoding: script.body, as: UTF8.self).contains("window.YDRZAuthLogin = {"))
    let style = await sandbox.send("GET", "/h5/js/jssdk_auth/css/ydrz-layer.css")
    #expect(style.status == 200 && style.headers["content-type"] == "text/css;charset=UTF-8")
    #expect(await sandbox.send("POST", "/h5/js/jssdk_auth/jssdk-1.0.0.min.js").status == 404)
  }

  @Test("shows a page to browsers and JSON to programs")
  func page() async throws {
    let sandbox = try TestSandbox()
    let accept = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
    let page = await sandbox.send("GET", "/sandbox", headers: accept)
    #expect(page.headers["content-type"] == "text/html;charset=UTF-8")
    #expect(await sandbox.send("GET", "/sandbox/panel.js").headers["content-type"] == "text/javascript;charset=UTF-8")
    for headers in [[], [("Accept", "*/*")]] {
      let index = await sandbox.send("GET", "/sandbox", headers: headers)
      #expect(try JSONValue.parse(index.body)["control"]?.kind == .object)
    }
  }
}

@Suite("The preview of an authorisation page")
struct AuthPagePreviewTests {
  @Test("contains the type, the options and the drawing, and no way out of its script")
  func preview() {
    let options = #"{"submitBtnStyle":{"name":"</script><script>alert(1)</script>"}}"#
    let html = String(decoding: AuthPagePreview.html(type: "3'", options: Array(options.utf8)), as: UTF8.self)
    #expect(html.contains("window.numgateAuthPage = function"))
    #expect(html.contains(#"'3', {"submitBtnStyle":{"name":"<\/script><script>alert(1)<\/script>"}});"#))
    #expect(html.count(of: "</script>") == 1)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func count(of text: String) -> Int { ranges(of: text).count }
}
