import JSON
import NumberAuth
import Schema
import YAML

/// The names that a `${…}` can refer to at one place of a file.
struct Scope {
  let stage: DeclarativeStage
  let account: [String: DeclaredField]
  let inputs: [String: DeclaredField]
  /// The credentials that are available: for a credential, those before it in the file.
  let credentials: [String]
  /// All credentials of the file, which shared steps can use.
  let declaredCredentials: [String]
  /// The steps defined so far, by name.
  var steps: [String: Int] = [:]
  /// The names of all steps, to distinguish a step that is defined later from a step that does not exist.
  var allSteps: Set<String> = []
  /// The names of the steps of `answer`.
  var answerSteps: Set<String> = []
  /// The step that is being read.
  var current: String?
  var kinds: [ValueKind] = []
  /// Whether the response is available: the request has been sent.
  var isAnswer = false
  var hasRequest = true
  /// Whether the step that is being read belongs to all operations.
  var isShared = false
}

/// Parses templates and resolves each `${…}` in its scope.
struct TemplateReader {
  let scope: Scope

  /// The parsed pieces of a text, and all errors in it.
  struct Reading {
    var pieces: [Template.Piece] = []
    var faults: [String] = []

    var template: Template { Template(pieces: pieces) }
  }

  /// Parses a template whose value must be text.
  func text(_ source: String) -> Reading {
    var reading = read(source)
    var reported: Set<Int> = []
    for case .step(let index) in reading.template.references where scope.kinds[index] == .bytes {
      guard reported.insert(index).inserted else { continue }
      reading.faults.append(
        "'${\(shortened(name(of: index)))}' is bytes, but text is required; add 'as: hex', 'as: HEX', 'as: base64' or "
          + "'as: text' to its step, or use 'encode'")
    }
    return reading
  }

  /// Parses a template whose value can be text or the bytes of a single step.
  func textOrBytes(_ source: String) -> Reading {
    let reading = read(source)
    return reading.template.single == nil ? text(source) : reading
  }

  func kind(of template: Template) -> ValueKind {
    if case .step(let index) = template.single { scope.kinds[index] } else { .text }
  }

  private func name(of index: Int) -> String { scope.steps.first { $0.value == index }?.key ?? "" }

