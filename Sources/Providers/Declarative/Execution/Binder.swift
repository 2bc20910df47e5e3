import Cryptography
import JSON
import NumberAuth
import Schema

/// Binds one operation to one account: replaces account fields with constants and parses keys. A step that cannot be
/// bound is an error only if the operation uses it with this account's choices: a key for another mode may be missing.
struct Binder {
  let description: OperationDescription
  let settings: AccountSettings
  /// Supplies placeholders for private values; nil if the real values are bound.
  var mask: Mask?
  /// The result of binding each step; nil for a step that has not been bound.
  private var steps: [Result<Bound, AccountFault>?]
  /// The steps that each step uses with this account's choices.
  private var uses: [[Int]]
  /// The steps that the request, `answer` and the parameters use directly.
  private var roots: [Int] = []
  private var current: Int?

  init(_ description: OperationDescription, _ settings: AccountSettings, mask: Mask? = nil) {
    self.description = description
    self.settings = settings
    self.mask = mask
    steps = Array(repeating: nil, count: description.steps.count)
    uses = Array(repeating: [], count: description.steps.count)
  }

  var stage: Stage { description.stage.stage }

  /// The charset of the request.
  var charset: RequestDescription.Charset { description.request?.charset ?? .utf8 }

  /// Throws an error for the first missing or unusable field of the account.
  static func bind(
    _ description: OperationDescription, _ settings: AccountSettings, mask: Mask? = nil
  ) throws(AccountFault) -> BoundOperation {
    var binder = Binder(description, settings, mask: mask)
    // Each step follows the steps that it uses, so binding needs no recursion and a long chain needs no stack.
    for index in description.needed { binder.bind(step: index) }
    let request = try description.request.map { request throws(AccountFault) in try binder.bind(request) }
    let requestRoots = binder.roots
    let answer = try description.answer.map { answer throws(AccountFault) in try binder.bind(answer) }
    let parameters = try description.parameters.map { form throws(AccountFault) in try binder.bind(form) }
    let signature = try description.signature.map { template throws(AccountFault) in try binder.bind(template) }
    return BoundOperation(
      stage: binder.stage, host: request?.endpoint.map(Self.authority) ?? settings.authority,
      countries: settings.countries, steps: binder.boundSteps,
      request: request, format: description.answer?.format ?? .json, answer: answer,
      parameters: parameters, signature: signature,
      privateKeyUse: binder.privateKeyUse(requestRoots: request == nil ? binder.roots : requestRoots))
  }

