public import JSON
public import NumberAuth

/// One file of a `Fixtures` folder: an account, a call and its context, then either the result itself or the vendor
/// request that is expected, with the answers the vendor may give and what each of them comes to.
///
/// The files are written by the `make_fixtures.py` beside them: signatures are computed there, by other code.
public struct ProviderFixture: Sendable, CustomStringConvertible {
  /// A vendor request. A body with `{{phoneNum}}` and `{{sign}}` in it holds a ciphertext that is never the same twice,
  /// and a signature that covers it.
  struct Request: Sendable {
    struct Encrypted: Sendable {
      let privateKey: String
      let plain: String
    }

    struct Signed: Sendable {
      let publicKey: String
      let digest: String
      let plain: String
    }

    let method: String
    let target: String
    let headers: [VendorRequest.Header]
    let body: String
    let encrypted: Encrypted?
    let signed: Signed?
  }

  struct Answer: Sendable {
    let name: String
    let status: Int
    let headers: [String: String]
    let body: String
    let expected: JSONValue
  }

  enum Expectation: Sendable {
    case result(JSONValue)
    case exchange(Request, [Answer])
  }

  public let file: String
  public let description: String
  public let call: ProviderCall
  public let context: CallContext
  public let provider: String
  let authority: String
  let fields: [String: Secret]
  let expectation: Expectation
  /// The vendor's side of the account, as the sandbox's accounts have it, in JSON; nil where the sandbox is not asked.
  public let sandboxAccounts: JSONFragment?
  /// What the sandbox's control interface is told to mint this call's token.
  public let mint: JSONFragment?

  /// Every fixture of the folder `Fixtures` beside `file`, or of one inside it, or why one cannot be read.
  public static func all(
    beside file: String = #filePath, in inner: String = ""
  ) -> [Result<ProviderFixture, FixtureError>] {
    let folder = Repository.folder(of: file) + "Fixtures/" + inner
    let names = Repository.jsonFiles(in: folder)
    guard !names.isEmpty else { return [.failure(FixtureError(file: "Fixtures", "holds no fixture"))] }
    return names.map { name in
      do throws(FixtureError) {
        return .success(try ProviderFixture(folder + name, named: name))
      } catch {
        return .failure(error)
      }
    }
  }

  /// One fixture of that folder, by its name without `.json`.
  public static func named(_ name: String, beside file: String = #filePath) throws(FixtureError) -> ProviderFixture {
    try ProviderFixture(Repository.folder(of: file) + "Fixtures/" + name + ".json", named: name)
  }

  private init(_ path: String, named file: String) throws(FixtureError) {
    self.file = file
    let root = try FixtureError.parse(path, file)
    func text(_ value: JSONValue?, _ name: String) throws(FixtureError) -> String {
      guard let text = value?[name]?.string else { throw FixtureError(file: file, "'\(name)' is missing") }
      return text
    }
    description = try text(root, "name")
    provider = try text(root, "provider")
    authority = try text(root, "authority")
    sandboxAccounts = root["sandbox"].map { value in JSONFragment { $0.value(value) } }
    mint = root["mint"].map { value in JSONFragment { $0.value(value) } }
    fields = Dictionary(
      uniqueKeysWithValues: (root["account"]?.members ?? []).map { ($0.key, Secret($0.value.string ?? "")) })
    guard let call = root["call"].flatMap(ProviderCall.init) else { throw FixtureError(file: file, "no such call") }
    self.call = call
    guard let now = root["context"]?["now"]?.int else { throw FixtureError(file: file, "'now' is missing") }
    context = CallContext(now: WallTime(milliseconds: Int64(now)), nonce: try text(root["context"], "nonce"))
    if let result = root["result"] {
      expectation = .result(result)
      return
    }
    let request = root["request"]
    let encrypted = request?["encrypted"]
    let signed = request?["signed"]
    var answers: [Answer] = []
    for answer in root["answers"]?.elements ?? [] {
      guard let expected = answer["expect"], let status = answer["status"]?.int else {
        throw FixtureError(file: file, "an answer expects nothing")
      }
      answers.append(
        Answer(
          name: try text(answer, "name"), status: status,
          headers: Dictionary(
            uniqueKeysWithValues: (answer["headers"]?.members ?? []).map { ($0.key, $0.value.string ?? "") }),
          body: try text(answer, "body"), expected: expected))
    }
    guard !answers.isEmpty else { throw FixtureError(file: file, "neither a result nor an answer is expected") }
    expectation = .exchange(
      Request(
        method: try text(request, "method"), target: try text(request, "target"),
        headers: (request?["headers"]?.elements ?? []).map { .init($0[0]?.string ?? "", $0[1]?.string ?? "") },
        body: try text(request, "body"),
        encrypted: encrypted == nil
          ? nil : .init(privateKey: try text(encrypted, "privateKey"), plain: try text(encrypted, "plain")),
        signed: signed == nil
          ? nil
          : .init(
            publicKey: try text(signed, "publicKey"), digest: try text(signed, "digest"),
            plain: try text(signed, "plain"))),
      answers)
  }

