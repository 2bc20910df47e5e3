import JSON
import NumberAuth
import Schema
import YAML

/// What a `${…}` may name at one place of a file.
struct Scope {
  let stage: DeclarativeStage
  let account: [String: DeclaredField]
  let inputs: [String: DeclaredField]
  /// The steps that stand before, by name.
  var steps: [String: Int] = [:]
  /// The names of all steps, so that one that comes later is told from one that is not there.
  var allSteps: Set<String> = []
  var kinds: [ValueKind] = []
  /// Whether there is an answer already.
  var isAnswer = false
}

/// Takes `${…}` apart and holds each against its scope.
struct TemplateReader {
  let scope: Scope

  /// Why a template cannot be used.
  struct Fault: Error {
    let message: String

    init(_ message: String) { self.message = message }
  }

  /// A template that must come to text. Throws what is wrong with it.
  func text(_ source: String) throws(Fault) -> Template {
    let template = try read(source)
    for case .step(let index) in template.references where scope.kinds[index] == .bytes {
      throw Fault(
        "'\(name(of: index))' is bytes where text is needed; write 'as: hex', 'as: HEX', 'as: base64' or 'as: text' in its step"
      )
    }
    return template
  }

  /// A template that may also be one step's bytes.
  func textOrBytes(_ source: String) throws(Fault) -> Template {
    let template = try read(source)
    return template.single == nil ? try text(source) : template
  }

  func kind(of template: Template) -> ValueKind {
    if case .step(let index) = template.single { scope.kinds[index] } else { .text }
  }

  private func name(of index: Int) -> String { scope.steps.first { $0.value == index }?.key ?? "" }

  private func read(_ source: String) throws(Fault) -> Template {
    var pieces: [Template.Piece] = []
    var literal = ""
    var rest = source[...]
    while let dollar = rest.firstIndex(of: "$") {
      literal += rest[..<dollar]
      rest = rest[dollar...].dropFirst()
      switch rest.first {
      case "$":
        literal += "$"
        rest = rest.dropFirst()
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw Fault("'${' without its '}'") }
        if !literal.isEmpty { pieces.append(.literal(literal)) }
        literal = ""
        pieces.append(.reference(try reference(String(rest[rest.index(after: rest.startIndex)..<end]))))
        rest = rest[end...].dropFirst()
      default: throw Fault("a '$' stands for itself as '$$'")
      }
    }
    literal += rest
    if !literal.isEmpty { pieces.append(.literal(literal)) }
    return Template(pieces: pieces)
  }

  private func reference(_ name: String) throws(Fault) -> Reference {
    if name.hasPrefix("answer") {
      guard let pointer = JSONPointer(String(name.dropFirst("answer".count))) else {
        throw Fault("'${\(shortened(name))}' must be 'answer' and a JSON Pointer, such as ${answer/data/phone}")
      }
      return .answer(try inAnswer(pointer, name))
    }
    if name.hasPrefix("header/") { return .header(try inAnswer(String(name.dropFirst("header/".count)), name)) }
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return .step(try step(name)) }
    switch parts[0] {
    case "account": return .account(try declared(parts[1], scope.account, "account field", "account"))
    case "input": return .input(try declared(parts[1], scope.inputs, "input", "inputs"))
    case "call":
      guard let value = CallValue(rawValue: parts[1]) else {
        throw unknown("call value", parts[1], CallValue.allCases.map(\.rawValue))
      }
      guard value.isGiven(in: scope.stage) else { throw Fault("'\(scope.stage.rawValue)' has no '${\(name)}'") }
      return .call(value)
    case "request":
      guard !scope.isAnswer else { throw Fault("'${\(name)}' belongs to the steps of the request") }
      guard let part = RequestPart(rawValue: parts[1]) else {
        throw unknown("part of a request", parts[1], RequestPart.allCases.map(\.rawValue))
      }
      return .request(part)
    default:
      throw unknown("value", parts[0], ["account", "input", "call", "request", "answer", "header"])
    }
  }

  private func inAnswer<Value>(_ value: Value, _ name: String) throws(Fault) -> Value {
    guard scope.isAnswer else { throw Fault("'${\(shortened(name))}': there is no answer before the request is sent") }
    return value
  }

  private func step(_ name: String) throws(Fault) -> Int {
    if let index = scope.steps[name] { return index }
    guard !scope.allSteps.contains(name) else {
      throw Fault("the step '\(name)' is not done yet: a step uses earlier ones only")
    }
    if scope.account[name] != nil { throw Fault("there is no step '\(name)'; did you mean '${account.\(name)}'?") }
    if scope.inputs[name] != nil { throw Fault("there is no step '\(name)'; did you mean '${input.\(name)}'?") }
    if CallValue(rawValue: name) != nil {
      throw Fault("there is no step '\(name)'; did you mean '${call.\(name)}'?")
    }
    throw unknown("step", name, scope.steps.keys.sorted())
  }

  private func declared(
    _ name: String, _ fields: [String: DeclaredField], _ what: String, _ section: String
  ) throws(Fault) -> String {
    guard fields[name] == nil else { return name }
    throw fields.isEmpty
      ? Fault("there is no \(what) '\(shortened(name))': the file declares none under '\(section)'")
      : unknown(what, name, fields.keys.sorted())
  }

  private func unknown(_ what: String, _ name: String, _ known: [String]) -> Fault {
    Fault("there is no \(what) '\(shortened(name))'" + suggestion(for: name, among: known))
  }
}