  /// The host and port of an origin.
  private static func authority(of origin: String) -> String {
    String(origin.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
  }

  // MARK: Templates

  /// Binds the path of a request. Values of the call and credentials are percent-encoded: they are parts of one segment.
  mutating func bind(path template: Template) throws(AccountFault) -> Bound {
    try bind(template, encodesForeignValues: true)
  }

  mutating func bind(_ template: Template, encodesForeignValues: Bool = false) throws(AccountFault) -> Bound {
    if !encodesForeignValues, let single = template.single { return try bind(single) }
    var parts: [Bound] = []
    var constant = ""
    for piece in template.pieces {
      switch piece {
      case .literal(let text): constant += text
      case .reference(let reference):
        var part = try bind(reference)
        if encodesForeignValues, reference.isForeign {
          let value = part
          part = .work { evaluation throws(Failure) in .text(PercentEncoding.encode(try value.text(&evaluation))) }
        }
        if let known = part.constant {
          constant += known.text
        } else {
          if !constant.isEmpty { parts.append(.constant(.text(constant))) }
          constant = ""
          parts.append(part)
        }
      }
      if constant.utf8.count > Value.maximumSize { throw tooLarge("a text") }
    }
    if parts.isEmpty { return .constant(.text(constant)) }
    if !constant.isEmpty { parts.append(.constant(.text(constant))) }
    return .texts(parts)
  }

  /// Binds a value that is omitted if it is empty: also if the account does not have the field.
  mutating func bind(optional template: Template) throws(AccountFault) -> Bound {
    let isMissing = template.references.contains { reference in
      if case .account(let name) = reference {
        settings.field(name) == nil && mask?.accountField(name) == nil
      } else {
        false
      }
    }
    return isMissing ? .constant(.text("")) : try bind(template)
  }

  private mutating func bind(_ reference: Reference) throws(AccountFault) -> Bound {
    switch reference {
    case .account(let name):
      if let shown = mask?.accountField(name) { return .constant(.text(shown)) }
      return .constant(.text(try field(name)))
    case .call(let value):
      if let shown = mask?.callValue(value) {
        return .work { evaluation in .text(evaluation.call.text(value).isEmpty ? "" : shown) }
      }
      return .call(value)
    case .input(let name):
      if let shown = mask?.input(name) {
        return .work { evaluation in .text(evaluation.call.extras.inputs[name] == nil ? "" : shown) }
      }
      return .work { evaluation in .text(evaluation.call.extras.inputs[name]?.revealed ?? "") }
    case .step(let index):
      let step = try bound(step: index)
      if step.constant != nil { return step }
      return .step(index)
    case .request(let part): return try bind(part)
    case .credential(let name):
      if let shown = mask?.credential(name) { return .constant(.text(shown)) }
      return .work { evaluation throws(Failure) in .text(try evaluation.credential(name)) }
    case .answer(let pointer):
      let stage = stage
      return .work { evaluation throws(Failure) in
        guard let text = evaluation.answer?.text(at: pointer) else {
          throw evaluation.incompleteSuccess(pointer.tokens.isEmpty ? "text" : "\(pointer)", stage)
        }
        guard text.utf8.count <= Value.maximumSize else {
          throw evaluation.tooLarge("The response's value at \(pointer)")
        }
        return .text(text)
      }
    case .header(let name):
      return .work { evaluation in .text(evaluation.response?.header(name) ?? "") }
    }
  }

  func field(_ name: String) throws(AccountFault) -> String {
    try settings.declared(name, because: "\(description.stage.rawValue) needs it")
  }

  /// A part of the request. Its steps are bound together with the request.
  private func bind(_ part: RequestPart) throws(AccountFault) -> Bound {
    switch part {
    case .method: .constant(.text(description.request?.method ?? ""))
    // A request to another endpoint has another host.
    case .host:
      description.request?.endpoint == nil
        ? .constant(.text(settings.authority)) : .work { evaluation in .text(evaluation.operation.host) }
    case .path:
      .work { evaluation throws(Failure) in .text(try evaluation.operation.request?.path.text(&evaluation) ?? "") }
    case .query: .work { evaluation throws(Failure) in .text(try evaluation.queryText()) }
    case .body: .work { evaluation throws(Failure) in .bytes(try evaluation.bodyBytes()) }
    }
  }

  /// The steps that this account's requests and responses use. A step with several users gets a cache index.
  private var boundSteps: [BoundStep?] {
    let used = steps(from: roots)
    var users = [Int](repeating: 0, count: steps.count)
    for index in roots + used.flatMap({ uses[$0] }) { users[index] += 1 }
    var cached = 0
    return steps.indices.map { index in
      guard used.contains(index), let bound = steps[index].flatMap({ try? $0.get() }) else { return nil }
      guard users[index] > 1 else { return BoundStep(bound, cacheIndex: nil) }
      defer { cached += 1 }
      return BoundStep(bound, cacheIndex: cached)
    }
  }

  /// Counts each use of a step in `body` as two uses, so that the step is cached: the bound value can be evaluated more
  /// than once.
  mutating func sharing<Result>(
    _ body: (inout Binder) throws(AccountFault) -> Result
  ) throws(AccountFault) -> Result {
    let before = roots.count
    let result = try body(&self)
    roots += roots[before...]
    return result
  }

  /// These steps and all steps that they use with this account's choices.
  private func steps(from roots: [Int]) -> Set<Int> {
    var used: Set<Int> = []
    var open = roots
    while let index = open.popLast() {
      if used.insert(index).inserted { open += uses[index] }
    }
    return used
  }

  /// A step that the request has used is not evaluated again for the response.
  private func privateKeyUse(requestRoots: [Int]) -> PrivateKeyUse {
    let ofRequest = steps(from: requestRoots)
    let ofAnswer = steps(from: roots).subtracting(ofRequest)
    func areSlow(_ used: Set<Int>) -> Bool { used.contains { description.steps[$0].action.isSlow } }
    var use: PrivateKeyUse = []
    if areSlow(ofRequest) { use.insert(.request) }
    if areSlow(ofAnswer) { use.insert(.answer) }
    return use
  }

  private mutating func bind(step index: Int) {
    let step = description.steps[index]
    current = index
    defer { current = nil }
    do throws(AccountFault) {
      let bound: Bound =
        if let shown = mask?.step(index) { .constant(.text(shown)) } else { try bind(step.action, of: step) }
      if let constant = bound.constant, constant.size > Value.maximumSize { throw tooLarge("the step '\(step.name)'") }
      steps[index] = .success(bound)
    } catch {
      steps[index] = .failure(error)
    }
  }

  /// A step that has already been bound. Rethrows the error of its binding.
  private mutating func bound(step index: Int) throws(AccountFault) -> Bound {
    if let current { uses[current].append(index) } else { roots.append(index) }
    guard let step = steps[index] else {
      throw AccountFault(field: "provider", "the step '\(description.steps[index].name)' is used before it is defined")
    }
    return try step.get()
  }

  // MARK: Keys

  /// Parses the key in a field of the account.
  func key<Key>(
    _ name: String, _ read: (String) throws(CryptographyError) -> Key
  ) throws(AccountFault) -> Key {
    let text = try field(name)
    do throws(CryptographyError) {
      return try read(text)
    } catch {
      throw AccountFault(field: name, "'\(name)' \(error)")
    }
  }

  /// An error for the account field from which `value` is made, or for the provider file if there is no such field.
  func fault(of value: Template, _ message: String) -> AccountFault {
    AccountFault(field: accountField(behind: value) ?? "provider", message)
  }

  func keyFault(_ key: Template, _ step: Step, _ message: String) -> AccountFault {
    fault(of: key, "the step '\(step.name)': \(message)")
  }

  /// The first account field from which a value is made, directly or through steps.
  private func accountField(behind template: Template) -> String? {
    var open = Array(template.references.reversed())
    var seen: Set<Int> = []
    while let reference = open.popLast() {
      switch reference {
      case .account(let name): return name
      case .step(let index):
        if seen.insert(index).inserted {
          open += description.steps[index].action.operands.flatMap(\.references).reversed()
        }
      case .call, .input, .request, .credential, .answer, .header: break
      }
    }
    return nil
  }

  func tooLarge(_ what: String) -> AccountFault {
    AccountFault(field: "provider", "\(what) exceeds \(Value.maximumSize) bytes with this account's fields")
  }
}

extension AccountSettings {
  /// A field that the file uses. It can be empty if the declaration allows it, but must not be missing.
  fileprivate func declared(_ name: String, because: String) throws(AccountFault) -> String {
    guard let value = field(name) else { throw AccountFault(field: name, "'\(name)' is missing; \(because)") }
    return value.revealed
  }
}

extension JSONValue {
  /// A text, a number as it is written, or `true` and `false`.
  var scalarText: String? {
    if let text { return text }
    return bool.map { $0 ? "true" : "false" }
  }
}

extension Evaluation {
  func incompleteSuccess(_ missing: String, _ stage: Stage) -> Failure {
    var failure = protocolError("The response reports success, but has no \(missing).", stage)
    failure.isIncompleteSuccess = true
    return failure
  }

  func protocolError(_ detail: String, _ stage: Stage) -> Failure {
    response?.protocolError(stage, detail)
      ?? Failure(.vendorProtocolError, stage: stage, detail: detail, billed: .unknown, delivery: .answered)
  }
}
