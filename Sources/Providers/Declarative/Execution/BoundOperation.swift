import JSON
import NumberAuth

/// A step of an operation.
final class BoundStep: Sendable {
  let bound: Bound
  /// Where its value is kept, if more than one thing uses it. A step with one user is run when that user is.
  let place: Int?

  init(_ bound: Bound, place: Int?) {
    self.bound = bound
    self.place = place
  }
}

/// One operation of one account, ready to run.
final class BoundOperation: Sendable {
  let stage: Stage
  /// The endpoint's host and port, as in a Host field.
  let host: String
  /// nil where nothing of this account needs the step.
  let steps: [BoundStep?]
  /// The values of the shared steps before any has been run.
  let noneDone: [Value?]
  let request: BoundRequest?
  let answer: BoundAnswer?
  let parameters: BoundJSON?
  let privateKeyUse: PrivateKeyUse

  init(
    stage: Stage, host: String, steps: [BoundStep?], request: BoundRequest?, answer: BoundAnswer?,
    parameters: BoundJSON?,
    privateKeyUse: PrivateKeyUse
  ) {
    self.stage = stage
    self.host = host
    self.steps = steps
    noneDone = Array(repeating: nil, count: steps.count { $0?.place != nil })
    self.request = request
    self.answer = answer
    self.parameters = parameters
    self.privateKeyUse = privateKeyUse
  }

  /// The evaluation with the vendor's answer in it, all rules of a success checked.
  func accept(_ response: VendorResponse, _ evaluation: Evaluation, _ table: FailureTable) throws(Failure) -> Evaluation
  {
    var evaluation = evaluation
    evaluation.response = response
    evaluation.answer = try response.json(stage: stage, table)
    try answer?.check(&evaluation, table)
    return evaluation
  }

  func retrievedNumber(_ evaluation: inout Evaluation) throws(Failure) -> RetrievedNumber {
    let billed = try answer?.billing(&evaluation) ?? .unknown
    guard let answer, let number = answer.number else { throw evaluation.protocolError("There is no number.", stage) }
    return try Failure.billing(billed) { () throws(Failure) in
      let text = try number.text(&evaluation)
      guard let phoneNumber = PhoneNumber(text) else {
        throw evaluation.protocolError("The number in the answer is not a mainland mobile number.", stage)
      }
      return RetrievedNumber(
        phoneNumber: phoneNumber, carrier: try answer.carrier?.meaning(&evaluation),
        vendorTransaction: try answer.transactionId(&evaluation), billed: billed)
    }
  }

  func verifiedNumber(_ evaluation: inout Evaluation) throws(Failure) -> VerifiedNumber {
    let billed = try answer?.billing(&evaluation) ?? .unknown
    guard let answer, let verdict = answer.verdict else {
      throw evaluation.protocolError("There is no verdict.", stage)
    }
    return try Failure.billing(billed) { () throws(Failure) in
      // A result that is not there is no verdict; one that is not listed is unknown.
      let text = try verdict.of.text(&evaluation)
      guard !text.isEmpty else {
        throw evaluation.protocolError("The answer says success, but holds no result.", stage)
      }
      let said = verdict.choice.meaning(of: text) ?? .unknown
      var assist: Secret?
      if said == .mismatch, let token = answer.smsAssistToken {
        assist = try evaluation.unlessMissing(token).flatMap { $0.isEmpty ? nil : Secret($0.text) }
      }
      return VerifiedNumber(
        verdict: said, smsAssistToken: assist, vendorTransaction: try answer.transactionId(&evaluation), billed: billed)
    }
  }
}

extension Failure {
  /// Runs `body`; a failure that does not know whether the call was billed learns it.
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
