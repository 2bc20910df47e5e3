import NumberAuth

/// Writes a provider file from the guesses about a request and a response.
struct DraftWriter {
  let request: SampleRequest
  let guesses: RequestGuesses

  /// The path with its templates.
  var path: String {
    var segments = request.path[...]
    let parts = request.command.path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.map { part in
      guard !part.isEmpty, let segment = segments.popFirst() else { return "" }
      return guesses.template(segment)
    }.joined(separator: "/")
  }

  func text(name: String, schema: String, answer: [String]) -> String {
    let operation = guesses.operation.rawValue
    var lines = [
      "# yaml-language-server: $schema=\(schema)",
      "# \(name): started from a curl command. Compare each '# guess' with the vendor's document.",
      "adapter: declarative",
      "title: {zh: \"某某 号码认证\", en: \(YAMLText.quoted(name))}",
      "documents: [\"the document's title and version\"]",
      "# Open questions: facts that the document omits, and how to resolve them. `check` prints them.",
      "unconfirmed:",
      "  token-life: \"The lifetime of a token was not in the sample; look it up in the document.\"",
      "serves:",
      "  app: [\(operation)]   # guess: channels are h5, quick-app, wechat-mini-program and app",
      "endpoint: \(request.command.origin)",
      "timeout: 3s",
      "tokenLife: 2m",
      "",
    ]
    lines += section("account", guesses.account)
    if guesses.account.isEmpty { lines += ["account: {}", ""] }
    lines += section("inputs", guesses.inputs)
    let shared = guesses.steps.filter { !$0.isOfOperation }
    if !shared.isEmpty { lines += ["steps:"] + shared.map { "  \(line(of: $0))" } + [""] }
    lines += ["operations:", "  \(operation):"]
    let own = guesses.steps.filter(\.isOfOperation)
    if !own.isEmpty { lines += ["    steps:"] + own.map { "      \(line(of: $0))" } }
    lines += ["    request:"] + requestLines.map { "      " + $0 }
    lines += ["    answer:"] + answer.map { "      " + $0 } + [""]
    lines += [
      "# All codes of the document: stage, then carrier (any), then codes, prefixes or HTTP statuses. `numgate explain",
      "# --reasons` lists the reasons. Replace {} by the entries:",
      "#   \(operation):",
      "#     any:",
      "#       codes:",
      "#         \"1001\": {reason: signature-rejected, text: \"签名错误\"}",
      "failures: {}",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ name: String, _ fields: [RequestGuesses.Field]) -> [String] {
    guard !fields.isEmpty else { return [] }
    return ["\(name):"] + fields.map { "  \($0.name): \($0.declaration)   # \($0.comment)" } + [""]
  }

  private func line(of step: RequestGuesses.Step) -> String { "\(step.name): \(step.action)   # \(step.comment)" }

  // MARK: The request

  private var requestLines: [String] {
    var lines = request.command.method == "POST" ? [] : ["method: \(request.command.method)"]
    lines.append("path: \(YAMLText.quoted(path))")
    lines += parameters("query", request.query)
    lines += headers
    switch request.body {
    case .none: break
    case .form(let form): lines += parameters("form", form)
    case .json(let node): lines += attached("json", render(node))
    }
    return lines
  }

  private func parameters(_ key: String, _ scalars: [SampleScalar]) -> [String] {
    scalars.isEmpty ? [] : ["\(key):"] + scalars.map { "  \(YAMLText.flow($0.name)): \(parameter($0))" }
  }

  private var headers: [String] {
    var lines = parameters("headers", request.headers)
    if let basic = guesses.basicStep, guesses.basicHeader == nil {
      if lines.isEmpty { lines = ["headers:"] }
      lines.append("  Authorization: \"Basic ${\(basic)}\"")
    }
    return lines
  }

  private func parameter(_ scalar: SampleScalar) -> String {
    let value = YAMLText.quoted(guesses.template(scalar))
    let whole = guesses.guess(scalar) == .clientIP && !scalar.isElement ? "{$optional: \(value)}" : value
    return whole + comment(scalar)
  }

  private func comment(_ scalar: SampleScalar) -> String { guesses.comment(scalar).map { "   # " + $0 } ?? "" }

  // MARK: JSON

  /// The lines of a value. A value of one line follows its key.
  private func render(_ node: SampleNode) -> (lines: [String], isInline: Bool) {
    switch node {
    case .literal(let text): return ([text], true)
    case .scalar(let scalar): return ([json(scalar)], true)
    case .array(let elements):
      guard !elements.isEmpty else { return (["[]"], true) }
      let lines = elements.flatMap { element -> [String] in
        let (lines, _) = render(element)
        return lines.enumerated().map { index, line in (index == 0 ? "- " : "  ") + line }
      }
      return (lines, false)
    case .object(let members):
      guard !members.isEmpty else { return (["{}"], true) }
      return (members.flatMap { attached(YAMLText.flow($0.name), render($0.value)) }, false)
    }
  }

  private func attached(_ key: String, _ value: (lines: [String], isInline: Bool)) -> [String] {
    value.isInline ? ["\(key): \(value.lines.joined())"] : ["\(key):"] + value.lines.map { "  " + $0 }
  }

  private func json(_ scalar: SampleScalar) -> String {
    guard scalar.isNumber else { return parameter(scalar) }
    // The number of the sample is sent unchanged.
    if guesses.guess(scalar) == .constant { return scalar.text }
    return "{$number: \(YAMLText.quoted(guesses.template(scalar)))}" + comment(scalar)
  }
}
