import Configuration
import Cryptography
import JSON
import Networking
import NumberAuth

extension RequestHandler {
  /// `POST /v1/apps/{appId}/failures`: maps the data of the SDK's error callback to one failure.
  func explainReport(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) throws(Failure) -> HTTPResponse {
    let account = try reportAccount(app, body, context, &record)
    let hint = try body.word("carrierHint", as: Carrier.self)
    guard let report = body["report"] else { throw .gateway(.invalidRequest, "'report' is missing.") }
    let table = account.provider.table
    let failure = try table.failure(
      from: FailureReport(report, form: record.channel.flatMap { table.forms[$0] }), channel: record.channel,
      carrierHint: hint)
    record.reported = failure
    return json {
      $0.object("failure") {
        $0.member("title", failure.reason.title)
        $0.member("titleZh", failure.reason.titleChinese)
        $0.failureMembers(failure, words: Redaction.text)
      }
    }
  }

  private func reportAccount(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) throws(Failure) -> Account {
    if let text = try body.string("session") {
      return try account(of: try record.snapshot.sessions.read(text, appId: app.id, now: context.now), &record)
    }
    guard let channel = try body.word("channel", as: Channel.self) else {
      throw .gateway(.invalidRequest, "'session' or 'channel' is missing.")
    }
    record.channel = channel
    for operation in Operation.allCases {
      if let first = app.routes[Router.Route(channel: channel, operation: operation)]?.first,
        let account = record.snapshot.accounts[first.account]
      {
        record.account = account
        return account
      }
    }
    throw .gateway(.notFound, "The app has no route for the channel \(channel.rawValue).")
  }

  /// Handles the GET endpoints that require a team key.
  func read(
    _ request: HTTPRequest, _ route: Route, _ team: Team, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    switch route.endpoint {
    case .usage: return try await usage(Query(request.query), team)
    case .explanations: return try explanations(Query(request.query), record.snapshot)
    case .unmapped: return unmappedCodes(for: team, record.snapshot)
    case .providers: return providers(record.snapshot)
    case .apps: return apps(for: team, record.snapshot)
    default: return try catalogue(route.parameter)
    }
  }

  private func catalogue(_ name: String?) throws(Failure) -> HTTPResponse {
    guard let name else {
      return json {
        $0.array("failures") { for reason in FailureReason.allCases { $0.catalogueEntry(reason) } }
      }
    }
    guard let reason = FailureReason(rawValue: name) else {
      throw .gateway(.notFound, "There is no such reason. See /v1/failures.")
    }
    var writer = JSONWriter()
    writer.catalogueEntry(reason)
    return HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: writer.take())
  }

  private func explanations(_ query: Query, _ snapshot: Snapshot) throws(Failure) -> HTTPResponse {
    guard let code = query["code"], !code.isEmpty else { throw .gateway(.invalidRequest, "'code' is missing.") }
    let provider = query["provider"]
    if let provider, snapshot.providers[provider] == nil {
      throw .gateway(.notFound, "There is no such provider. See /v1/providers.")
    }
    let stage = try query.word("stage", as: Stage.self)
    let carrier = try query.word("carrier", as: Carrier.self)
    let tables = snapshot.providers.values.filter { provider == nil || $0.name == provider }
      .sorted { $0.name < $1.name }.map(\.table)
    let explanations = tables.flatMap { $0.explanations(of: code, stage: stage, carrier: carrier) }
    guard !explanations.isEmpty else {
      let all = snapshot.providers.values.sorted { $0.name < $1.name }.map(\.table)
      let elsewhere = all.flatMap { $0.explanations(of: code) }
      let similar = elsewhere.isEmpty ? all.flatMap { $0.likeness(of: code) } : elsewhere
      let places = similar.prefix(8).map { "\($0.code) (\($0.place))" }.joined(separator: "; ")
      throw .gateway(
        .notFound,
        "No provider file lists this code with these parameters."
          + (places.isEmpty ? "" : (elsewhere.isEmpty ? " Similar codes: " : " Listed elsewhere: ") + places + "."))
    }
    return json {
      $0.array("explanations") { for explanation in explanations { $0.value(explanation.json) } }
    }
  }

  /// The entry for the provider file, as YAML in one line.
  private static func row(_ key: UnmappedCodes.Key, _ sighting: UnmappedCodes.Sighting) -> String {
    func quoted(_ text: String) -> String { String(decoding: JSONFragment { $0.value(text) }.bytes, as: UTF8.self) }
    return "failures: {\(key.stage.rawValue): {\(key.carrier?.rawValue ?? "any"): {codes: "
      + "{\(quoted(key.code)): {reason: , text: \(quoted(sighting.message ?? key.code))}}}}}"
  }

  /// Lists the codes of the providers that the team's apps use. A team must not see messages of other teams' vendors.
  private func unmappedCodes(for team: Team, _ snapshot: Snapshot) -> HTTPResponse {
    let apps = snapshot.apps.values.filter { team.apps?.contains($0.id) ?? true }
    let accounts = Set(apps.flatMap { $0.routes.values.flatMap { $0.map(\.account) } })
    let providers = Set(accounts.compactMap { snapshot.accounts[$0]?.file.name })
    return json {
      $0.array("unmapped") { array in
        for (key, sighting) in gateway.unmapped.all(of: providers) {
          array.object {
            $0.member("provider", key.provider)
            $0.member("stage", key.stage.rawValue)
            $0.member("carrier", ifPresent: key.carrier?.rawValue)
            $0.member("code", key.code)
            $0.member("message", ifPresent: sighting.message)
            $0.member("count", sighting.count)
            $0.member("firstSeen", sighting.first.iso8601)
            $0.member("lastSeen", sighting.last.iso8601)
            // The reason in the entry is empty: the operator must choose it, because `check` requires it.
            $0.member("row", Self.row(key, sighting))
          }
        }
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func catalogueEntry(_ reason: FailureReason) {
    object {
      $0.member("reason", reason.rawValue)
      $0.member("title", reason.title)
      $0.member("titleZh", reason.titleChinese)
      $0.member("fault", reason.fault.rawValue)
      $0.member("advice", reason.advice.rawValue)
      $0.member("status", reason.status)
    }
  }
}

/// The decoded parameters of a URL's query. Of a repeated name the last value is used.
struct Query {
  private var values: [String: String] = [:]

  init(_ text: String?) throws(Failure) {
    for pair in (text ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(parts[0], plusIsBlank: true),
        let value = PercentEncoding.decode(parts.count > 1 ? parts[1] : "", plusIsBlank: true)
      else { throw .gateway(.invalidRequest, "The query is not percent-encoded UTF-8.") }
      values[name] = value
    }
  }

  subscript(name: String) -> String? { values[name] }

  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, as type: Word.Type
  ) throws(Failure) -> Word? where Word.RawValue == String {
    guard let text = values[name], !text.isEmpty else { return nil }
    guard let word = Word(rawValue: text) else {
      throw .gateway(
        .invalidRequest,
        "'\(name)' must be one of " + Word.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ") + ".")
    }
    return word
  }
}
