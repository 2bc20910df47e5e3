import JSON
import NumberAuth

/// The section `answer`, bound to an account: the rules for reading a response.
final class BoundAnswer: Sendable {
  struct Choice<Meaning: Sendable>: Sendable {
    let of: Bound
    let choice: AnswerDescription.Choice<Meaning>

    func meaning(_ evaluation: inout Evaluation) throws(Failure) -> Meaning? {
      try evaluation.unlessMissing(of).flatMap { choice.meaning(of: $0.text) }
    }
  }

  enum Billed: Sendable {
    case always(Billing)
    case reported(Choice<Billing>, onFailure: Bool)
  }

  let success: [SuccessRule<Bound>]
  let source: Bound?
  let message: [JSONPointer]
  let messageText: Bound?
  let inner: AnswerDescription.InnerCode?
  let echoes: [(at: [JSONPointer], value: Bound)]
  let billed: Billed
  let number: Bound?
  let carrier: Choice<Carrier>?
  let verdict: Choice<Verdict>?
  let transaction: Bound?
  let smsAssistToken: Bound?
  let credential: Credential?

  /// The value of a credential and its lifetime.
  struct Credential: Sendable {
    enum Life: Sendable {
      case constant(Duration)
      /// A number of these units.
      case reported(Bound, unit: Duration)
    }

    let value: Bound
    let life: Life
  }

  init(
    success: [SuccessRule<Bound>], source: Bound?, message: [JSONPointer], messageText: Bound?,
    inner: AnswerDescription.InnerCode?,
    echoes: [(at: [JSONPointer], value: Bound)], billed: Billed,
    number: Bound?, carrier: Choice<Carrier>?, verdict: Choice<Verdict>?, transaction: Bound?, smsAssistToken: Bound?,
    credential: Credential?
  ) {
    self.credential = credential
    self.success = success
    self.source = source
    self.message = message
    self.messageText = messageText
    self.inner = inner
    self.echoes = echoes
    self.billed = billed
    self.number = number
    self.carrier = carrier
    self.verdict = verdict
    self.transaction = transaction
    self.smsAssistToken = smsAssistToken
  }

  /// Checks the response against every success rule. Throws the failure from the table; with `onFailure`, the billing
  /// value of the response takes precedence over the table.
  func check(_ evaluation: inout Evaluation, _ table: FailureTable) throws(Failure) {
    do throws(Failure) {
      try checkRules(&evaluation, table)
    } catch {
      var failure = error
      if case .reported(let choice, onFailure: true) = billed, let reported = (try? choice.meaning(&evaluation)) ?? nil
      {
        failure.billed = reported
      }
      throw failure
    }
  }

  private func checkRules(_ evaluation: inout Evaluation, _ table: FailureTable) throws(Failure) {
    guard let answer = evaluation.answer, let response = evaluation.response else { return }
    let stage = evaluation.operation.stage
    var hasSuccessCode = false
    for rule in success {
      switch rule {
      case .value(let value, let codes):
        let code = try value.text(&evaluation)
        if codes.contains(code) {
          hasSuccessCode = true
          continue
        }
        try refuse(code.isEmpty ? nil : code, answer, response, &evaluation, table)
      case .code(let pointers, let codes, let reason):
        let code = answer.first(of: pointers)
        if let code, codes.contains(code) {
          hasSuccessCode = true
          continue
        }
        try refuse(reason.isEmpty ? code : answer.first(of: reason), answer, response, &evaluation, table)
      case .absent(let pointers):
        guard pointers.contains(where: answer.hasValue) else { continue }
        try refuse(answer.first(of: pointers), answer, response, &evaluation, table)
      case .present(let pointers, let otherwise):
        if answer.first(of: pointers) != nil { continue }
        if let code = answer.first(of: otherwise) { try refuse(code, answer, response, &evaluation, table) }
        // Without a code, the status can be listed.
        if table.row(nil, stage: stage, status: response.status) != nil {
          try refuse(nil, answer, response, &evaluation, table)
        }
        let missing = pointers.first.map { "\($0)" } ?? "result"
        if hasSuccessCode { throw response.incompleteSuccess(stage, missing: missing) }
        throw response.protocolError(
          stage,
          response.status < 400
            ? "The response reports success, but has no \(missing)."
            : "The response has the HTTP status \(response.status), no \(missing) and no result code.")
      }
    }
    for echo in echoes {
      guard let echoed = answer.first(of: echo.at) else { continue }
      let sent = try echo.value.text(&evaluation)
      if echoed.hasSameBytes(as: sent) { continue }
      throw response.protocolError(stage, "The response belongs to another request.")
    }
  }

