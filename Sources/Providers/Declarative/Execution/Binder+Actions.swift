import Cryptography
import JSON
import NumberAuth

extension Binder {
  /// Binds a step's action to this account's values and keys. Most steps whose operands are constant are computed here.
  mutating func bind(_ action: StepAction, of step: Step) throws(AccountFault) -> Bound {
    switch action {
    case .text(let template): return try bind(template)
    case .time(let form, let zone, let delay):
      return .work { evaluation in .text(evaluation.context.now.advanced(by: delay).text(form, zone)) }
    case .json(let form):
      let json = try bind(form)
      return .work { evaluation throws(Failure) in
        .text(String(decoding: try json.bytes(&evaluation), as: UTF8.self))
      }
    case .nonce(let form): return .work { evaluation in .text(form.text(of: evaluation.context.nonce)) }
    case .digest(let digest, let operand, let encoding):
      return try apply(toBytesOf: operand) { encoding.value(of: digest, $0) }
    case .hmac(let digest, let operand, let key, let encoding):
      return try bindHMAC(digest, operand, key: key, encoding)
    case .sign(let algorithm, let operand, let key, let encoding):
      return try bindSignature(algorithm, operand, key: key, encoding, step)
    case .verify(let algorithm, let operand, let signature, let decoding, let key):
      return try bindVerification(algorithm, operand, signature: signature, decoding, key: key, step)
    case .encrypt(let cipher, let operand, let key, let encoding):
      return try bindEncryption(cipher, operand, key: key, encoding, step)
    case .decrypt(let cipher, let operand, let decoding, let key, let encoding):
      return try bindDecryption(cipher, operand, decoding, key: key, encoding, step)
    case .cipher(let cipher): return try bindCipher(cipher, step)
    case .encode(let operand, .percent): return try apply(operand) { .text(PercentEncoding.encode($0.text)) }
    case .encode(let operand, .text):
      return try work(operand) { value, evaluation throws(Failure) in try evaluation.encode(value.bytes, .text, step) }
    case .encode(let operand, let encoding): return try apply(operand) { encoding.value(of: $0.bytes) }
    case .decode(let operand, let decoding, let encoding):
      // A key in a wrong encoding is reported when the account is loaded.
      if let constant = try bind(operand).constant {
        guard let bytes = decoding.bytes(of: constant) else {
          throw keyFault(operand, step, "its input is not valid \(decoding.rawValue) encoding")
        }
        guard let value = encoding.validValue(of: bytes) else {
          throw keyFault(operand, step, "its decoded input is not UTF-8")
        }
        return .constant(value)
      }
      return try work(operand) { value, evaluation throws(Failure) in
        try evaluation.encode(try evaluation.decode(value, decoding, step), encoding, step)
      }
    case .concat(let parts, let encoding): return try bindConcatenation(parts, encoding, step)
    case .upper(let operand): return try apply(operand) { .text($0.text.changingASCII { $0.uppercasedASCII }) }
    case .lower(let operand): return try apply(operand) { .text($0.text.changingASCII { $0.lowercasedASCII }) }
    case .slice(let operand, let range): return try apply(operand) { $0.slice(range) }
    case .repeated(let operand, let length): return try apply(operand) { $0.repeated(length: length) }
    case .choose(let operand, let choices, let otherwise): return try bindChoice(operand, choices, otherwise)
    case .first(let choices):
      let choices = try bind(all: choices)
      return .work { evaluation throws(Failure) in
        for choice in choices {
          let value = try evaluation.unlessMissing(choice, rejectsInvalidSignatures: true)
          if let value, !value.isEmpty { return value }
        }
        return .text("")
      }
    case .join(let join): return try bindJoin(join)
    case .canonicalRequest(let headers, let payload): return try bindCanonicalRequest(headers, payload)
    case .member(let operand, let pointers):
      return try work(operand) { value, evaluation throws(Failure) in
        let inner: JSONValue
        do throws(JSONError) {
          inner = try JSONValue.parse(value.text, duplicateKeys: .refusedInStringsToo)
        } catch {
          let fault = if case .duplicateKey = error { "has a duplicate key" } else { "is not JSON" }
          throw evaluation.protocolError("The input of the step '\(step.name)' \(fault).", evaluation.operation.stage)
        }
        guard let text = AnswerBody.json(inner).first(of: pointers) else {
          throw evaluation.protocolError(
            "The input of the step '\(step.name)' has no \(pointers.first.map { "\($0)" } ?? "such member").",
            evaluation.operation.stage)
        }
        return .text(text)
      }
    }
  }

