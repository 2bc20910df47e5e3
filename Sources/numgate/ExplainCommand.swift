import Configuration
import Glibc
import JSON
import NumberAuth

enum ExplainCommand: Command {
  static let name = "explain"
  static let summary = "explain a vendor code or an SDK error and show the advised action"
  static let help = """
    usage: numgate explain --reasons
           numgate explain CODE [--provider NAME] [--stage STAGE] [--carrier YD|CT|CU] [--providers FOLDER] [--json]
           numgate explain - [--provider NAME] [--channel CHANNEL] [--carrier YD|CT|CU] [--providers FOLDER] [--json]
             < report

    --reasons lists the reasons that a provider file can assign to a code. STAGE is acquire, token, credential, prepare,
    sign, login or verify. The meaning of a code depends on the provider, the stage and the carrier: without options all
    meanings are listed. With '-' the data of an SDK's error callback is read from standard input, as the page or app
    logged it: JSON, or the text of an object such as NSError. It is explained as by POST /v1/apps/{appId}/failures.
    CHANNEL is app (by default), h5, quick-app or wechat-mini-program. Exit code 1 if no provider file lists the code.
    """

  private struct Options {
    let provider: String?
    let stage: Stage?
    let carrier: Carrier?
    let channel: Channel
    let asJSON: Bool
  }

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let folder = try ProviderFolder(&arguments)
    let options = Options(
      provider: try arguments.option("--provider"), stage: try arguments.word("--stage", as: Stage.self),
      carrier: try arguments.word("--carrier", as: Carrier.self),
      channel: try arguments.word("--channel", as: Channel.self) ?? .app, asJSON: arguments.flag("--json"))
    let listsReasons = arguments.flag("--reasons")
    let code = arguments.word()
    try arguments.finish()
    if listsReasons {
      Terminal.print(reasons)
      return 0
    }
    guard let code else { throw UsageError("CODE is missing ('-' reads a report from standard input)", command: name) }

