public import JSON
public import NumberAuth

/// One file of a `Fixtures` folder: an account, a call and its context, then either the expected result, or the
/// expected request to the vendor with possible responses and the expected result of each.
///
/// The expected requests come from independent sources: a vendor's document or demo, or other code.
public struct ProviderFixture: Sendable, CustomStringConvertible {
  /// A request to the vendor. A body with `{{phoneNum}}` and `{{sign}}` contains a ciphertext that differs in every
  /// request, and a signature over it.
  package struct Request: Sendable {
    /// The key that decrypts `{{phoneNum}}`, and the expected plain text.
    package struct Encrypted: Sendable {
      package let privateKey: String
      package let plain: String
    }

    /// The key that verifies `{{sign}}`, the digest and the signed text.
    package struct Signed: Sendable {
      package let publicKey: String
      package let digest: String
      package let plain: String
    }

    package let method: String
    package let target: String
    package let headers: [VendorRequest.Header]
    /// nil if the body is not compared, because it differs in every request.
    package let body: String?
    package let encrypted: Encrypted?
    package let signed: Signed?
  }

  /// A possible response of the vendor, and the expected result.
  package struct Answer: Sendable {
    package let name: String
    package let status: Int
    package let headers: [String: String]
    package let body: String
    package let expected: JSONValue

    var response: VendorResponse { VendorResponse(status: status, body: Array(body.utf8), headers: headers) }
  }

  /// A request that precedes the request of the call, such as one for a credential, and the vendor's response.
  package struct FirstRequest: Sendable {
    package let name: String
    package let request: Request
    package let response: VendorResponse
  }

  package enum Expectation: Sendable {
    case result(JSONValue)
    case exchange(Request, [Answer])
  }

  /// The name of the fixture's file, for messages.
  public let file: String
  public let description: String
  public let call: ProviderCall
  public let context: CallContext
  /// The name of the provider file; empty if the fixture does not contain it.
  public let provider: String
  package let authority: String
  package let fields: [String: Secret]
  package let first: [FirstRequest]
  package let expectation: Expectation
  /// The vendor's data of the account, in the JSON form of the sandbox's accounts; nil if the sandbox is not used.
  public let sandboxAccounts: JSONFragment?
  /// The request to the sandbox's control interface that creates the token of this call.
  public let mint: JSONFragment?

  /// Reads a fixture. `file` is its name in messages. Throws if a member is missing.
  public init(_ root: JSONValue, named file: String) throws(FixtureError) {
    self.file = file
    func text(_ value: JSONValue?, _ name: String, default fallback: String? = nil) throws(FixtureError) -> String {
      try JSONValue.text(value, name, in: file, default: fallback)
    }
    description = try text(root, "name")
    provider = try text(root, "provider", default: "")
    authority = try text(root, "authority", default: "")
    sandboxAccounts = root["sandbox"].map { value in JSONFragment { $0.value(value) } }
    mint = root["mint"].map { value in JSONFragment { $0.value(value) } }
    fields = Dictionary(
      uniqueKeysWithValues: (root["account"]?.members ?? []).map { ($0.key, Secret($0.value.text ?? "")) })
    guard let call = root["call"].flatMap(ProviderCall.init) else {
      throw FixtureError(
        file: file, "'call' must have 'kind' (prepare, login, verify or credential), 'channel', and what the kind needs"
      )
    }
    self.call = call
    guard let now = (root["context"]?["now"]).flatMap(WallTime.init) else {
      throw FixtureError(
        file: file, "'context.now' must be milliseconds since 1970 or a time such as 2024-01-02T03:04:05Z")
    }
    context = CallContext(
      now: now, nonce: try text(root["context"], "nonce"),
      credentials: Dictionary(
        uniqueKeysWithValues: (root["context"]?["credentials"]?.members ?? []).map {
          ($0.key, Secret($0.value.text ?? ""))
        }))
    var first: [FirstRequest] = []
    for step in root["first"]?.elements ?? [] {
      guard let answer = step["answer"] else { throw FixtureError(file: file, "'answer' is missing in 'first'") }
      first.append(
        FirstRequest(
          name: try text(step, "name"), request: try Request(step["request"], in: file),
          response: VendorResponse(
            status: answer["status"]?.int ?? 200, body: Array(try text(answer, "body").utf8), headers: answer.headers)))
    }
    self.first = first
    if let result = root["result"] {
      expectation = .result(result)
      return
    }
    var answers: [Answer] = []
    for answer in root["answers"]?.elements ?? [] {
      guard let expected = answer["expect"] else { throw FixtureError(file: file, "'expect' is missing in an answer") }
      answers.append(
        Answer(
          name: try text(answer, "name"), status: answer["status"]?.int ?? 200, headers: answer.headers,
          body: try text(answer, "body"), expected: expected))
    }
    guard !answers.isEmpty else { throw FixtureError(file: file, "'result' or 'answers' is missing") }
    expectation = .exchange(try Request(root["request"], in: file), answers)
  }
}