  private mutating func bind(all templates: [Template]) throws(AccountFault) -> [Bound] {
    var bound: [Bound] = []
    for template in templates { bound.append(try bind(template)) }
    return bound
  }

  /// Applies a function that cannot fail: immediately if the operand is constant.
  private mutating func apply(_ operand: Template, _ function: @escaping @Sendable (Value) -> Value)
    throws(AccountFault)
    -> Bound
  {
    let operand = try bind(operand)
    if let constant = operand.constant { return .constant(function(constant)) }
    return .work { evaluation throws(Failure) in function(try operand.value(&evaluation)) }
  }

  /// Like `apply(_:_:)`, for a function of the operand's bytes.
  private mutating func apply(toBytesOf operand: Template, _ function: @escaping @Sendable ([UInt8]) -> Value)
    throws(AccountFault)
    -> Bound
  {
    let operand = try bind(operand)
    if let constant = operand.constant { return .constant(function(constant.bytes)) }
    return .work { evaluation throws(Failure) in try evaluation.withBytes(of: operand, function) }
  }

  mutating func work(
    _ operand: Template, _ function: @escaping @Sendable (Value, inout Evaluation) throws(Failure) -> Value
  ) throws(AccountFault) -> Bound {
    let operand = try bind(operand)
    return .work { evaluation throws(Failure) in try function(try operand.value(&evaluation), &evaluation) }
  }

  private mutating func bindConcatenation(
    _ parts: [Template], _ encoding: Encoding, _ step: Step
  ) throws(AccountFault) -> Bound {
    let bound = try bind(all: parts)
    let constants = bound.compactMap(\.constant)
    if constants.count == bound.count {
      guard let value = encoding.validValue(of: constants.flatMap(\.bytes)) else {
        throw keyFault(parts.first ?? .literal(""), step, "its value is not UTF-8")
      }
      return .constant(value)
    }
    let joined = Bound.texts(bound)
    return .work { evaluation throws(Failure) in
      try evaluation.encode(try joined.bytes(&evaluation), encoding, step)
    }
  }

  private mutating func bindHMAC(
    _ digest: DigestAlgorithm, _ operand: Template, key: Template, _ encoding: Encoding
  ) throws(AccountFault) -> Bound {
    let key = try bind(key)
    if let constant = key.constant {
      let key = HMACKey(digest, key: constant.bytes)
      return try apply(toBytesOf: operand) { encoding.value(of: key, $0) }
    }
    let operand = try bind(operand)
    return .work { evaluation throws(Failure) in
      let key = HMACKey(digest, key: try key.bytes(&evaluation))
      return encoding.value(of: key.authenticate(try operand.bytes(&evaluation)))
    }
  }

