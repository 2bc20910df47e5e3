import Configuration
import JSON
import NumberAuth
import Testing

/// Operations without a request: the SDK returns the vendor's answer, or needs a signature.
@Suite("Operations without a request")
struct LocalOperationTests {
  private static let file = MemoryFiles.login(
    account: "{key: {secret: true}}", request: [],
    answer: [
      #"of: "${call.token}""#, "steps:", #"  inner: {decode: "${answer/response}", from: base64, as: text}"#,
      #"  code: {json: "${inner}", at: /code}"#, #"  mobile: {json: "${inner}", at: /mobile}"#,
      #"success: [{value: "${code}", is: ["10000"]}]"#, #"message: "${inner}""#, #"number: "${mobile}""#,
      #"billed: "no""#,
    ],
    failures: #"{login: {any: {codes: {"40006": {reason: not-entitled, text: x}}}}}"#)

  private static let signing = MemoryFiles.login(account: "{key: {secret: true}}", request: ["path: /login"])
    .replacing(
      "operations:\n",
      with: """
        operations:
          sign:
            steps: {sign: {hmac-sha256: "${call.preSign}", key: "${account.key}", as: hex}}
            sign: "${sign}"

        """)

  private static func provider(_ yaml: String) throws -> any Provider {
    let file = try #require(try MemoryFiles.provider(yaml))
    return try file.makeProvider(
      file.settings(account: "a", authority: "vendor.example.com", fields: ["key": Secret("key")]))
  }

  private static let context = CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32))

  private static func login(_ token: String) throws -> Result<RetrievedNumber, Failure>? {
    guard let provider = try provider(file) as? any NumberRetrieving else { return nil }
    do throws(Failure) {
      guard case .answer(let number) = try provider.login(Login(channel: .app, token: Secret(token)), context) else {
        return nil
      }
      return .success(number)
    } catch {
      return .failure(error)
    }
  }

  /// `printf '{"code":"10000","mobile":"13800000000"}' | base64`
  private static let good = #"{"response":"eyJjb2RlIjoiMTAwMDAiLCJtb2JpbGUiOiIxMzgwMDAwMDAwMCJ9"}"#
  /// `printf '{"code":"40006"}' | base64`
  private static let refused = #"{"response":"eyJjb2RlIjoiNDAwMDYifQ=="}"#

  @Test("the number is in the token")
  func number() throws {
    let number = try #require(try Self.login(Self.good)).get()
    #expect(number.phoneNumber.text == "13800000000" && number.billed == .no)
  }

  @Test("a code that a step computes is looked up in the table")
  func code() throws {
    let failure = #expect(throws: Failure.self) { try #require(try Self.login(Self.refused)).get() }
    #expect(failure?.reason == .notEntitled && failure?.vendor?.code == "40006")
    #expect(failure?.delivery == .notSent && failure?.billed == .no)
  }

  @Test("a value that only failures have is a failure, also if it is an object")
  func absent() throws {
    let yaml = Self.file.replacing(
      #"success: [{value: "${code}", is: ["10000"]}]"#,
      with: #"success: [{absent: /error}, {value: "${code}", is: ["10000"]}]"#)
    let provider = try #require(try Self.provider(yaml) as? any NumberRetrieving)
    for error in [#"{"a":1}"#, #""x""#, "[1]"] {
      let token = Self.good.replacing("{\"response\"", with: "{\"error\":\(error),\"response\"")
      #expect(throws: Failure.self) {
        try provider.login(Login(channel: .app, token: Secret(token)), Self.context)
      }
    }
    for nothing in ["null", #""""#, "{}"] {
      let token = Self.good.replacing("{\"response\"", with: "{\"error\":\(nothing),\"response\"")
      _ = try provider.login(Login(channel: .app, token: Secret(token)), Self.context)
    }
  }

  @Test(
    "a token that is not the SDK's answer is malformed: the vendor is not to blame",
    arguments: ["x", "{}", #"{"response":"?"}"#, #"{"response":"e30="}"#, #"{"response":{}}"#, "[]", ""])
  func malformed(_ token: String) throws {
    let failure = #expect(throws: Failure.self) { try #require(try Self.login(token)).get() }
    #expect(failure?.reason == .tokenMalformed && failure?.delivery == .notSent, "\(token)")
  }

  /// `printf 'text of the SDK' | openssl dgst -sha256 -hmac key`
  @Test("a page's text is signed")
  func sign() throws {
    let file = try #require(try MemoryFiles.provider(Self.signing))
    #expect(file.canSign)
    let signer = try #require(try Self.provider(Self.signing) as? any ClientSigning)
    guard case .answer(let signature) = try signer.sign(SignClient(preSign: "text of the SDK"), Self.context) else {
      Issue.record("a request is sent")
      return
    }
    #expect(signature.sign.revealed == "00ec5a008d8695e36683a5229226ac9c1bb71bf41a0359ff0dbb6fdf92d1ec2d")
  }

  @Test(
    "errors",
    arguments: [
      (
        file.replacing("    answer:\n      of: \"${call.token}\"\n", with: "    answer:\n"),
        "'request' is missing; without a request, 'answer.of' must name the text to read"
      ),
      (
        file.replacing("    answer:\n", with: "    request:\n      path: /x\n    answer:\n"),
        "'of' is the text that is read without a request; remove 'of' or 'request'"
      ),
      (
        signing.replacing("${call.preSign}", with: "${call.token}"),
        "'${call.token}' is not available in 'sign'"
      ),
    ])
  func errors(_ yaml: String, _ message: String) {
    do throws(ConfigurationError) {
      _ = try MemoryFiles.provider(yaml)
      Issue.record("no error")
    } catch {
      #expect(error.diagnostics.map(\.message).contains(message), "\(error.diagnostics.map(\.message))")
    }
  }
}