extension JSONValue {
  /// `headers` of a response.
  fileprivate var headers: [String: String] {
    Dictionary(uniqueKeysWithValues: (self["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") })
  }

  /// The text of a member. Throws if it is missing and there is no fallback.
  fileprivate static func text(
    _ value: JSONValue?, _ name: String, in file: String, default fallback: String? = nil
  ) throws(FixtureError) -> String {
    guard let text = value?[name]?.text ?? fallback else { throw FixtureError(file: file, "'\(name)' is missing") }
    return text
  }
}

extension ProviderFixture.Request {
  fileprivate init(_ request: JSONValue?, in file: String) throws(FixtureError) {
    func text(_ value: JSONValue?, _ name: String) throws(FixtureError) -> String {
      try JSONValue.text(value, name, in: file)
    }
    let encrypted = request?["encrypted"]
    let signed = request?["signed"]
    method = try JSONValue.text(request, "method", in: file, default: "POST")
    target = try text(request, "target")
    headers = (request?["headers"]?.elements ?? []).map { .init($0[0]?.text ?? "", $0[1]?.text ?? "") }
    body = request?["body"]?.text
    self.encrypted =
      encrypted == nil ? nil : .init(privateKey: try text(encrypted, "privateKey"), plain: try text(encrypted, "plain"))
    self.signed =
      signed == nil
      ? nil
      : .init(
        publicKey: try text(signed, "publicKey"), digest: try text(signed, "digest"), plain: try text(signed, "plain"))
  }
}

/// An invalid fixture.
public struct FixtureError: Error, Sendable, CustomStringConvertible {
  public let description: String

  package init(file: String, _ message: String) { description = "\(file): \(message)" }

  init(_ description: String) { self.description = description }

}

extension ProviderCall {
  /// Reads `call` of a fixture. Returns nil if a member is missing or invalid.
  fileprivate init?(_ value: JSONValue) {
    let token = Secret(value["token"]?.text ?? "")
    let userInformation = value["userInformation"]?.string
    let channel = value["channel"]?.string.flatMap(Channel.init)
    let carrier = value["carrier"]?.string.flatMap(Carrier.init)
    let extras = CallExtras(
      clientIP: value["clientIp"]?.string,
      inputs: Dictionary(
        uniqueKeysWithValues: (value["inputs"]?.members ?? []).map { ($0.key, Secret($0.value.text ?? "")) }))
    switch value["kind"]?.string {
    case "prepare":
      guard let channel, let operation = Operation(rawValue: value["operation"]?.string ?? "login") else { return nil }
      let page = value["page"].map { page in
        PageOptions(
          type: page["type"]?.string ?? "",
          options: page["options"]?.string.flatMap { try? JSONValue.parse($0) }
            .map { options in JSONFragment { $0.value(options) } })
      }
      self = .prepare(
        PrepareClient(
          operation: operation, channel: channel, pageURL: value["pageUrl"]?.string, pageOptions: page,
          extras: extras))
    case "credential":
      guard let name = value["credential"]?.text else { return nil }
      self = .credential(name)
    case "sign":
      guard let preSign = value["preSign"]?.string else { return nil }
      self = .sign(SignClient(preSign: preSign))
    case "login":
      guard let channel else { return nil }
      self = .login(
        Login(channel: channel, token: token, userInformation: userInformation, carrier: carrier, extras: extras))
    case "verify":
      guard let channel, let number = value["phoneNumber"]?.text.flatMap({ PhoneNumber($0, of: .all) }) else {
        return nil
      }
      self = .verify(
        Verify(
          channel: channel, token: token, phoneNumber: number, userInformation: userInformation,
          carrier: carrier, extras: extras))
    default: return nil
    }
  }
}

extension WallTime {
  fileprivate init?(_ value: JSONValue) {
    if let milliseconds = value.int {
      self.init(milliseconds: Int64(milliseconds))
    } else {
      guard let time = value.string.flatMap({ WallTime(iso8601: $0) }) else { return nil }
      self = time
    }
  }
}
