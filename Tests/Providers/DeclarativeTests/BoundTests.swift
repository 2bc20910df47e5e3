import Configuration
import NumberAuth
import Testing

@testable import Declarative

/// Provider files that would exhaust stack, memory or time.
@Suite("Resource limits of declarative providers")
struct BoundTests {
  /// A login whose request contains `value`.
  private static func login(_ steps: [String], _ value: String, account: String = "{key: {}}") -> String {
    MemoryFiles.login(
      account: account, steps: steps, request: ["path: /login", #"json: {value: "\#(value)", key: "${account.key}"}"#])
  }

  /// The error that prevents sending the request; nil if the request is built.
  private static func refusal(_ yaml: String, key: String = "k", token: String = "t") -> String? {
    let file: ProviderFile?
    do throws(ConfigurationError) {
      file = try MemoryFiles.provider(yaml)
    } catch {
      return error.diagnostics.first?.description
    }
    do {
      let provider = try file?.makeProvider(
        file?.settings(account: "a", authority: "h", fields: ["key": Secret(key)])
          ?? AccountSettings(account: "", authority: "", table: FailureTable(provider: "", entries: []), fields: [:]))
      guard let provider = provider as? any NumberRetrieving else { return "no provider" }
      _ = try provider.login(
        Login(channel: .app, token: Secret(token)),
        CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
      return nil
    } catch let fault as AccountFault {
      return "\(fault.field): \(fault.message)"
    } catch let failure as Failure {
      return
        "\(failure.reason.rawValue) \(failure.delivery.rawValue) \(failure.billed.rawValue): \(failure.detail ?? "")"
    } catch {
      return "\(error)"
    }
  }

  private static func chain(_ length: Int, _ step: (String) -> String, from first: String = "${call.token}") -> [String]
  {
    ["s0: {text: \"\(first)\"}"] + (1..<length).map { "s\($0): " + step("${s\($0 - 1)}") }
  }

  // MARK: Stack

  private static let actions: [@Sendable (String) -> String] = [
    { "{text: \"x\($0)\"}" }, { "{upper: \"\($0)\"}" }, { "{slice: \"\($0)\", from: 0}" }, { "{first: [\"\($0)\"]}" },
    { "{choose: \"\($0)\", of: {x: \"\($0)\"}, otherwise: \"\($0)\"}" }, { "{md5: \"\($0)\", as: hex}" },
    { "{join: {a: \"\($0)\"}, write: value}" }, { "{hmac-sha256: x, key: \"\($0)\", as: hex}" },
    { "{aes-cbc-encrypt: \"\($0)\", key: \"0123456789abcdef\", iv: \"0123456789abcdef\"}" },
    { "{aes-gcm-encrypt: x, key: \"0123456789abcdef\", iv: \"\($0)\", aad: \"\($0)\"}" },
    { "{xxtea-encrypt: \"\($0)\", key: \"0123456789abcdef\"}" }, { "{concat: [\"\($0)\"]}" },
    { "{decode: \"\($0)\", from: percent, as: text}" },
  ]

  @Test("the longest allowed chain of steps fits on a stack of 512 KiB", arguments: actions.indices)
  func longestChain(_ action: Int) {
    let length = OperationReader.maximumSteps - 1
    let steps =
      BoundTests.chain(length, BoundTests.actions[action]) + ["last: {encode: \"${s\(length - 1)}\", as: hex}"]
    let yaml = BoundTests.login(steps, "${last}")
    let hasRun = onThread(stack: 512 << 10) { #expect(BoundTests.refusal(yaml) == nil) }
    #expect(hasRun)
  }

  @Test("a chain of 5,000 steps is rejected at the first step beyond the limit")
  func endlessChain() {
    let steps = BoundTests.chain(5000, BoundTests.actions[0])
    #expect(
      BoundTests.refusal(BoundTests.login(steps, "${s4999}"))
        == "providers/vendor.yaml:44:7: 'login' uses 5000 steps, including shared steps; the limit is 32")
  }

  // MARK: Memory

  @Test("a text that doubles with each step exceeds the limit, for account fields and for call values")
  func doubling() {
    let limit = Value.maximumSize
    let double: (String) -> String = { "{text: \"\($0)\($0)\"}" }
    #expect(
      BoundTests.refusal(BoundTests.login(BoundTests.chain(32, double), "${s31}"))
        == "misconfigured not-sent no: A text exceeds \(limit) bytes.")
    #expect(
      BoundTests.refusal(BoundTests.login(BoundTests.chain(32, double, from: "${account.key}"), "${s31}"))
        == "provider: a text exceeds \(limit) bytes with this account's fields")
    #expect(
      BoundTests.refusal(
        BoundTests.login(BoundTests.chain(32, { "{encode: \"\($0)\", as: hex}" }, from: "${account.key}"), "${s31}"))
        == "provider: the step 's19' exceeds \(limit) bytes with this account's fields")
    #expect(
      BoundTests.refusal(
        BoundTests.login(BoundTests.chain(32, { "{encode: \"\($0)\", as: hex}" }), "${s31}"), token: "甲甲")
        == "misconfigured not-sent no: A step exceeds \(limit) bytes.")
    #expect(
      BoundTests.refusal(
        BoundTests.login(BoundTests.chain(32, { "{join: {a: \"\($0)\", b: \"\($0)\"}, write: value}" }), "${s31}"))
        == "misconfigured not-sent no: A joined text exceeds \(limit) bytes.")
  }

  @Test("a text with many references is accepted, and the size of its value is limited")
  func manyReferences() {
    let step = "s0: {text: \"" + String(repeating: "${call.token}", count: 20_000) + "\"}"
    #expect(BoundTests.refusal(BoundTests.login([step], "${s0}")) == nil)
    #expect(
      BoundTests.refusal(BoundTests.login([step], "${s0}"), token: String(repeating: "t", count: 60_000))
        == "misconfigured not-sent no: A text exceeds \(Value.maximumSize) bytes.")
    let tooMany = "s0: {text: \"" + String(repeating: "${call.token}", count: 100_000) + "\"}"
    #expect(
      BoundTests.refusal(BoundTests.login([tooMany], "${s0}"))
        == "providers/vendor.yaml:12:18: this text has 1300000 bytes; the limit is \(Value.maximumSize)")
  }

  @Test("the total size of a body is limited")
  func manyMembers() {
    let members = (0..<1000).map { "m\($0): \"${s0}\"" }.joined(separator: ", ")
    let json = BoundTests.login(["s0: {text: \"${call.token}\"}"], "x").replacing(
      "json: {", with: "json: {\(members), ")
    #expect(BoundTests.refusal(json) == nil)
    #expect(
      BoundTests.refusal(json, token: String(repeating: "t", count: 1000))
        == "misconfigured not-sent no: The JSON value exceeds \(Value.maximumSize) bytes.")
    let form = json.replacing("json: {", with: "form: {")
    #expect(
      BoundTests.refusal(form, token: String(repeating: "t", count: 1000))
        == "misconfigured not-sent no: The query or form exceeds \(Value.maximumSize) bytes.")
    #expect(
      BoundTests.refusal(
        json.replacing("s0: {text: \"${call.token}\"}", with: "s0: {text: \"${account.key}\"}"),
        key: String(repeating: "k", count: 1000))
        == "provider: the JSON value exceeds \(Value.maximumSize) bytes with this account's fields")
  }

  @Test("a token above the size limit is an invalid request")
  func longToken() {
    let yaml = BoundTests.login(["s0: {text: \"${call.token}\"}"], "${s0}")
    #expect(BoundTests.refusal(yaml, token: String(repeating: "t", count: 65_536)) == nil)
    #expect(
      BoundTests.refusal(yaml, token: String(repeating: "t", count: 65_537))
        == "invalid-request not-sent no: 'token' exceeds the limit of 65536 bytes.")
  }

  @Test("a value of the answer above the size limit is a protocol error")
  func largeValue() throws {
    let file = try #require(try MemoryFiles.provider(BoundTests.login(["s0: {text: x}"], "${s0}")))
    let provider = try file.makeProvider(
      file.settings(account: "a", authority: "h", fields: ["key": Secret("k")]))
    let login = try #require(provider as? any NumberRetrieving)
    let context = CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32))
    guard case .send(_, let read) = try login.login(Login(channel: .app, token: Secret("t")), context) else { return }
    let body = "{\"code\":0,\"phone\":\"" + String(repeating: "1", count: Value.maximumSize + 1) + "\"}"
    do throws(Failure) {
      _ = try read(VendorResponse(status: 200, body: Array(body.utf8)))
      Issue.record("the value is accepted")
    } catch {
      #expect(error.reason == .vendorProtocolError && error.delivery == .answered && error.billed == .unknown)
      #expect(error.detail == "The response's value at /phone exceeds \(Value.maximumSize) bytes.")
    }
  }

  // MARK: Time

  @Test("a file with 20,000 unused steps is accepted")
  func manySteps() {
    let steps = (0..<20_000).map { "s\($0): {text: x}" }
    #expect(BoundTests.refusal(BoundTests.login(steps, "x")) == nil)
    let wrong = (0..<2_000).map { "s\($0): {text: \"${s\($0)x}\"}" }
    #expect(BoundTests.refusal(BoundTests.login(wrong, "x"))?.contains("there is no such step") == true)
  }

  @Test("a file of 10 MiB is rejected, and a file just below the limit of 8 MiB is accepted")
  func largeFiles() {
    #expect(
      BoundTests.refusal(BoundTests.login(["s0: {text: x}"], "x") + String(repeating: "#", count: 10 << 20))
        == "providers/vendor.yaml:1:1: cannot be read (no permission, a folder, or larger than 8 MiB)")
    let filler = String(repeating: "x", count: 200_000)
    let steps = (0..<40).map { "s\($0): {text: \"\(filler)\"}" }
    #expect(BoundTests.refusal(BoundTests.login(steps, "${s0}")) == nil)
  }
}
