import Configuration
import NumberAuth
import Testing

/// `credentials` of a provider file.
@Suite("Credentials in a provider file")
struct CredentialFileTests {
  private static func file(
    _ credentials: [String], use: String = "${credentials.access}", failures: String = "{}"
  ) -> String {
    MemoryFiles.login(
      account: "{appId: {required: true}, secret: {secret: true}}",
      request: ["path: /login", #"query: {t: "\#(use)"}"#],
      failures: failures
    ).replacing("operations:\n", with: (["credentials:"] + credentials).joined(separator: "\n") + "\noperations:\n")
  }

  private static func credential(
    _ name: String, json: String = "{s: \"${account.secret}\", a: \"${account.appId}\"}", life: String = "2h"
  ) -> [String] {
    [
      "  \(name):", "    request:", "      path: /\(name)", "      json: \(json)", "    answer:",
      #"      success: [{present: /t, otherwise: /code}]"#, #"      value: "${answer/t}""#, "      life: \(life)",
    ]
  }

  private static func errors(_ yaml: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try MemoryFiles.provider(yaml)
      return []
    } catch {
      return error.diagnostics.map(\.message)
    }
  }

  private static func provider(_ yaml: String, fields: [String: Secret]) throws -> any Provider {
    let file = try #require(try MemoryFiles.provider(yaml))
    return try file.makeProvider(file.settings(account: "a", authority: "vendor.example.com", fields: fields))
  }