  /// The vendor request as the file has it, written by other code than the adapter's; nil where nothing is sent.
  public var recordedRequest: VendorRequest? {
    guard case .exchange(let request, _) = expectation else { return nil }
    return VendorRequest(
      method: request.method, target: request.target, headers: request.headers, body: Array(request.body.utf8))
  }

  /// What the first of the vendor's answers, or the call itself, comes to.
  public var firstResult: JSONValue? {
    switch expectation {
    case .result(let expected): expected
    case .exchange(_, let answers): answers.first?.expected
    }
  }

  /// The account's settings, with the provider's shipped table.
  public var settings: AccountSettings {
    settings(fields)
  }

  private func settings(_ fields: [String: Secret]) -> AccountSettings {
    Repository.providers[provider]?.settings(account: "fixture", authority: authority, fields: fields)
      ?? AccountSettings(
        account: "fixture", authority: authority, table: Repository.table(of: provider), fields: fields)
  }

  /// The same with one field changed or, with nil, taken out.
  public func settings(with field: String, _ value: String?) -> AccountSettings {
    var fields = fields
    fields[field] = value.map(Secret.init)
    return settings(fields)
  }

  /// The same with another fixture's fields beside them.
  public func settings(and other: ProviderFixture) -> AccountSettings {
    settings(fields.merging(other.fields) { _, other in other })
  }

  /// The call as one for `Conformance`, its first answer being a success: `code` names the member that holds the result
  /// code, a text or a number, however deep it stands; `words` the one with the vendor's words.
  public func vendorCall(
    code: String, is success: String, words: String, verdicts: Set<String> = []
  ) throws(FixtureError) -> Conformance.VendorCall {
    guard case .exchange(let request, let answers) = expectation, let body = answers.first?.body else {
      throw FixtureError(file: file, "nothing is asked of the vendor")
    }
    var template = body.replacing("\"\(code)\":\"\(success)\"", with: "\"\(code)\":%CODE%")
    for end in [",", "}"] {
      template = template.replacing("\"\(code)\":\(success)\(end)", with: "\"\(code)\":%CODE%\(end)")
    }
    guard template != body else { throw FixtureError(file: file, "the first answer holds no '\(code)'") }
    if let words = template.firstRange(of: "\"\(words)\":\"") {
      let end = template[words.upperBound...].firstIndex(of: "\"") ?? template.endIndex
      template.replaceSubrange(template.index(before: words.upperBound)...end, with: "%MESSAGE%")
    } else {
      template = template.replacing("%CODE%", with: "%CODE%,\"\(words)\":%MESSAGE%")
    }
    return Conformance.VendorCall(
      call, answer: template, success: success, verdicts: verdicts, isRandomised: request.encrypted != nil)
  }

  /// What may not be seen: the account's secret fields, the token and the number.
  public var secrets: [String] {
    let names = Repository.secretFields(of: provider)
    var secrets = fields.filter { names.contains($0.key) }.map(\.value.revealed) + [ProviderFixture.number]
    switch call {
    case .login(let login): secrets += [login.token.revealed] + login.extras.inputs.values.map(\.revealed)
    case .verify(let verify): secrets += [verify.token.revealed] + verify.extras.inputs.values.map(\.revealed)
    case .prepare, .sign: break
    }
    return secrets
  }

  /// The number behind every token of the fixtures.
  static let number = "13800000000"
}

/// A fixture that cannot be used.
public struct FixtureError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(file: String, _ message: String) { description = "\(file): \(message)" }

  fileprivate static func parse(_ path: String, _ file: String) throws(FixtureError) -> JSONValue {
    guard let bytes = Repository.read(path) else { throw FixtureError(file: file, "cannot be read") }
    do throws(JSONError) {
      return try JSONValue.parse(bytes, duplicateKeys: .refused)
    } catch {
      throw FixtureError(file: file, "\(error)")
    }
  }
}

extension ProviderCall {
  /// A fixture's `call`; nil where a word of it is unknown.
  fileprivate init?(_ value: JSONValue) {
    let token = Secret(value["token"]?.string ?? "")
    let userInformation = value["userInformation"]?.string
    let channel = value["channel"]?.string.flatMap(Channel.init)
    let carrier = value["carrier"]?.string.flatMap(Carrier.init)
    let extras = CallExtras(
      clientIP: value["clientIp"]?.string,
      inputs: Dictionary(
        uniqueKeysWithValues: (value["inputs"]?.members ?? []).map { ($0.key, Secret($0.value.string ?? "")) }))
    switch value["kind"]?.string {
    case "prepare":
      guard let channel, let operation = value["operation"]?.string.flatMap(Operation.init) else { return nil }
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
    case "sign":
      guard let preSign = value["preSign"]?.string else { return nil }
      self = .sign(SignClient(preSign: preSign))
    case "login":
      guard let channel else { return nil }
      self = .login(
        Login(channel: channel, token: token, userInformation: userInformation, carrier: carrier, extras: extras))
    case "verify":
      guard let channel, let number = value["phoneNumber"]?.string.flatMap(PhoneNumber.init) else { return nil }
      self = .verify(
        Verify(
          channel: channel, token: token, phoneNumber: number, userInformation: userInformation,
          carrier: carrier, extras: extras))
    default: return nil
    }
  }
}
