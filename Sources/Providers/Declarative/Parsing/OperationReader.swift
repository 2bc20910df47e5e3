import JSON
import NumberAuth
import Schema
import YAML

/// Reads one operation of a provider file that has passed the shape check, and collects all errors in it.
struct OperationReader {
  /// The maximum number of steps that one operation uses, including shared steps and those of `answer`. Steps are
  /// evaluated recursively: in a debug build a chain of 54 cipher steps, the most expensive ones, fills the stack of a
  /// thread (512 KiB).
  static let maximumSteps = 32

  /// The file that is being read. It changes while parts inherited from an extended file are read.
  var path: String
  var scope: Scope
  var diagnostics = Diagnostics()
  private(set) var steps: [Step] = []
  /// The references of each step.
  private(set) var stepReferences: [[Reference]] = []
  /// The references outside of steps.
  private(set) var otherReferences: [Reference] = []
  /// The steps that cannot be parsed. The steps that they use are unknown.
  private(set) var broken: Set<Int> = []
  /// The parts of the request that steps cover.
  private(set) var coverages: [CoveredPart] = []

  /// The values in shared steps that this operation does not have.
  private(set) var missingValues: [MissingValue] = []
  /// The shared steps that the operation uses directly or indirectly.
  private(set) var usedSharedSteps: Set<String> = []

  /// All references; used to warn about unused declarations.
  var references: [Reference] { stepReferences.flatMap { $0 } + otherReferences }

  /// A part of the request on which the value of a step depends, such as the text that a signature covers.
  enum Coverage {
    case part(RequestPart)
    case members(Join.Members, leaveOut: Set<String>)
    case header(String)
  }

  struct CoveredPart {
    let step: Int
    let path: String
    let mark: YAMLMark
    let coverage: Coverage
  }

  /// A value of the call or a credential that a step uses, but the operation does not have.
  struct MissingValue: Hashable {
    let step: Int
    /// The reference, without `${` and `}`.
    let name: String
    let mark: YAMLMark
  }