  /// A choice by an account field is made at binding time, so the other alternatives need no keys.
  private mutating func bindChoice(
    _ operand: Template, _ choices: [(key: String, value: Template)], _ otherwise: Template?
  ) throws(AccountFault) -> Bound {
    let operand = try bind(operand)
    if let constant = operand.constant {
      let text = constant.text
      guard let chosen = choices.first(where: { $0.key.hasSameBytes(as: text) })?.value ?? otherwise else {
        return .constant(.text(""))
      }
      return try bind(chosen)
    }
    var bound: [Bound] = []
    var fault: AccountFault?
    var isUsable = false
    for template in choices.map(\.value) + [otherwise ?? .literal("")] {
      do throws(AccountFault) {
        bound.append(try bind(template))
        isUsable = isUsable || !template.references.isEmpty
      } catch {
        // An optional field that the account does not have: its alternative fails if it is selected.
        guard settings.field(error.field) == nil, error.field != "provider" else { throw error }
        fault = error
        bound.append(.work { evaluation throws(Failure) in throw evaluation.cannotSelect(error) })
      }
    }
    if let fault, !isUsable { throw fault }
    let fallback = bound.removeLast()
    let known = zip(choices, bound).map { (key: $0.key, value: $1) }
    return .work { evaluation throws(Failure) in
      let text = try evaluation.textUnlessAbsent(operand)
      return try (known.first { $0.key.hasSameBytes(as: text) }?.value ?? fallback).value(&evaluation)
    }
  }
}

extension Evaluation {
  /// The value; nil if it cannot be read from the response.
  /// - Parameter rejectsInvalidSignatures: Throws the failure of an invalid signature: a value that is used instead could
  ///   be forged.
  mutating func unlessMissing(_ bound: Bound, rejectsInvalidSignatures: Bool = false) throws(Failure) -> Value? {
    do throws(Failure) {
      return try bound.value(&self)
    } catch {
      if rejectsInvalidSignatures, hasInvalidSignature { throw error }
      if answer != nil, error.reason == .vendorProtocolError { return nil }
      throw error
    }
  }

  /// The text; empty if the response does not have the value.
  mutating func textUnlessAbsent(_ bound: Bound) throws(Failure) -> String {
    do throws(Failure) {
      return try bound.text(&self)
    } catch {
      guard error.isIncompleteSuccess else { throw error }
      return ""
    }
  }

  /// The failure of an alternative that needs a missing field of the account.
  func cannotSelect(_ fault: AccountFault) -> Failure {
    Failure(
      .misconfigured, stage: operation.stage, detail: "The account has no '\(fault.field)', which this call needs.",
      billed: answer == nil ? .no : .unknown, delivery: answer == nil ? .notSent : .answered)
  }

  /// A step that fails before the request is sent is an error of the configuration or of the team's input.
  func cannot(_ what: String, _ step: Step) -> Failure {
    answer == nil
      ? Failure(.misconfigured, stage: operation.stage, detail: "The step '\(step.name)' cannot \(what).")
      : protocolError("The step '\(step.name)' cannot \(what).", operation.stage)
  }

  func cannotDecrypt(_ step: Step) -> Failure {
    guard answer != nil else { return cannot("decrypt", step) }
    return Failure(
      .encryptionRejected, stage: operation.stage,
      detail: "The step '\(step.name)' cannot decrypt the response with the account's key.", billed: .unknown,
      delivery: .answered)
  }

  func decode(_ value: Value, _ decoding: Decoding, _ step: Step) throws(Failure) -> [UInt8] {
    let bytes = decoding.bytes(of: value)
    guard let bytes else {
      throw answer == nil
        ? .gateway(
          .invalidRequest, "The input of the step '\(step.name)' is not valid \(decoding.rawValue) encoding.")
        : protocolError(
          "The input of the step '\(step.name)' is not valid \(decoding.rawValue) encoding.", operation.stage)
    }
    return bytes
  }

  /// Writes bytes in the format that the step's `as` selects. Fails only for text that is not UTF-8.
  func encode(_ bytes: [UInt8], _ encoding: Encoding, _ step: Step) throws(Failure) -> Value {
    guard let value = encoding.validValue(of: bytes) else {
      // Decryption with a wrong key can produce valid padding by chance; the result is then not UTF-8.
      throw answer == nil ? cannot("produce UTF-8 text", step) : cannotDecrypt(step)
    }
    return value
  }
}
