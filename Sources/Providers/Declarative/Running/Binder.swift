import Cryptography
import JSON
import NumberAuth
import Schema

/// Binds one operation to one account: fields become constants, keys are parsed, and only what the request and the
/// answer really need is looked at, so that a key for a mode which the account does not use may be missing.
struct Binder {
  let description: OperationDescription
  let settings: AccountSettings
  /// What is shown instead of what nobody may see; nil where the real values are bound.
  var mask: Mask?
  private(set) var steps: [Bound?]

  init(_ description: OperationDescription, _ settings: AccountSettings, mask: Mask? = nil) {
    self.description = description
    self.settings = settings
    self.mask = mask
    steps = Array(repeating: nil, count: description.steps.count)
  }

  var stage: Stage { description.stage.stage }

  /// Throws the account's first field that is missing or cannot be used.
  static func bind(
    _ description: OperationDescription, _ settings: AccountSettings, mask: Mask? = nil
  ) throws(AccountFault) -> BoundOperation {
    var binder = Binder(description, settings, mask: mask)
    let request = try description.request.map { request throws(AccountFault) in try binder.bind(request) }
    let answer = try description.answer.map { answer throws(AccountFault) in try binder.bind(answer) }
    let parameters = try description.parameters.map { form throws(AccountFault) in try binder.bind(form) }
    return BoundOperation(
      stage: binder.stage, host: settings.authority, steps: binder.steps, request: request, answer: answer,
      parameters: parameters)
  }

  // MARK: Templates

  mutating func bind(_ template: Template) throws(AccountFault) -> Bound {
    if let single = template.single { return try bind(single) }
    var parts: [Bound] = []
    for piece in template.pieces {
      let part: Bound =
        switch piece {
        case .literal(let text): .constant(.text(text))
        case .reference(let reference): try bind(reference)
        }
      if case .constant(let next) = part, case .constant(let last)? = parts.last {
        parts[parts.count - 1] = .constant(.text(last.text + next.text))
      } else {
        parts.append(part)
      }
    }
    if parts.isEmpty { return .constant(.text("")) }
    if parts.count == 1, let constant = parts[0].constant { return .constant(constant) }
    let pieces = parts
    return .work { frame throws(Failure) in
      var text = ""
      for piece in pieces { text += try piece.text(&frame) }
      return .text(text)
    }
  }

  private mutating func bind(_ reference: Reference) throws(AccountFault) -> Bound {
    switch reference {
    case .account(let name):
      if let shown = mask?.accountField(name) { return .constant(.text(shown)) }
      return .constant(.text(try field(name)))
    case .call(let value):
      if let shown = mask?.callValue(value) {
        return .work { frame in .text(frame.call.text(value).isEmpty ? "" : shown) }
      }
      return .work { frame in .text(frame.call.text(value)) }
    case .input(let name):
      if let shown = mask?.input(name) {
        return .work { frame in .text(frame.call.extras.inputs[name] == nil ? "" : shown) }
      }
      return .work { frame in .text(frame.call.extras.inputs[name]?.revealed ?? "") }
    case .step(let index):
      let step = try bind(step: index)
      if step.constant != nil { return step }
      return .work { frame throws(Failure) in try frame.step(index) }
    case .request(let part): return try bind(part)
    case .answer(let pointer):
      let stage = stage
      return .work { frame throws(Failure) in
        guard let text = frame.answer?.at(pointer, lookingIntoTexts: true)?.scalarText, !text.isEmpty else {
          throw frame.protocolError("The answer says success, but holds no \(pointer).", stage)
        }
        return .text(text)
      }
    case .header(let name):
      return .work { frame in .text(frame.response?.header(name) ?? "") }
    }
  }

  func field(_ name: String) throws(AccountFault) -> String {
    try settings.declared(name, because: "\(description.stage.rawValue) needs it")
  }

  /// A part of the request; its steps are bound when the request is.
  private func bind(_ part: RequestPart) throws(AccountFault) -> Bound {
    switch part {
    case .method: .constant(.text(description.request?.method ?? ""))
    case .host: .constant(.text(settings.authority))
    case .path: .work { frame throws(Failure) in .text(try frame.operation.request?.path.text(&frame) ?? "") }
    case .query: .work { frame throws(Failure) in .text(try frame.queryText()) }
    case .body: .work { frame throws(Failure) in .bytes(try frame.bodyBytes()) }
    }
  }

  /// A step, bound once however many use it.
  mutating func bind(step index: Int) throws(AccountFault) -> Bound {
    if let bound = steps[index] { return bound }
    let step = description.steps[index]
    let bound: Bound
    if let shown = mask?.step(index) {
      bound = .constant(.text(shown))
    } else {
      bound = try bind(step.verb, of: step)
    }
    steps[index] = bound
    return bound
  }

  // MARK: Keys

  func privateKey(_ name: String) throws(AccountFault) -> RSAPrivateKey {
    let text = try field(name)
    do throws(CryptographyError) {
      return try RSAPrivateKey(text)
    } catch {
      throw AccountFault(field: name, "'\(name)' \(error)")
    }
  }

  func publicKey(_ name: String) throws(AccountFault) -> RSAPublicKey {
    let text = try field(name)
    do throws(CryptographyError) {
      return try RSAPublicKey(text)
    } catch {
      throw AccountFault(field: name, "'\(name)' \(error)")
    }
  }

  /// The field behind a key of the wrong kind, where one is; else a fault of the step.
  func keyFault(_ key: Template, _ step: Step, _ message: String) -> AccountFault {
    let field = key.references.lazy.compactMap { if case .account(let name) = $0 { name } else { nil } }.first
    return AccountFault(field: field ?? "provider", "the step '\(step.name)': \(message)")
  }
}

extension AccountSettings {
  /// A field that the file mentions: it may be empty where the file says so, but not missing.
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

  /// The first of these places that holds something.
  func first(of pointers: [JSONPointer]) -> String? {
    for pointer in pointers {
      if let text = at(pointer, lookingIntoTexts: true)?.scalarText, !text.isEmpty { return text }
    }
    return nil
  }
}

extension Frame {
  func protocolError(_ detail: String, _ stage: Stage) -> Failure {
    response?.protocolError(stage, detail)
      ?? Failure(.vendorProtocolError, stage: stage, detail: detail, billed: .unknown, delivery: .answered)
  }
}
