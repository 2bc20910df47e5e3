import JSON
import NumberAuth
import Schema
import YAML

/// Reads one operation of a file whose shape has passed its check, and says all that is wrong with it.
struct OperationReader {
  let path: String
  var scope: Scope
  var diagnostics = Diagnostics()
  /// What was named, so that what nobody uses can be told.
  var references: [Reference] = []
  private(set) var steps: [Step] = []
  /// Which part of the request a step covers, and where that is written.
  var coverages: [(step: Int, mark: YAMLMark, Coverage)] = []

  /// What of the request a step's value depends on.
  enum Coverage {
    case part(RequestPart)
    case members(Join.Members, leaveOut: Set<String>)
    case header(String)
  }

  init(stage: DeclarativeStage, account: [DeclaredField], inputs: [DeclaredField], path: String) {
    self.path = path
    func byName(_ fields: [DeclaredField]) -> [String: DeclaredField] {
      Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    scope = Scope(stage: stage, account: byName(account), inputs: byName(inputs))
  }

  /// `common` are the steps that all operations of the file share.
  mutating func read(_ node: YAMLNode, common: YAMLNode?) -> OperationDescription {
    let answerNode = node["answer"]
    let requestSteps = (common?.entries ?? []) + (node["steps"]?.entries ?? [])
    let answerSteps = answerNode?["steps"]?.entries ?? []
    scope.allSteps = Set((requestSteps + answerSteps).map(\.key))
    for entry in requestSteps { read(step: entry) }
    let request = node["request"].flatMap { readRequest($0) }
    if let request { checkCoverages(request) }
    scope.isAnswer = true
    let answerStart = steps.count
    for entry in answerSteps { read(step: entry) }
    let answer = answerNode.map { readAnswer($0) }
    if scope.stage == .prepare {
      // Without a request the parameters are Numgate's own.
      scope.isAnswer = request != nil
      if (request == nil) != (answer == nil) {
        error(node.mark, "'request' and 'answer' go together: a vendor is called, or nobody is")
      }
    }
    let parameters = node["parameters"].flatMap { readJSON($0, "parameters") }
    if let parameters, scope.stage == .prepare {
      if case .object = parameters {
      } else {
        error(node["parameters"]?.mark ?? node.mark, "'parameters' must be a mapping: it becomes the SDK's object")
      }
    }
    warnAboutUnused(Set(answerSteps.map(\.key)).union((node["steps"]?.entries ?? []).map(\.key)))
    return OperationDescription(
      stage: scope.stage, steps: steps, answerStart: answerStart, request: request, answer: answer,
      parameters: parameters)
  }

  // MARK: Diagnostics

  mutating func error(_ mark: YAMLMark, _ message: String) { diagnostics.error(path, mark, message) }

  /// A text template; nil after its fault has been noted.
  mutating func template(_ node: YAMLNode?, bytes: Bool = false) -> Template? {
    guard let node, let text = node.text else { return nil }
    do throws(TemplateReader.Fault) {
      let reader = TemplateReader(scope: scope)
      let template = bytes ? try reader.textOrBytes(text) : try reader.text(text)
      references += template.references
      return template
    } catch {
      self.error(node.mark, error.message)
      return nil
    }
  }

  func pointers(_ node: YAMLNode?) -> [JSONPointer] {
    guard let node else { return [] }
    return (node.elements.isEmpty ? [node] : node.elements).compactMap { $0.text.flatMap(JSONPointer.init) }
  }

  private mutating func warnAboutUnused(_ own: Set<String>) {
    let used = Set(references.compactMap { if case .step(let index) = $0 { index } else { nil } })
    for (index, step) in steps.enumerated() where own.contains(step.name) && !used.contains(index) {
      diagnostics.warning(path, step.mark, "nothing uses the step '\(step.name)'")
    }
  }

  // MARK: Steps

  private mutating func read(step entry: YAMLNode.Entry) {
    // A name that stands in the common steps and in the operation's would be told apart by nobody.
    if scope.steps[entry.key] != nil {
      error(entry.keyMark, "there is a step '\(entry.key)' already")
      return
    }
    let reading = readVerb(entry.value)
    scope.steps[entry.key] = steps.count
    scope.kinds.append(reading?.kind ?? .text)
    steps.append(
      Step(
        name: entry.key, mark: entry.keyMark, verb: reading?.verb ?? .text(.literal("")),
        kind: reading?.kind ?? .text))
  }

  mutating func cover(_ coverage: Coverage, _ mark: YAMLMark) { coverages.append((steps.count, mark, coverage)) }

  /// A step that covers a part of the request needs all that this part is made of to be done before.
  private mutating func checkCoverages(_ request: RequestDescription) {
    for (index, mark, coverage) in coverages {
      let needed = request.references(of: coverage).compactMap { reference -> Int? in
        if case .step(let step) = reference { step } else { nil }
      }
      guard let late = needed.filter({ $0 >= index }).min() else { continue }
      error(
        mark,
        late == index
          ? "the step '\(steps[index].name)' covers a part of the request that holds the step itself; leave it out"
          : "the step '\(steps[index].name)' covers a part of the request that needs the later step '\(steps[late].name)'"
      )
    }
  }
}

extension RequestDescription {
  /// What a part of the request is made of.
  func references(of coverage: OperationReader.Coverage) -> [Reference] {
    switch coverage {
    case .part(.method), .part(.host): []
    case .part(.path): path.references
    case .part(.query): query.flatMap(\.value.references)
    case .part(.body): bodyReferences
    case .header(let name):
      headers.filter { $0.name.lowercased() == name }.flatMap(\.value.references)
    case .members(let members, let leaveOut): references(of: members, leaveOut: leaveOut)
    }
  }

  private var bodyReferences: [Reference] {
    switch body {
    case .none: []
    case .form(let parameters): parameters.flatMap(\.value.references)
    case .json(let form): form.references
    }
  }

  private func references(of members: Join.Members, leaveOut: Set<String>) -> [Reference] {
    switch (members, body) {
    case (.query, _): query.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    case (.form, .form(let parameters)):
      parameters.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    case (.json, .json(.object(let members))):
      members.filter { !leaveOut.contains($0.name) }.flatMap(\.value.references)
    default: []
    }
  }
}

extension JSONForm {
  var references: [Reference] {
    switch self {
    case .literal: []
    case .text(let template), .number(let template): template.references
    case .array(let elements): elements.flatMap(\.references)
    case .object(let members): members.flatMap(\.value.references)
    case .choice(let field, let forms): [.account(field)] + forms.flatMap(\.form.references)
    }
  }
}