  private static let context = CallContext(
    now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32), credentials: [:])
  private static let fields = ["appId": Secret("app-1"), "secret": Secret("s-1")]

  @Test(
    "errors name the credential",
    arguments: [
      (
        file(credential("access"), use: "${credentials.acces}"),
        "'${credentials.acces}': there is no such credential; did you mean 'access'?"
      ),
      (
        file(credential("first", json: "{a: \"${credentials.access}\"}") + credential("access")),
        "'${credentials.access}': this credential is not declared above; a credential can only use those above it"
      ),
      (file(credential("access", life: "0s")), "'life' must be from 1s to 30d"),
      (
        file(credential("access", life: "7200")),
        "'life' must be a duration such as 3600s or 2h, a value of the answer in seconds such as ${answer/expires_in}, or "
          + "{milliseconds: …}"
      ),
      (
        file(
          credential("access"),
          failures: #"{login: {any: {codes: {"1": {reason: signature-rejected, text: x, renew: acess}}}}}"#),
        "'renew: acess': there is no such credential; did you mean 'access'?"
      ),
      (
        file(
          credential("access"),
          failures: #"{login: {any: {codes: {"1": {reason: signature-rejected, text: x, tokenUsed: false}}}}}"#),
        "'tokenUsed' requires 'renew', the credential that the vendor refuses"
      ),
      (file(credential("login"), use: "${credentials.login}"), "'login' is the name of an operation; use another name"),
    ])
  func errors(_ yaml: String, _ message: String) {
    #expect(Self.errors(yaml) == [message])
  }

  @Test("a credential without values of the call is shared by the calls of the account")
  func shared() throws {
    let provider = try #require(
      try Self.provider(Self.file(Self.credential("access")), fields: Self.fields) as? any CredentialUsing)
    #expect(provider.credentials(at: .login) == ["access"])
    #expect(provider.credentials(at: .verify) == [])
    guard case .send(let request, let read) = try provider.fetch("access", Self.context) else {
      Issue.record("no request")
      return
    }
    #expect(request.target == "/access")
    #expect(String(decoding: request.body, as: UTF8.self) == #"{"s":"s-1","a":"app-1"}"#)
    let fetched = try read(VendorResponse(status: 200, body: Array(#"{"t":"T"}"#.utf8)))
    #expect(fetched == FetchedCredential(value: Secret("T"), life: .seconds(7200)))
  }

  @Test("a shared step can use a credential, and is checked in the operations that use it")
  func sharedStep() throws {
    let steps = "steps: {bearer: {text: \"Bearer ${credentials.access}\"}}\ncredentials:"
    let good = Self.file(Self.credential("access"), use: "${bearer}").replacing("credentials:", with: steps)
    let provider = try #require(try Self.provider(good, fields: Self.fields) as? any CredentialUsing)
    #expect(provider.credentials(at: .login) == ["access"])
    let bad = Self.file(Self.credential("access", json: "{b: \"${bearer}\"}")).replacing("credentials:", with: steps)
    #expect(Self.errors(bad) == ["'${credentials.access}' is not available in 'credential'"])
  }

  @Test("a lifetime in milliseconds, and a lifetime of more than 30 days")
  func lifetimes() throws {
    for (life, seconds) in [(#"{milliseconds: "${answer/ms}"}"#, 60), (#""${answer/s}""#, 30 * 86_400)] {
      let yaml = Self.file(Self.credential("access", life: life))
      let provider = try #require(try Self.provider(yaml, fields: Self.fields) as? any CredentialUsing)
      guard case .send(_, let read) = try provider.fetch("access", Self.context) else { continue }
      let body = #"{"t":"T","ms":60000,"s":1e300}"#
      #expect(try read(VendorResponse(status: 200, body: Array(body.utf8))).life == .seconds(seconds))
    }
  }

  @Test("a credential with values of the call is fetched in the call, and so are those that use it")
  func inCall() throws {
    let yaml = Self.file(
      Self.credential("app") + Self.credential("user", json: "{c: \"${call.token}\", a: \"${credentials.app}\"}")
        + Self.credential("access", json: "{u: \"${credentials.user}\"}"))
    let provider = try Self.provider(yaml, fields: Self.fields)
    let user = try #require(provider as? any CredentialUsing)
    let login = try #require(provider as? any NumberRetrieving)
    #expect(user.credentials(at: .login) == ["app"])
    var context = Self.context
    context.credentials["app"] = Secret("A")
    let call = Login(channel: .app, token: Secret("user-token"))
    var exchange = try login.login(call, context)
    var bodies: [String] = []
    for answer in [#"{"t":"U"}"#, #"{"t":"X/Y"}"#] {
      guard case .sendFirst(let request, let next) = exchange else {
        Issue.record("no request for a credential")
        return
      }
      bodies.append(request.target + " " + String(decoding: request.body, as: UTF8.self))
      exchange = try next(VendorResponse(status: 200, body: Array(answer.utf8)))
    }
    #expect(bodies == [#"/user {"c":"user-token","a":"A"}"#, #"/access {"u":"U"}"#])
    guard case .send(let request, _) = exchange else {
      Issue.record("no request for the number")
      return
    }
    #expect(request.target == "/login?t=X%2FY")
  }

  @Test("a refused credential of the call is the failure of its code, and ends the call")
  func refused() throws {
    let yaml = Self.file(
      Self.credential("access", json: "{c: \"${call.token}\"}"),
      failures: #"{credential: {any: {codes: {"7": {reason: token-expired, text: used, billed: "yes"}}}}}"#)
    let login = try #require(try Self.provider(yaml, fields: Self.fields) as? any NumberRetrieving)
    let exchange = try login.login(Login(channel: .app, token: Secret("t")), Self.context)
    guard case .sendFirst(_, let next) = exchange else {
      Issue.record("no request for a credential")
      return
    }
    do throws(Failure) {
      _ = try next(VendorResponse(status: 200, body: Array(#"{"code":"7"}"#.utf8)))
      Issue.record("no failure")
    } catch {
      #expect(error.reason == .tokenExpired && error.stage == .credential)
      #expect(error.billed == .yes && error.delivery == .answered)
    }
  }

  @Test("an account without the fields of a credential does not support the operations that use it")
  func missingField() throws {
    let fault = #expect(throws: AccountFault.self) {
      try Self.provider(Self.file(Self.credential("access")), fields: ["appId": Secret("a")])
    }
    #expect(fault?.field == "secret")
  }
}
