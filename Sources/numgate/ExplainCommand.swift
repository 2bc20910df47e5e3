import Configuration
import NumberAuth

enum ExplainCommand: Command {
  static let name = "explain"
  static let summary = "tell what a vendor's code means and what to do"
  static let help = """
    usage: numgate explain CODE [--provider NAME] [--stage STAGE] [--carrier YD|CT|CU] [--providers FOLDER] [--json]

    STAGE is acquire, token, prepare, sign, login or verify. The same code means different things at different places:
    without a provider or stage every place is listed. Exit code 1 where no row knows the code.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let folder = try arguments.option("--providers") ?? "providers"
    let provider = try arguments.option("--provider")
    let stage = try arguments.word("--stage", as: Stage.self)
    let carrier = try arguments.word("--carrier", as: Carrier.self)
    let asJSON = arguments.flag("--json")
    let code = arguments.word()
    try arguments.finish()
    guard let code else { throw UsageError("which code?", command: name) }

    let providers: [String: ProviderFile]
    do throws(ConfigurationError) {
      providers = try ConfigurationLoader.loadProviders(folder)
    } catch {
      for diagnostic in error.diagnostics { Terminal.error(diagnostic.description) }
      return 1
    }
    if let provider, providers[provider] == nil {
      throw UsageError(
        "there is no provider '\(provider)'; known: " + providers.keys.sorted().joined(separator: ", "), command: name)
    }
    let tables = providers.values.filter { provider == nil || $0.name == provider }.sorted { $0.name < $1.name }
    let explanations = tables.flatMap { $0.table.explanations(of: code, stage: stage, carrier: carrier) }
    guard !explanations.isEmpty else {
      Terminal.error("no row lists '\(code)' at this place")
      let elsewhere = providers.values.sorted { $0.name < $1.name }.flatMap { $0.table.explanations(of: code) }
      for explanation in elsewhere { Terminal.error("  known at \(place(explanation)): \(explanation.entry.row.text)") }
      return 1
    }
    if asJSON {
      let list = explanations.map { String(decoding: $0.json.bytes, as: UTF8.self) }
      Terminal.print("[" + list.joined(separator: ",") + "]")
    } else {
      Terminal.print(explanations.map(describe).joined(separator: "\n\n"))
    }
    return 0
  }

  private static func place(_ explanation: Explanation) -> String {
    let place = explanation.entry.place
    return "\(explanation.provider), \(place.stage.rawValue)" + (place.carrier.map { ", \($0.rawValue)" } ?? "")
  }

  private static func describe(_ explanation: Explanation) -> String {
    let row = explanation.entry.row
    var lines = ["\(place(explanation)): \(row.text)"]
    switch row.meaning {
    case .success: lines.append("  success")
    case .verdict(let verdict): lines.append("  verdict  \(verdict.rawValue)")
    case .failure(let reason, let advice):
      lines.append("  reason   \(reason.rawValue): \(reason.title) \(reason.titleChinese)")
      lines.append("  fault    \(reason.fault.rawValue)")
      lines.append("  advice   \((advice ?? reason.advice).rawValue)")
    }
    lines.append("  billed   \(row.billed.rawValue)")
    if let hint = row.hint { lines.append("  hint     \(hint)") }
    if let source = row.source { lines.append("  source   \(source)") }
    return lines.joined(separator: "\n")
  }
}
