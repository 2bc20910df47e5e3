import JSON
import Testing

@testable import Sandbox

/// The fixtures that `Fixtures/make_fixtures.py` generates.
struct Fixtures: Sendable {
  struct Request: Sendable {
    let method: String
    let target: String
    let headers: [(String, String)]
    let body: String
    let remoteAddress: String

    init(_ value: JSONValue) {
      method = value["method"]?.string ?? ""
      target = value["target"]?.string ?? ""
      headers = (value["headers"]?.elements ?? []).map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
      body = value["body"]?.string ?? ""
      remoteAddress = value["remoteAddress"]?.string ?? ""
    }
  }

  struct Step: Sendable {
    let at: Int64
    let status: Int
    let request: Request
    /// Values at JSON Pointers in the response; nil: the member must be missing.
    let expected: [(pointer: String, text: String?)]
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let tokens: [Token]
    let steps: [Step]

    var testDescription: String { name }
  }

  static let shared = Fixtures()

  let now: Int64
  let phoneNumber: String
  let page: JSONValue?
  let cases: [Case]

  private init() {
    let root = try? JSONValue.parse(readFile("Fixtures/fixtures.json"))
    let now = Int64(root?["now"]?.int ?? 0)
    self.now = now
    phoneNumber = root?["phoneNumber"]?.string ?? ""
    page = root?["page"]
    cases = (root?["cases"]?.elements ?? []).map { value in
      Case(
        name: value["name"]?.string ?? "",
        tokens: (value["tokens"]?.elements ?? []).compactMap { Fixtures.token($0, now) },
        steps: (value["steps"]?.elements ?? []).compactMap(Fixtures.step))
    }
  }

  private static func step(_ value: JSONValue) -> Step? {
    guard let request = value["request"] else { return nil }
    return Step(
      at: Int64(value["at"]?.int ?? 0), status: value["status"]?.int ?? 0, request: Request(request),
      expected: (value["expect"]?.members ?? []).map { ($0.key, $0.value.text) })
  }

  private static func token(_ value: JSONValue, _ now: Int64) -> Token? {
    let families: [String: Token.Family] = [
      "oneClick": .oneClick, "quickApp": .quickApp, "app": .app, "aliyunH5": .aliyunH5, "aliyunApp": .aliyunApp,
    ]
    guard let family = value["family"]?.string.flatMap({ families[$0] }),
      let operation = value["operation"]?.string.flatMap(Operation.init)
    else { return nil }
    return Token(
      text: value["text"]?.string ?? "", family: family, account: value["account"]?.string ?? "",
      operation: operation, phoneNumber: value["phoneNumber"]?.string ?? "",
      inputs: value["userInformation"]?.string.map { ["userInformation": $0] } ?? [:],
      expiresAt: now + Int64(value["life"]?.int ?? 0), fault: nil)
  }
}
