import JSON
import NumberAuth
import Schema
import YAML

/// Reads one operation of a file whose shape has passed its check, and says all that is wrong with it.
struct OperationReader {
  /// The most steps that one operation uses, the shared ones and the answer's included. A step that is run first runs
  /// those that it needs, each on top of the other: in a debug build the costliest chain, of ciphers, fills the 512 KiB
  /// of a thread's stack with 54 of them.
  static let mostSteps = 32

  /// Which file is being read: a file that extends another one takes over parts of it.
  var path: String
  var scope: Scope
  var diagnostics = Diagnostics()
  private(set) var steps: [Step] = []
  /// What each step names, and what is named by everything else.
  private(set) var namedBySteps: [[Reference]] = []
  private(set) var namedByRest: [Reference] = []
  /// The steps that cannot be read: what they use nobody knows.
  private(set) var broken: Set<Int> = []
  /// Which part of the request a step covers, and where that is written.
  private(set) var coverages: [CoveredPart] = []

  /// What was named, so that what nobody uses can be told.
  var references: [Reference] { namedBySteps.flatMap { $0 } + namedByRest }

  /// What of the request a step's value depends on.
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

  init(stage: DeclarativeStage, account: [DeclaredField], inputs: [DeclaredField], path: String) {
    self.path = path
    func byName(_ fields: [DeclaredField]) -> [String: DeclaredField] {
      Dictionary(fields.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    scope = Scope(stage: stage, account: byName(account), inputs: byName(inputs))
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
    for entry in commonSteps { read(step: entry) }
    path = ownPath
    for entry in ownSteps { read(step: entry) }
    let request = node["request"].flatMap { readRequest($0) }
    scope.isAnswer = true
    let answerStart = steps.count
    for entry in answerSteps { read(step: entry) }
    let answer = answerNode.map { readAnswer($0) }
    if scope.stage == .prepare {
      // Without a request the parameters are Numgate's own.
      scope.isAnswer = node["request"] != nil
      if (node["request"] == nil) != (answer == nil) {
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
    let needed = inOrder(usedSteps(request), request)
    if needed.count > Self.mostSteps {
      let first = needed.sorted()[Self.mostSteps]
      diagnostics.error(
        first < commonSteps.count ? common?.path ?? path : path, steps[first].mark,
        "'\(scope.stage.rawValue)' uses \(needed.count) steps, shared ones included; the most is \(Self.mostSteps)")
    } else if request != nil || node["request"] == nil {
      // A request that cannot be read has its own error.
      let own = steps.indices.filter { $0 >= commonSteps.count }
      checkCoverages(request, of: usedSteps(request, withWhatMayBeUsed: true).union(own).sorted())
    }
    warnAboutUnused(Set((ownSteps + answerSteps).map(\.key)))
    return OperationDescription(
      stage: scope.stage, steps: steps, answerStart: answerStart, needed: needed, request: request, answer: answer,
      parameters: parameters)
  }

  // MARK: Diagnostics

  mutating func error(_ mark: YAMLMark, _ message: String) { diagnostics.error(path, mark, message) }

  /// A text template; nil after its faults have been noted.
  mutating func template(_ node: YAMLNode?, bytes: Bool = false) -> Template? {
    guard let node, let text = node.text else { return nil }
    guard text.utf8.count <= Value.largest else {
      error(node.mark, "this text has \(text.utf8.count) bytes; the most is \(Value.largest)")
      return nil
    }
    let reader = TemplateReader(scope: scope)
    let reading = bytes ? reader.textOrBytes(text) : reader.text(text)
    for fault in reading.faults { error(node.mark, fault) }
    guard reading.faults.isEmpty else { return nil }
    let references = reading.template.references
    if scope.current != nil {
      namedBySteps[namedBySteps.count - 1] += references
      for case .request(let part) in references { cover(.part(part), node.mark) }
    } else {
      namedByRest += references
    }
    return reading.template
  }

  /// Notes a reference where none is read: what stands there is taken as it is written.
  mutating func plain(_ text: String, _ mark: YAMLMark) {
    if text.utf8.contains(UInt8(ascii: "$")), text.contains("${") {
      error(mark, "'\(shortened(text))' is taken as it is written: ${…} is not read here")
    }
  }

  mutating func plain(_ node: YAMLNode?) {
    if let node, let text = node.text { plain(text, node.mark) }
    for element in node?.elements ?? [] { if let text = element.text { plain(text, element.mark) } }
  }

  mutating func pointers(_ node: YAMLNode?) -> [JSONPointer] {
    guard let node else { return [] }
    let elements = node.elements.isEmpty ? [node] : node.elements
    // One that does not parse has its own error.
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
    // A name that stands in the common steps and in the operation's would be told apart by nobody.
    if scope.steps[entry.key] != nil {
      error(entry.keyMark, "there is a step '\(shortened(entry.key))' already")
      return
    }
    if entry.key == "answer" { error(entry.keyMark, "a step cannot be called 'answer': ${answer} is the vendor's") }
    scope.current = entry.key
    namedBySteps.append([])
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
