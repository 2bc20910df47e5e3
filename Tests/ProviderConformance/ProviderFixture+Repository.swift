public import JSON
public import NumberAuth
public import ProviderTools

/// The fixtures of the tests: found beside a test's file, with the files that the repository holds.
extension ProviderFixture {
  /// Every fixture of the folder `Fixtures` beside `file`, or of one inside it, or why one cannot be read.
  public static func all(
    beside file: String = #filePath, in inner: String = ""
  ) -> [Result<ProviderFixture, FixtureError>] {
    let folder = Repository.folder(of: file) + "Fixtures/" + inner
    let names = Repository.jsonFiles(in: folder)
    guard !names.isEmpty else { return [.failure(FixtureError(file: "Fixtures", "holds no fixture"))] }
    return names.map { name in
      do throws(FixtureError) {
        return .success(try ProviderFixture(file: folder + name, named: name))
      } catch {
        return .failure(error)
      }
    }
  }

  /// One fixture of that folder, by its name without `.json`.
  public static func named(_ name: String, beside file: String = #filePath) throws(FixtureError) -> ProviderFixture {
    try ProviderFixture(
      file: Repository.folder(of: file) + "Fixtures/" + name + ".json", named: name)
  }

  private init(file path: String, named name: String) throws(FixtureError) {
    guard let bytes = Repository.read(path) else { throw FixtureError(file: name, "cannot be read") }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(bytes, duplicateKeys: .refused)
    } catch {
      throw FixtureError(file: name, "\(error)")
    }
    try self.init(root, named: name)
  }

  /// The vendor request as the file has it, written by other code than the adapter's; nil where nothing is sent.
  public var recordedRequest: VendorRequest? {
    guard case .exchange(let request, _) = expectation else { return nil }
    return VendorRequest(
      method: request.method, target: request.target, headers: request.headers, body: Array((request.body ?? "").utf8))
  }

  /// What the first of the vendor's answers, or the call itself, comes to.
  public var firstResult: JSONValue? {
    switch expectation {
    case .result(let expected): expected
    case .exchange(_, let answers): answers.first?.expected
    }
  }

  /// Everything that is not as the fixture says, with the account's settings and the provider's table.
  public func differences(_ make: (AccountSettings) throws(AccountFault) -> any Provider) -> [String] {
    differences(settings, make)
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

extension ProviderFixture {
  /// One answer of the vendor as the file has it.
  public struct RecordedAnswer: Sendable {
    public let name: String
    public let status: Int
    public let headers: [String: String]
    public let body: String

    /// Whether the body is a JSON object that has members and nothing before it.
    public var isObject: Bool {
      body.hasPrefix("{") && (try? JSONValue.parse(body, duplicateKeys: .refusedInStringsToo))?.count ?? 0 > 0
    }
  }

  /// The vendor's answers; none where nothing is asked.
  public var recordedAnswers: [RecordedAnswer] {
    guard case .exchange(_, let answers) = expectation else { return [] }
    return answers.map { RecordedAnswer(name: $0.name, status: $0.status, headers: $0.headers, body: $0.body) }
  }
}