  /// - Parameters:
  ///   - credentials: the names of those that the operation can use.
  ///   - declared: the names of all credentials of the file.
  init(
    stage: DeclarativeStage, account: [DeclaredField], inputs: [DeclaredField], credentials: [String],
    declared: [String], path: String
  ) {
    self.path = path
    func byName(_ fields: [DeclaredField]) -> [String: DeclaredField] {
      Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    scope = Scope(
      stage: stage, account: byName(account), inputs: byName(inputs), credentials: credentials,
      declaredCredentials: declared)
  }

  /// `common` are the steps that all operations of the file share.
  mutating func read(_ node: YAMLNode, common: DeclarativeDescription.Part?) -> OperationDescription {
    let answerNode = node["answer"]
    let commonSteps = common?.node.entries ?? []
    let ownSteps = node["steps"]?.entries ?? []
    let answerSteps = answerNode?["steps"]?.entries ?? []
    scope.hasRequest = node["request"] != nil
    scope.allSteps = Set((commonSteps + ownSteps + answerSteps).map(\.key))
    scope.answerSteps = Set(answerSteps.map(\.key))
    let ownPath = path
    if let common { path = common.path }
    scope.isShared = true
    for entry in commonSteps { read(step: entry) }
    scope.isShared = false
    path = ownPath
    for entry in ownSteps { read(step: entry) }
    let request = node["request"].flatMap { readRequest($0) }
    let source = readSource(answerNode, hasRequest: node["request"] != nil, node)
    scope.isAnswer = true
    let answerStart = steps.count
    for entry in answerSteps { read(step: entry) }
    var answer = answerNode.map { readAnswer($0, source: source) }
    if scope.stage == .prepare {
      // Without a request there is no response to refer to.
      scope.isAnswer = node["request"] != nil
      if (node["request"] == nil) != (answer == nil) {
        error(node.mark, "'request' and 'answer' must both be given or both be omitted")
      }
    }
    let parameters = node["parameters"].flatMap { readJSON($0, "parameters") }
    let signature = node["sign"].flatMap { template($0) }
    if let parameters, scope.stage == .prepare {
      if case .object = parameters {
      } else {
        error(
          node["parameters"]?.mark ?? node.mark,
          "'parameters' must be a mapping: it is the object that the SDK is called with")
      }
    }
    let needed = inOrder(usedSteps(request), request)
    if needed.count > Self.maximumSteps {
      let first = needed.sorted()[Self.maximumSteps]
      diagnostics.error(
        first < commonSteps.count ? common?.path ?? path : path, steps[first].mark,
        "'\(scope.stage.rawValue)' uses \(needed.count) steps, including shared steps; the limit is \(Self.maximumSteps)"
      )
    } else if request != nil || node["request"] == nil {
      // A request that cannot be parsed has already been reported.
      let own = steps.indices.filter { $0 >= commonSteps.count }
      checkCoverages(request, of: usedSteps(request, includingPossibleUses: true).union(own).sorted())
    }
    let format = format(of: answerNode, answer, usedReferences(needed))
    answer?.format = format
    let used = usedSteps(request, includingPossibleUses: true)
    for missing in missingValues where used.contains(missing.step) {
      diagnostics.error(
        common?.path ?? path, missing.mark, "'${\(missing.name)}' is not available in '\(scope.stage.rawValue)'")
    }
    usedSharedSteps = Set(used.filter { $0 < commonSteps.count }.map { steps[$0].name })
    warnAboutUnused(Set((ownSteps + answerSteps).map(\.key)))
    return OperationDescription(
      stage: scope.stage, steps: steps, answerStart: answerStart, needed: needed,
      credentials: Set(
        usedReferences(needed).compactMap { if case .credential(let name) = $0 { name } else { nil } }),
      request: request,
      answer: answer, parameters: parameters, signature: signature)
  }

  /// `of` of an answer: the text that is read in place of a response.
  private mutating func readSource(_ answer: YAMLNode?, hasRequest: Bool, _ node: YAMLNode) -> Template? {
    if let of = answer?["of"] {
      if hasRequest { error(of.mark, "'of' is the text that is read without a request; remove 'of' or 'request'") }
      return template(of)
    }
    if !hasRequest, scope.stage == .login || scope.stage == .verify || scope.stage == .credential {
      error(node.mark, "'request' is missing; without a request, 'answer.of' must name the text to read")
    }
    return nil
  }

  /// The references in these steps and outside of steps.
  func usedReferences(_ steps: [Int]) -> [Reference] { steps.flatMap { stepReferences[$0] } + otherReferences }

  // MARK: Diagnostics

  mutating func error(_ mark: YAMLMark, _ message: String) { diagnostics.error(path, mark, message) }

  /// Parses a text template. Returns nil after reporting errors.
  mutating func template(_ node: YAMLNode?, bytes: Bool = false) -> Template? {
    guard let node, let text = node.text else { return nil }
    guard text.utf8.count <= Value.maximumSize else {
      error(node.mark, "this text has \(text.utf8.count) bytes; the limit is \(Value.maximumSize)")
      return nil
    }
    let reader = TemplateReader(scope: scope)
    let reading = bytes ? reader.textOrBytes(text) : reader.text(text)
    for fault in reading.faults { error(node.mark, fault) }
    guard reading.faults.isEmpty else { return nil }
    let references = reading.template.references
    if scope.current != nil {
      stepReferences[stepReferences.count - 1] += references
      for case .request(let part) in references { cover(.part(part), node.mark) }
      for reference in references {
        guard let name = missing(reference) else { continue }
        missingValues.append(MissingValue(step: steps.count, name: name, mark: node.mark))
      }
    } else {
      otherReferences += references
    }
    return reading.template
  }

  /// The name of a value that this operation does not have; nil for all other references.
  private func missing(_ reference: Reference) -> String? {
    switch reference {
    case .call(let value): value.isGiven(in: scope.stage) ? nil : "call.\(value.rawValue)"
    case .credential(let name): scope.credentials.contains(name) ? nil : "credentials.\(name)"
    case .account, .input, .step, .request, .answer, .header: nil
    }
  }

  /// Reports a reference in a text that is used literally.
  mutating func plain(_ text: String, _ mark: YAMLMark) {
    if text.utf8.contains(UInt8(ascii: "$")), text.contains("${") {
      error(mark, "'\(shortened(text))' is used literally: ${…} is not supported here")
    }
  }

  mutating func plain(_ node: YAMLNode?) {
    if let node, let text = node.text { plain(text, node.mark) }
    for element in node?.elements ?? [] { if let text = element.text { plain(text, element.mark) } }
  }

  mutating func pointers(_ node: YAMLNode?) -> [JSONPointer] {
    guard let node else { return [] }
    let elements = node.elements.isEmpty ? [node] : node.elements
    // A pointer that cannot be parsed has already been reported.
    for element in elements where element.text?.hasPrefix("/") == true { plain(element) }
    return elements.compactMap { $0.text.flatMap(JSONPointer.init) }
  }

  private mutating func warnAboutUnused(_ own: Set<String>) {
    let used = Set(references.compactMap { if case .step(let index) = $0 { index } else { nil } })
    for (index, step) in steps.enumerated() where own.contains(step.name) && !used.contains(index) {
      diagnostics.warning(path, step.mark, "nothing uses the step '\(shortened(step.name))'")
    }
  }

  // MARK: Steps

  private mutating func read(step entry: YAMLNode.Entry) {
    // Step names must be unique across shared steps and steps of the operation.
    if scope.steps[entry.key] != nil {
      error(entry.keyMark, "the step '\(shortened(entry.key))' is already defined")
      return
    }
    if entry.key == "answer" {
      error(entry.keyMark, "'answer' is not allowed as a step name: ${answer} is the vendor's answer")
    }
    scope.current = entry.key
    stepReferences.append([])
    let reading = readAction(entry.value)
    scope.current = nil
    if reading == nil { broken.insert(steps.count) }
    scope.steps[entry.key] = steps.count
    scope.kinds.append(reading?.kind ?? .text)
    steps.append(
      Step(
        name: entry.key, mark: entry.keyMark, action: reading?.action ?? .text(.literal("")),
        kind: reading?.kind ?? .text))
  }

  mutating func cover(_ coverage: Coverage, _ mark: YAMLMark) {
    coverages.append(CoveredPart(step: steps.count, path: path, mark: mark, coverage: coverage))
  }
}
