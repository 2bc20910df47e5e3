import Configuration
import Cryptography
import JSON
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// `Steps/steps.json`: expected results of every step and rule of the provider language, computed by independent code.
@Suite("Steps and rules of the provider language")
struct StepTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let value: JSONValue

    /// Whether OpenSSL provides the algorithm that the case requires.
    var isSupported: Bool { value["requires"]?.string != "SM4-GCM" || GCMKey.isAvailable(.sm4) }
    var now: Int64 { Int64(value["now"]?.int ?? 0) }
    var context: CallContext { CallContext(now: WallTime(milliseconds: now), nonce: value["nonce"]?.string ?? "") }
  }

  static let cases: [Case] = {
    let path = Repository.folder(of: #filePath) + "Steps/steps.json"
    let elements = Repository.read(path).flatMap { try? JSONValue.parse($0).elements } ?? []
    return elements.map { Case(description: $0["name"]?.string ?? "", value: $0) }
  }()

  @Test("have fixtures")
  func count() { #expect(StepTests.cases.count >= 360) }

  @Test("give the results that independent code computes", arguments: cases)
  func step(_ each: Case) throws {
    let expected = each.value["expect"]
    let file = try #require(try MemoryFiles.provider(each.value["file"]?.string ?? ""))
    let fields = Dictionary(
      uniqueKeysWithValues: (each.value["account"]?.members ?? []).map { ($0.key, Secret($0.value.string ?? "")) })
    let provider: any Provider
    do throws(AccountFault) {
      provider = try file.makeProvider(
        file.settings(account: "one", authority: "vendor.example.com", fields: fields))
    } catch {
      guard each.isSupported else {
        #expect(error.field == "provider")
        #expect(
          error.message == "the step 'out': SM4-GCM needs OpenSSL 3.1 or later, and this is an earlier version")
        return
      }
      #expect(error.field == expected?["fault"]?["field"]?.string)
      #expect(error.message == expected?["fault"]?["message"]?.string)
      return
    }
    #expect(expected?["fault"] == nil && each.isSupported, "the account must be rejected")
    let exchange: Exchange<ProviderCall.Outcome>?
    do throws(Failure) {
      exchange = try StepTests.call(each.value["call"]).exchange(with: provider, each.context)
    } catch {
      expect(error, expected?["failure"])
      return
    }
    #expect(expected?["failure"] == nil, "the call must fail before sending")
    switch exchange {
    case .answer(.parameters(let parameters)):
      #expect(String(decoding: parameters.parameters.bytes, as: UTF8.self) == expected?["parameters"]?.string)
    case .send(let request, let read):
      expect(request, expected)
      for answer in each.value["answers"]?.elements ?? [] { expect(read, answer) }
    default: Issue.record("the provider does not support the call")
    }
  }

  private static func call(_ value: JSONValue?) -> ProviderCall {
    let token = Secret(value?["token"]?.string ?? "")
    let carrier = value?["carrier"]?.string.flatMap(Carrier.init)
    let information = value?["userInformation"]?.string
    let extras = CallExtras(
      clientIP: value?["clientIp"]?.string,
      inputs: Dictionary(
        uniqueKeysWithValues: (value?["inputs"]?.members ?? []).map { ($0.key, Secret($0.value.string ?? "")) }))
    switch (value?["kind"]?.string, value?["phoneNumber"]?.string.flatMap(PhoneNumber.init)) {
    case ("prepare", _): return .prepare(PrepareClient(operation: .login, channel: .app, extras: extras))
    case ("verify", let number?):
      return .verify(
        Verify(
          channel: .app, token: token, phoneNumber: number, userInformation: information, carrier: carrier,
          extras: extras))
    default:
      return .login(
        Login(channel: .app, token: token, userInformation: information, carrier: carrier, extras: extras))
    }
  }

  // MARK: Expectations

  private func expect(_ request: VendorRequest, _ expected: JSONValue?) {
    if let method = expected?["method"]?.string { #expect(request.method == method) }
    if let target = expected?["target"]?.string { #expect(request.target == target) }
    if let body = expected?["body"]?.string { #expect(Array(body.utf8) == request.body, "\(StepTests.text(request))") }
    if let headers = expected?["headers"]?.elements {
      #expect(request.headers.map { "\($0.name): \($0.value)" } == headers.map { $0.string ?? "" })
    }
  }

  private static func text(_ request: VendorRequest) -> String { String(decoding: request.body, as: UTF8.self) }

  private func expect(
    _ read: @Sendable (VendorResponse) throws(Failure) -> ProviderCall.Outcome, _ answer: JSONValue
  ) {
    let expected = answer["expect"]
    let body = answer["body"]?.string ?? ""
    let headers = (answer["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }
    let response = VendorResponse(
      status: answer["status"]?.int ?? 200, body: Array(body.utf8),
      headers: Dictionary(headers, uniquingKeysWith: { first, _ in first }))
    let shown = body.prefix(200)
    do throws(Failure) {
      switch try read(response) {
      case .number(let number):
        #expect(number.phoneNumber.text == expected?["number"]?.string, "\(shown)")
        #expect(number.carrier?.rawValue == expected?["carrier"]?.string, "\(shown)")
        #expect(number.vendorTransaction == expected?["transaction"]?.string, "\(shown)")
        #expect(number.billed.rawValue == expected?["billed"]?.string, "\(shown)")
      case .verdict(let verified):
        #expect(verified.verdict.rawValue == expected?["verdict"]?.string, "\(shown)")
        #expect(verified.smsAssistToken?.revealed == expected?["smsAssistToken"]?.string, "\(shown)")
        #expect(verified.vendorTransaction == expected?["transaction"]?.string, "\(shown)")
        #expect(verified.billed.rawValue == expected?["billed"]?.string, "\(shown)")
      default: Issue.record("neither a number nor a verdict")
      }
    } catch {
      expect(error, expected?["failure"], "\(shown)")
    }
  }

  /// A detail of `null` matches any detail.
  private func expect(_ failure: Failure, _ expected: JSONValue?, _ shown: String = "") {
    #expect(failure.reason.rawValue == expected?["reason"]?.string, "\(shown) \(failure)")
    #expect(failure.delivery.rawValue == expected?["delivery"]?.string, "\(shown)")
    #expect(failure.billed.rawValue == expected?["billed"]?.string, "\(shown)")
    #expect(failure.vendor?.code == expected?["code"]?.string, "\(shown)")
    if let detail = expected?["detail"]?.string { #expect(failure.detail == detail, "\(shown)") }
    if let message = expected?["message"]?.string { #expect(failure.vendor?.message == message, "\(shown)") }
  }
}
