import JSON
import NumberAuth

/// A step of an operation, bound to an account.
final class BoundStep: Sendable {
  let bound: Bound
  /// The index at which the value is cached, if the step has several users. Otherwise nil: evaluated at its only use.
  let cacheIndex: Int?

  init(_ bound: Bound, cacheIndex: Int?) {
    self.bound = bound
    self.cacheIndex = cacheIndex
  }
}

/// One operation of one account, ready to run.
final class BoundOperation: Sendable {
  let stage: Stage
  /// The endpoint's host and port, as in a Host field.
  let host: String
  /// nil for a step that this account does not need.
  let steps: [BoundStep?]
  /// The initial cache for steps with several users: all empty.
  let emptyCache: [Value?]
  let request: BoundRequest?
  let format: AnswerDescription.Format
  let answer: BoundAnswer?
  let parameters: BoundJSON?
  let signature: Bound?
  let privateKeyUse: PrivateKeyUse
  /// The countries of the numbers in responses.
  let countries: ServedCountries

  init(
    stage: Stage, host: String, countries: ServedCountries, steps: [BoundStep?], request: BoundRequest?,
    format: AnswerDescription.Format, answer: BoundAnswer?,
    parameters: BoundJSON?, signature: Bound?,
    privateKeyUse: PrivateKeyUse
  ) {
    self.signature = signature
    self.stage = stage
    self.host = host
    self.countries = countries
    self.steps = steps
    emptyCache = Array(repeating: nil, count: steps.count { $0?.cacheIndex != nil })
    self.request = request
    self.format = format
    self.answer = answer
    self.parameters = parameters
    self.privateKeyUse = privateKeyUse
  }

  /// Reads the text that takes the place of a response. Nothing was sent, so a text that is not as documented is a token
  /// that the vendor has not issued.
  func readSource<Answer>(
    _ call: CallInputs, _ context: CallContext, _ table: FailureTable,
    _ read: (BoundOperation, inout Evaluation) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    guard let source = answer?.source else {
      throw Failure(.internal, stage: stage, detail: "The operation has neither a request nor a text to read.")
    }
    var evaluation = Evaluation(self, call, context)
    let text = try source.text(&evaluation)
    do throws(Failure) {
      evaluation = try accept(VendorResponse(status: 200, body: Array(text.utf8)), evaluation, table)
      return try read(self, &evaluation)
    } catch {
      var failure = error
      if failure.reason == .vendorProtocolError {
        failure.reason = .tokenMalformed
        failure.detail = "The token is not the text that the vendor's SDK returns, or it was changed."
      }
      failure.delivery = .notSent
      failure.billed = .no
      failure.isIncompleteSuccess = false
      throw failure
    }
  }

  /// Adds the vendor's response to the evaluation and checks all success rules.
  func accept(_ response: VendorResponse, _ evaluation: Evaluation, _ table: FailureTable) throws(Failure) -> Evaluation
  {
    var evaluation = evaluation
    evaluation.response = response
    evaluation.answer = try format.body(of: response, stage, table)
    do throws(Failure) {
      try answer?.check(&evaluation, table)
    } catch {
      var failure = error
      failure.vendorTransaction = (try? answer?.transactionId(&evaluation)) ?? nil
      throw failure
    }
    return evaluation
  }

  func retrievedNumber(_ evaluation: inout Evaluation) throws(Failure) -> RetrievedNumber {
    let billed = try answer?.billing(&evaluation) ?? .unknown
    guard let answer, let number = answer.number else {
      throw evaluation.protocolError("The provider file defines no number.", stage)
    }
    return try Failure.billing(billed) { () throws(Failure) in
      let text = try number.text(&evaluation)
      guard let phoneNumber = PhoneNumber(text, of: countries) else {
        throw evaluation.protocolError(
          countries == .mainland
            ? "The number in the response is not a mainland mobile number."
            : "The number in the response is not a number with the calling code of \(countries).", stage)
      }
      return RetrievedNumber(
        phoneNumber: phoneNumber, carrier: try answer.carrier?.meaning(&evaluation),
        vendorTransaction: try answer.transactionId(&evaluation), billed: billed)
    }
  }

  func fetchedCredential(_ evaluation: inout Evaluation) throws(Failure) -> FetchedCredential {
    guard let credential = answer?.credential else {
      throw evaluation.protocolError("The provider file defines no value.", stage)
    }
    let value = try credential.value.text(&evaluation)
    guard !value.isEmpty else { throw evaluation.incompleteSuccess("credential", stage) }
    return FetchedCredential(value: Secret(value), life: try life(credential, &evaluation))
  }

  private func life(
    _ credential: BoundAnswer.Credential, _ evaluation: inout Evaluation
  ) throws(Failure) -> Duration {
    switch credential.life {
    case .constant(let duration): return duration
    case .reported(let bound, let unit):
      let text = try bound.text(&evaluation)
      // Some servers write the number as 7200.0.
      guard let count = Double(text), count.isFinite, count >= 1 else {
        throw evaluation.protocolError(
          "The lifetime of the credential in the response is not a positive number.", stage)
      }
      return min(unit * Int(min(count, 1e12)), FetchedCredential.maximumLife)
    }
  }

  func verifiedNumber(_ evaluation: inout Evaluation) throws(Failure) -> VerifiedNumber {
    let billed = try answer?.billing(&evaluation) ?? .unknown
    guard let answer, let verdict = answer.verdict else {
      throw evaluation.protocolError("The provider file defines no verdict.", stage)
    }
    return try Failure.billing(billed) { () throws(Failure) in
      // A missing result is an error; a result that is not listed is the verdict `unknown`.
      let text = try verdict.of.text(&evaluation)
      guard !text.isEmpty else {
        throw evaluation.incompleteSuccess("result", stage)
      }
      let result = verdict.choice.meaning(of: text) ?? .unknown
      var assist: Secret?
      if result == .mismatch, let token = answer.smsAssistToken {
        assist = try evaluation.unlessMissing(token).flatMap { $0.isEmpty ? nil : Secret($0.text) }
      }
      return VerifiedNumber(
        verdict: result, smsAssistToken: assist, vendorTransaction: try answer.transactionId(&evaluation),
        billed: billed)
    }
  }
}

extension Failure {
  /// Runs `body` and adds `billed` to a failure with unknown billing.
  fileprivate static func billing<Result>(
    _ billed: Billing, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(Failure) {
      return try body()
    } catch {
      var failure = error
      if failure.billed == .unknown { failure.billed = billed }
      throw failure
    }
  }
}