    let providers = ConfigurationLoader.loadUsableProviders(folder.path, files: folder.files) {
      Terminal.error($0.description)
    }
    if let provider = options.provider, providers[provider] == nil {
      throw UsageError(
        "there is no provider '\(provider)'; known: " + providers.keys.sorted().joined(separator: ", "), command: name)
    }
    let all = providers.values.sorted { $0.name < $1.name }.map(\.table)
    let tables = all.filter { options.provider == nil || $0.provider == options.provider }
    return code == "-" ? explainReport(tables, options) : explain(code, tables, all, options)
  }

  /// The reasons that a provider file can assign to a code: name, fault, advice and title.
  private static var reasons: String {
    let reasons = FailureReason.allCases.filter { !$0.isGatewayOnly }
    let width = reasons.map(\.rawValue.count).max() ?? 0
    return reasons.map { reason in
      func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
      }
      return padded(reason.rawValue, width + 2) + padded(reason.fault.rawValue, 10)
        + padded(reason.advice.rawValue, 19) + reason.title
    }.joined(separator: "\n")
  }

  // MARK: A code

  private static func explain(
    _ code: String, _ tables: [FailureTable], _ all: [FailureTable], _ options: Options
  ) -> Int32 {
    let explanations = tables.flatMap { $0.explanations(of: code, stage: options.stage, carrier: options.carrier) }
    guard !explanations.isEmpty else {
      Terminal.error("no provider file lists '\(code)' with these options")
      let elsewhere = all.flatMap { $0.explanations(of: code) }
      let similar = elsewhere.isEmpty ? all.flatMap { $0.likeness(of: code) } : elsewhere
      for explanation in similar.prefix(12) {
        Terminal.error(
          "  \(elsewhere.isEmpty ? "similar" : "listed"): \(explanation.code) at \(explanation.place): \(explanation.entry.row.text)"
        )
      }
      return 1
    }
    if options.asJSON {
      let list = explanations.map { String(decoding: $0.json.bytes, as: UTF8.self) }
      Terminal.print("[" + list.joined(separator: ",") + "]")
    } else {
      Terminal.print(explanations.map(describe).joined(separator: "\n\n"))
    }
    return 0
  }

  private static func describe(_ explanation: Explanation) -> String {
    let row = explanation.entry.row
    // A prefix or an HTTP status is printed, because it differs from the requested code.
    let code: String = if case .code = explanation.entry.pattern { "" } else { explanation.code + " " }
    var lines = ["\(explanation.place): \(code)\(row.text)"]
    switch row.meaning {
    case .success: lines.append("  success")
    case .verdict(let verdict): lines.append("  verdict  \(verdict.rawValue)")
    case .failure(let reason, let advice): lines += describe(reason, advice ?? reason.advice)
    }
    lines.append("  billed   \(row.billed.rawValue)")
    if let hint = row.hint { lines.append("  hint     \(hint)") }
    if let source = row.source { lines.append("  source   \(source)") }
    return lines.joined(separator: "\n")
  }

  private static func describe(_ reason: FailureReason, _ advice: Advice) -> [String] {
    [
      "  reason   \(reason.rawValue): \(reason.title) \(reason.titleChinese)", "  fault    \(reason.fault.rawValue)",
      "  advice   \(advice.rawValue)",
    ]
  }

  // MARK: A report

  /// Without a provider every provider's table is tried, and the results without an unmapped code are shown.
  private static func explainReport(_ tables: [FailureTable], _ options: Options) -> Int32 {
    guard let report = readReport() else { return 1 }
    var found: [(provider: String, failure: Failure)] = []
    var refusal: Failure?
    for table in tables {
      do throws(Failure) {
        let report = FailureReport(report, form: table.forms[options.channel])
        let failure = try table.failure(from: report, channel: options.channel, carrierHint: options.carrier)
        found.append((table.provider, failure))
      } catch {
        refusal = error
      }
    }
    let known = found.filter { _, failure in
      failure.reason != .unmapped && !failure.branches.contains { $0.reason == .unmapped }
    }
    let shown = known.isEmpty ? found.prefix(options.provider == nil ? 0 : 1) : known[...]
    guard !shown.isEmpty else {
      Terminal.error(
        found.isEmpty
          ? refusal?.detail ?? "the report contains no failure" : "no provider file lists the codes of the report")
      return 1
    }
    if options.asJSON {
      Terminal.print(
        "[" + shown.map { String(decoding: json($0.provider, $0.failure).bytes, as: UTF8.self) }.joined(separator: ",")
          + "]")
    } else {
      Terminal.print(shown.map { describe($0.provider, $0.failure) }.joined(separator: "\n\n"))
    }
    return 0
  }

  /// JSON, or a text that is read as a JSON text.
  private static func readReport() -> JSONValue? {
    let bytes = readStandardInput()
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.contains("="), let value = try? JSONValue.parse(JSONFragment { $0.value(text) }.bytes) else {
        Terminal.error("standard input: \(error)")
        return nil
      }
      return value
    }
  }

  private static func describe(_ provider: String, _ failure: Failure) -> String {
    var lines = [
      "\(provider), \(failure.stage.rawValue)" + (failure.carrier.map { ", \($0.rawValue)" } ?? "")
        + ": \(failure.vendor?.code ?? "") \(failure.vendor?.message ?? "")"
    ]
    lines += describe(failure.reason, failure.advice)
    if let hint = failure.hint { lines.append("  hint     \(hint)") }
    for branch in failure.branches where failure.branches.count > 1 {
      lines.append(
        "  branch   \(branch.carrier?.rawValue ?? "?") \(branch.vendor?.code ?? ""): \(branch.reason.rawValue)")
    }
    return lines.joined(separator: "\n")
  }

  private static func json(_ provider: String, _ failure: Failure) -> JSONFragment {
    JSONFragment {
      $0.object {
        $0.member("provider", provider)
        $0.failureMembers(failure)
      }
    }
  }

  private static func readStandardInput() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < 1 << 20 {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return bytes
  }
}
