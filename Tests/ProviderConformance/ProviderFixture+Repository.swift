public import JSON
public import NumberAuth
public import ProviderTools

/// Loads fixtures from the folder of a test file, and provider files from the repository.
extension ProviderFixture {
  /// All fixtures in the folder `Fixtures` next to `file`, or in a subfolder of it. An unreadable fixture is a failure.
  public static func all(
    beside file: String = #filePath, in inner: String = ""
  ) -> [Result<ProviderFixture, FixtureError>] {
    let folder = Repository.folder(of: file) + "Fixtures/" + inner
    let names = Repository.jsonFiles(in: folder)
    guard !names.isEmpty else { return [.failure(FixtureError(file: "Fixtures", "contains no fixture"))] }
    return names.map { name in
      do throws(FixtureError) {
        return .success(try ProviderFixture(file: folder + name, named: name))
      } catch {
        return .failure(error)
      }
    }
  }

  /// The fixture with this file name, without `.json`.
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

  /// The vendor request in the fixture, computed independently of the adapter; nil if no request is sent.
  public var recordedRequest: VendorRequest? {
    guard case .exchange(let request, _) = expectation else { return nil }
    return VendorRequest(
      method: request.method, target: request.target, headers: request.headers, body: Array((request.body ?? "").utf8))
  }

  /// The expected result of the vendor's first answer, or of the call itself.
  public var firstResult: JSONValue? {
    switch expectation {
    case .result(let expected): expected
    case .exchange(_, let answers): answers.first?.expected
    }
  }

  /// All differences from the fixture, with the account's settings and the provider's table.
  public func differences(_ make: (AccountSettings) throws(AccountFault) -> any Provider) -> [String] {
    differences(settings, make)
  }

  /// The account's settings, with the table of the provider file.
  public var settings: AccountSettings {
    settings(fields)
  }

  private func settings(_ fields: [String: Secret]) -> AccountSettings {
    Repository.providers[provider]?.settings(account: "fixture", authority: authority, fields: fields)
      ?? AccountSettings(
        account: "fixture", authority: authority, table: Repository.table(of: provider), fields: fields)
  }

  /// The settings with one field changed, or removed if `value` is nil.
  public func settings(with field: String, _ value: String?) -> AccountSettings {
    var fields = fields
    fields[field] = value.map(Secret.init)
    return settings(fields)
  }

  /// The settings with the fields of another fixture added.
  public func settings(and other: ProviderFixture) -> AccountSettings {
    settings(fields.merging(other.fields) { _, other in other })
  }

  /// The call for `Conformance`. The fixture's first answer must be a success. `code` is the name of the member with
  /// the result code, a text or a number at any depth; `words` is the name of the member with the vendor's message.
  public func vendorCall(
    code: String, is success: String, words: String, verdicts: Set<String> = []
  ) throws(FixtureError) -> Conformance.VendorCall {
    guard case .exchange(let request, let answers) = expectation, let body = answers.first?.body else {
      throw FixtureError(file: file, "the call sends no request")
    }
    var template = body.replacing("\"\(code)\":\"\(success)\"", with: "\"\(code)\":%CODE%")
    for end in [",", "}"] {
      template = template.replacing("\"\(code)\":\(success)\(end)", with: "\"\(code)\":%CODE%\(end)")
    }
    guard template != body else { throw FixtureError(file: file, "the first answer has no '\(code)'") }
    if let range = template.firstRange(of: "\"\(words)\":\"") {
      let end = template[range.upperBound...].firstIndex(of: "\"") ?? template.endIndex
      template.replaceSubrange(template.index(before: range.upperBound)...end, with: "%MESSAGE%")
    } else {
      template = template.replacing("%CODE%", with: "%CODE%,\"\(words)\":%MESSAGE%")
    }
    return Conformance.VendorCall(
      call, answer: template, success: success, verdicts: verdicts, isRandomised: request.encrypted != nil)
  }

  /// Values that must not be displayed: the account's secret fields, the token and the phone number.
  public var secrets: [String] {
    let names = Repository.secretFields(of: provider)
    var secrets = fields.filter { names.contains($0.key) }.map(\.value.revealed) + [ProviderFixture.number]
    secrets += context.credentials.values.map(\.revealed)
    switch call {
    case .login(let login): secrets += [login.token.revealed] + login.extras.inputs.values.map(\.revealed)
    case .verify(let verify): secrets += [verify.token.revealed] + verify.extras.inputs.values.map(\.revealed)
    case .prepare, .sign, .credential: break
    }
    return secrets
  }

  /// The phone number of every token in the fixtures.
  static let number = "13800000000"
}

extension ProviderFixture {
  /// One answer of the vendor in the fixture.
  public struct RecordedAnswer: Sendable {
    public let name: String
    public let status: Int
    public let headers: [String: String]
    public let body: String

    /// Whether the body is a JSON object with members and without leading whitespace.
    public var isObject: Bool {
      body.hasPrefix("{") && (try? JSONValue.parse(body, duplicateKeys: .refusedInStringsToo))?.count ?? 0 > 0
    }
  }

  /// The vendor's answers; empty if the call sends no request.
  public var recordedAnswers: [RecordedAnswer] {
    guard case .exchange(_, let answers) = expectation else { return [] }
    return answers.map { RecordedAnswer(name: $0.name, status: $0.status, headers: $0.headers, body: $0.body) }
  }
}