  /// Always throws: a code that no rule accepts is a failure, even if the table lists it as a success or a verdict.
  private func refuse(
    _ code: String?, _ answer: AnswerBody, _ response: VendorResponse, _ evaluation: inout Evaluation,
    _ table: FailureTable
  ) throws(Failure) -> Never {
    let stage = evaluation.operation.stage
    var message = answer.first(of: message)
    if let messageText { message = try evaluation.unlessMissing(messageText).flatMap { $0.isEmpty ? nil : $0.text } }
    var code = code
    if let inner, let sentence = answer.first(of: inner.sentence),
      let detailed = SentenceCode.find(in: sentence, digits: inner.digits, after: inner.words),
      let row = table.row(detailed, stage: stage), case .failure = row.meaning
    {
      code = detailed
    }
    let row = try table.judge(code, message: message, stage: stage, status: response.status)
    throw response.protocolError(
      stage, "The response's code is not a success code of this operation.", billed: row.billed)
  }

  func billing(_ evaluation: inout Evaluation) throws(Failure) -> Billing {
    switch billed {
    case .always(let billing): billing
    case .reported(let choice, _): try choice.meaning(&evaluation) ?? .unknown
    }
  }

  /// The vendor's transaction id; nil if it is missing. A missing id does not make the response invalid.
  func transactionId(_ evaluation: inout Evaluation) throws(Failure) -> String? {
    try transaction.flatMap { bound throws(Failure) in try evaluation.unlessMissing(bound) }
      .flatMap { $0.isEmpty ? nil : FailureTable.bounded($0.text) }
  }
}

extension Binder {
  mutating func bind(_ answer: AnswerDescription) throws(AccountFault) -> BoundAnswer {
    var echoes: [(at: [JSONPointer], value: Bound)] = []
    for echo in answer.echoes { echoes.append((echo.at, try bind(echo.value))) }
    let billed: BoundAnswer.Billed =
      switch answer.billed {
      case .always(let billing): .always(billing)
      case .reported(let choice, let onFailure): .reported(try bind(choice), onFailure: onFailure)
      }
    var success: [SuccessRule<Bound>] = []
    for rule in answer.success {
      switch rule {
      case .value(let template, let codes): success.append(.value(try bind(template), is: codes))
      case .code(let pointers, let codes, let reason): success.append(.code(at: pointers, is: codes, reason: reason))
      case .present(let pointers, let otherwise): success.append(.present(pointers, otherwise: otherwise))
      case .absent(let pointers): success.append(.absent(pointers))
      }
    }
    return BoundAnswer(
      success: success, source: try optional(answer.source), message: answer.message,
      messageText: try optional(answer.messageText),
      inner: answer.inner, echoes: echoes, billed: billed,
      number: try optional(answer.number), carrier: try optional(answer.carrier),
      verdict: try optional(answer.verdict), transaction: try optional(answer.transaction),
      smsAssistToken: try optional(answer.smsAssistToken), credential: try optional(answer.credential))
  }

  private mutating func optional(
    _ credential: AnswerDescription.IssuedCredential?
  ) throws(AccountFault) -> BoundAnswer.Credential? {
    guard let credential else { return nil }
    let life: BoundAnswer.Credential.Life =
      switch credential.life {
      case .constant(let duration): .constant(duration)
      case .seconds(let template): .reported(try bind(template), unit: .seconds(1))
      case .milliseconds(let template): .reported(try bind(template), unit: .milliseconds(1))
      }
    return BoundAnswer.Credential(value: try bind(credential.value), life: life)
  }

  private mutating func optional(_ template: Template?) throws(AccountFault) -> Bound? {
    guard let template else { return nil }
    return try bind(template)
  }

  private mutating func optional<Meaning>(
    _ choice: AnswerDescription.Choice<Meaning>?
  ) throws(AccountFault) -> BoundAnswer.Choice<Meaning>? {
    guard let choice else { return nil }
    return try bind(choice)
  }

  private mutating func bind<Meaning>(
    _ choice: AnswerDescription.Choice<Meaning>
  ) throws(AccountFault) -> BoundAnswer.Choice<Meaning> {
    BoundAnswer.Choice(of: try bind(choice.of), choice: choice)
  }
}
