public import NumberAuth

/// One call of a described operation, done step by step without anything being sent: for whoever writes the file.
public struct RequestPreview: Sendable {
  /// What a step came to.
  public struct StepValue: Sendable {
    public let name: String
    /// Text, or bytes in hexadecimal digits; a failure's detail where the step cannot be done.
    public let value: String
    public let isBytes: Bool
    /// Whether a key, a token or a number is in it, or in what it was computed from.
    public let isPrivate: Bool
    /// What a digest or signature was made over, where that is put together in the step itself.
    public let signedText: String?
    /// The same with names in place of what nobody may see.
    public let maskedSignedText: String?
  }

  /// The request's steps that are needed, each after those that it uses.
  public let steps: [StepValue]
  public let request: VendorRequest
  /// The same with names in place of what nobody may see; nil where a vendor's form leaves no room for them.
  public let maskedRequest: VendorRequest?
  private let operation: BoundOperation
  private let description: OperationDescription
  private let mask: Mask
  private let settings: AccountSettings
  private let asked: Evaluation

  /// What came of an answer.
  public enum Outcome: Sendable {
    case parameters(ClientParameters)
    case number(RetrievedNumber)
    case verdict(VerifiedNumber)
  }

  fileprivate init(
    _ description: OperationDescription, _ settings: AccountSettings, mask: Mask, _ call: CallInputs,
    _ context: CallContext
  ) throws(RehearsalFault) {
    do throws(AccountFault) {
      operation = try Binder.bind(description, settings)
    } catch {
      throw .account(error)
    }
    guard let request = operation.request else { throw .nothingToSend }
    var evaluation = Evaluation(operation, call, context)
    do throws(Failure) {
      self.request = try request.request(&evaluation)
    } catch {
      throw .failure(error)
    }
    steps = Self.values(description, operation, &evaluation, settings, mask, isAnswer: false)
    asked = evaluation
    self.description = description
    self.mask = mask
    self.settings = settings
    maskedRequest = Self.masked(description, settings, mask, call, context)
  }

  private static func masked(
    _ description: OperationDescription, _ settings: AccountSettings, _ mask: Mask, _ call: CallInputs,
    _ context: CallContext
  ) -> VendorRequest? {
    guard let operation = try? Binder.bind(description, settings, mask: mask), let request = operation.request else {
      return nil
    }
    var evaluation = Evaluation(operation, call, context)
    return try? request.request(&evaluation)
  }

  private static func values(
    _ description: OperationDescription, _ operation: BoundOperation, _ evaluation: inout Evaluation,
    _ settings: AccountSettings, _ mask: Mask, isAnswer: Bool
  ) -> [StepValue] {
    var values: [StepValue] = []
    for index in description.needed
    where operation.steps[index] != nil && (index >= description.answerStart) == isAnswer {
      let step = description.steps[index]
      let (text, isBytes): (String, Bool)
      do throws(Failure) {
        switch try evaluation.step(index) {
        case .text(let value): (text, isBytes) = (value, false)
        case .bytes(let bytes): (text, isBytes) = (Encoding.hex.value(of: bytes).text, true)
        }
      } catch {
        (text, isBytes) = ("cannot be done: \(error.detail ?? error.reason.rawValue)", false)
      }
      let signed = signedText(step, &evaluation, settings, mask)
      values.append(
        StepValue(
          name: step.name, value: text, isBytes: isBytes, isPrivate: mask.step(index) != nil,
          signedText: signed?.clear, maskedSignedText: signed?.masked))
    }
    return values
  }

  /// How an answer is read: what its steps come to, and the outcome.
  public func read(
    _ response: VendorResponse, _ table: FailureTable
  ) -> (steps: [StepValue], outcome: Result<Outcome, Failure>) {
    var evaluation: Evaluation
    do throws(Failure) {
      evaluation = try operation.accept(response, asked, table)
    } catch {
      return ([], .failure(error))
    }
    let values = Self.values(description, operation, &evaluation, settings, mask, isAnswer: true)
    do throws(Failure) {
      switch description.stage {
      case .prepare:
        return (
          values, .success(.parameters(ClientParameters(parameters: try operation.clientParameters(&evaluation))))
        )
      case .login: return (values, .success(.number(try operation.retrievedNumber(&evaluation))))
      case .verify: return (values, .success(.verdict(try operation.verifiedNumber(&evaluation))))
      }
    } catch {
      return (values, .failure(error))
    }
  }
}

/// Why a call cannot even be rehearsed.
public enum RehearsalFault: Error {
  case account(AccountFault)
  case failure(Failure)
  /// The file does not describe the operation, or it asks no vendor.
  case nothingToSend
}

extension DeclarativeDescription {
  public func rehearse(
    _ call: PrepareClient, _ settings: AccountSettings, _ context: CallContext
  ) throws(RehearsalFault) -> RequestPreview {
    try rehearse(.prepare, CallInputs(call), settings, context)
  }

  public func rehearse(
    _ call: Login, _ settings: AccountSettings, _ context: CallContext
  ) throws(RehearsalFault) -> RequestPreview {
    try rehearse(.login, CallInputs(call), settings, context)
  }

  public func rehearse(
    _ call: Verify, _ settings: AccountSettings, _ context: CallContext
  ) throws(RehearsalFault) -> RequestPreview {
    try rehearse(.verify, CallInputs(call), settings, context)
  }

  private func rehearse(
    _ stage: DeclarativeStage, _ call: CallInputs, _ settings: AccountSettings, _ context: CallContext
  ) throws(RehearsalFault) -> RequestPreview {
    guard let operation = operations[stage] else { throw .nothingToSend }
    do throws(Failure) {
      try call.check(against: inputs, for: stage)
    } catch {
      throw .failure(error)
    }
    let mask = Mask(operation, account: accountFields, inputs: inputs)
    return try RequestPreview(operation, settings, mask: mask, call, context)
  }
}