  /// Works on bytes, because a `$` followed by a combining mark is a different `Character` than `$`.
  private func read(_ source: String) -> Reading {
    var reading = Reading()
    let bytes = Array(source.utf8)
    var literal: [UInt8] = []
    var at = 0
    while let dollar = bytes[at...].firstIndex(of: UInt8(ascii: "$")) {
      literal += bytes[at..<dollar]
      at = dollar + 1
      switch at < bytes.count ? bytes[at] : 0 {
      case UInt8(ascii: "$"):
        literal.append(UInt8(ascii: "$"))
        at += 1
      case UInt8(ascii: "{"):
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")) else {
          reading.faults.append("missing '}' in '\(shortened(String(decoding: bytes[dollar...], as: UTF8.self)))'")
          return reading
        }
        let name = String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
        at = end + 1
        if let inner = name.firstRange(of: "${") {
          reading.faults.append("missing '}' in '${\(shortened(String(name[..<inner.lowerBound])))'")
          continue
        }
        do throws(Fault) {
          let reference = try reference(name)
          if !literal.isEmpty { reading.pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
          literal = []
          reading.pieces.append(.reference(reference))
        } catch {
          let message = "'${\(shortened(name))}'\(error.message)"
          if !reading.faults.contains(message) { reading.faults.append(message) }
        }
      default:
        reading.faults.append("unexpected '$'; write ${…} for a value, or '$$' for a dollar sign")
        return reading
      }
    }
    literal += bytes[at...]
    if !literal.isEmpty { reading.pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
    return reading
  }

  // MARK: References

  /// Why a reference cannot be used. The message is appended to the name of the reference.
  private struct Fault: Error {
    let message: String

    init(_ message: String) { self.message = message }
  }

  private static let known =
    "a step's name, ${account.…}, ${call.…}, ${input.…}, ${credentials.…}, ${request.…}, ${answer/…} or ${header/…}"

  private func reference(_ name: String) throws(Fault) -> Reference {
    if name.utf8.contains(where: { $0 == 0x20 || $0 == UInt8(ascii: "|") }) {
      throw Fault(": spaces and expressions are not allowed; use a step to transform a value")
    }
    if name == "answer" || name.hasPrefix("answer/") {
      guard let pointer = JSONPointer(String(name.dropFirst("answer".count))) else {
        throw Fault(" must be 'answer' followed by a JSON Pointer, such as ${answer/data/phone}")
      }
      return .answer(try inAnswer(pointer))
    }
    if name.hasPrefix("header/") {
      let header = name.dropFirst("header/".count)
      guard !header.isEmpty else { throw Fault(" must name a header, such as ${header/X-Request-Id}") }
      return .header(try inAnswer(String(header)))
    }
    if name.hasPrefix("env:") || name.hasPrefix("file:") {
      throw Fault(
        ": environment variables and files are only supported in config.yaml; use an account field, ${account.…}")
    }
    let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return .step(try step(name)) }
    switch parts[0] {
    case "account": return .account(try declared(parts[1], "account field", "account"))
    case "input": return .input(try declared(parts[1], "input", "inputs"))
    case "call":
      guard let value = CallValue(rawValue: parts[1]) else {
        throw unknown("call value", parts[1], CallValue.allCases.map(\.rawValue))
      }
      // Shared steps are checked in the operations that use them.
      guard scope.isShared || value.isGiven(in: scope.stage) else {
        throw Fault(" is not available in '\(scope.stage.rawValue)'")
      }
      return .call(value)
    case "credentials":
      let known = scope.isShared ? scope.declaredCredentials : scope.credentials
      guard known.contains(parts[1]) else {
        if scope.declaredCredentials.contains(parts[1]) {
          throw Fault(": this credential is not declared above; a credential can only use those above it")
        }
        throw unknown("credential", parts[1], known)
      }
      return .credential(parts[1])
    case "request":
      // A shared step may cover a request that this operation does not have, if the operation does not use the step.
      guard scope.hasRequest || scope.current != nil else { throw Fault(": this operation has no request") }
      guard !scope.isAnswer else { throw Fault(": not available after the request has been sent") }
      guard let part = RequestPart(rawValue: parts[1]) else {
        throw unknown("part of a request", parts[1], RequestPart.allCases.map(\.rawValue))
      }
      return .request(part)
    case "answer": throw Fault(": did you mean '${answer/\(shortened(parts[1].replacing(".", with: "/")))}'?")
    case "header": throw Fault(": did you mean '${header/\(shortened(parts[1]))}'?")
    default:
      if let near = nearest(
        to: parts[0], among: ["account", "input", "call", "credentials", "request", "answer", "header"])
      {
        let slash = near == "answer" || near == "header"
        let rest = near == "answer" ? parts[1].replacing(".", with: "/") : parts[1]
        throw Fault(": did you mean '${\(near)\(slash ? "/" : ".")\(shortened(rest))}'?")
      }
      throw Fault(": unknown reference; expected " + Self.known)
    }
  }

  private func inAnswer<Value>(_ value: Value) throws(Fault) -> Value {
    guard scope.isAnswer else { throw Fault(": the answer is not available before the request is sent") }
    return value
  }

  private func step(_ name: String) throws(Fault) -> Int {
    if let index = scope.steps[name] { return index }
    if name == scope.current { throw Fault(": a step cannot use itself") }
    if scope.answerSteps.contains(name), !scope.isAnswer {
      throw Fault(": this step of the answer is not available before the request is sent")
    }
    if scope.allSteps.contains(name) { throw Fault(": this step is defined later; a step can only use earlier steps") }
    if name.isEmpty { throw Fault(": empty reference; expected " + Self.known) }
    for (prefix, isThere) in [
      ("account", scope.account[name] != nil), ("input", scope.inputs[name] != nil),
      ("call", CallValue(rawValue: name) != nil), ("credentials", scope.credentials.contains(name)),
    ] where isThere {
      throw Fault(": there is no such step; did you mean '${\(prefix).\(shortened(name))}'?")
    }
    // No suggestions for more than 256 steps: searching them for each of many errors would take too long.
    throw unknown("step", name, scope.steps.count > 256 ? [] : scope.steps.keys.sorted())
  }

  private func declared(_ name: String, _ what: String, _ section: String) throws(Fault) -> String {
    let isAccount = section == "account"
    let (own, other) = isAccount ? (scope.account, scope.inputs) : (scope.inputs, scope.account)
    if own[name] != nil { return name }
    if other[name] != nil {
      throw Fault(
        ": there is no such \(what); did you mean '${\(isAccount ? "input" : "account").\(shortened(name))}'?")
    }
    throw own.isEmpty
      ? Fault(": there is no such \(what); the file declares nothing under '\(section)'")
      : unknown(what, name, own.keys.sorted())
  }

  private func unknown(_ what: String, _ name: String, _ known: [String]) -> Fault {
    Fault(": there is no such \(what)" + suggestion(for: name, among: known))
  }
}
