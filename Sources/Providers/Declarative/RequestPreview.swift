public import NumberAuth

/// A dry run of one described operation: evaluates every step and builds the request, but sends nothing.
public struct RequestPreview: Sendable {
  /// The result of a step.
  public struct StepValue: Sendable {
    public let name: String
    /// Text, or bytes in hexadecimal digits; the detail of the failure if the step failed.
    public let value: String
    public let isBytes: Bool
    /// Whether the value contains, or is computed from, a key, a token or a phone number.
    public let isPrivate: Bool
    /// The input of a digest or a signature, if the step itself assembles it from several pieces.
    public let signedText: String?
    /// `signedText` with placeholders for private values.
    public let maskedSignedText: String?
  }

  /// The steps that the request needs. Each step follows the steps that it uses.
  public let steps: [StepValue]
  /// nil for an operation that sends no request: its result depends on the call only.
  public let request: VendorRequest?
  /// `request` with placeholders for private values; nil if the request cannot be built with placeholders.
  public let maskedRequest: VendorRequest?
  private let operation: BoundOperation
  private let description: OperationDescription
  private let mask: Mask
  private let settings: AccountSettings
  private let asked: Evaluation

  /// The result of a successful response.
  public enum Outcome: Sendable {
    case parameters(ClientParameters)
    case number(RetrievedNumber)
    case verdict(VerifiedNumber)
    case credential(FetchedCredential)
    case signature(ClientSignature)
  }

  fileprivate init(
    _ description: OperationDescription, _ settings: AccountSettings, mask: Mask, _ call: CallInputs,
    _ context: CallContext
  ) throws(RequestPreviewFault) {
    do throws(AccountFault) {
      operation = try Binder.bind(description, settings)
    } catch {
      throw .account(error)
    }
    guard operation.request != nil || operation.answer?.source != nil || operation.signature != nil else {
      throw .nothingToSend
    }
    var evaluation = Evaluation(operation, call, context)
    do throws(Failure) {
      request = try operation.request.map { request throws(Failure) in try request.request(&evaluation) }
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
        (text, isBytes) = ("failed: \(error.detail ?? error.reason.rawValue)", false)
      }
      let signed = signedText(step, &evaluation, settings, mask)
      values.append(
        StepValue(
          name: step.name, value: text, isBytes: isBytes, isPrivate: mask.step(index) != nil,
          signedText: signed?.clear, maskedSignedText: signed?.masked))
    }
    return values
  }

  /// Reads a response. Returns the values of the steps of `answer` and the outcome.
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
      return (values, .success(try Self.outcome(operation, description.stage, &evaluation)))
    } catch {
      return (values, .failure(error))
    }
  }

  /// The result of an operation that sends no request.
  public func result(_ table: FailureTable) -> (steps: [StepValue], outcome: Result<Outcome, Failure>) {
    var evaluation = asked
    do throws(Failure) {
      if let signature = operation.signature {
        return ([], .success(.signature(ClientSignature(sign: Secret(try signature.text(&evaluation))))))
      }
      // Without the answer's values if the text is not as documented.
      let outcome = try operation.readSource(asked.call, asked.context, table) { operation, read throws(Failure) in
        evaluation = read
        return try Self.outcome(operation, description.stage, &read)
      }
      return (Self.values(description, operation, &evaluation, settings, mask, isAnswer: true), .success(outcome))
    } catch {
      return ([], .failure(error))
    }
  }

  private static func outcome(
    _ operation: BoundOperation, _ stage: DeclarativeStage, _ evaluation: inout Evaluation
  ) throws(Failure) -> Outcome {
    switch stage {
    case .prepare: .parameters(ClientParameters(parameters: try operation.clientParameters(&evaluation)))
    case .login: .number(try operation.retrievedNumber(&evaluation))
    case .verify: .verdict(try operation.verifiedNumber(&evaluation))
    case .credential: .credential(try operation.fetchedCredential(&evaluation))
    case .sign: .signature(ClientSignature(sign: Secret(try operation.signature?.text(&evaluation) ?? "")))
    }
  }
}

/// The reason why a call cannot be previewed.
public enum RequestPreviewFault: Error {
  case account(AccountFault)
  case failure(Failure)
  /// The file does not describe the operation, or the operation needs no value of the call.
  case nothingToSend
}

extension DeclarativeDescription {
  /// Evaluates the steps and builds the request of `prepare`, without sending it.
  public func preview(
    _ call: PrepareClient, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    try preview(.prepare, CallInputs(call), settings, context)
  }

  /// As above, for `sign`.
  public func preview(
    _ call: SignClient, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    try preview(.sign, CallInputs(call), settings, context)
  }

  /// As above, for `login`.
  public func preview(
    _ call: Login, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    try preview(.login, CallInputs(call), settings, context)
  }

  /// As above, for `verify`.
  public func preview(
    _ call: Verify, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    try preview(.verify, CallInputs(call), settings, context)
  }

  /// As above, for the request of a credential.
  /// - Parameter call: A call for which the credential is fetched; nil if its request contains no values of a call.
  public func preview(
    credential name: String, of call: Login?, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    guard let credential = credentials.first(where: { $0.name == name }) else { throw .nothingToSend }
    return try preview(credential.operation, call.map { CallInputs($0) } ?? CallInputs(), settings, context)
  }

  private func preview(
    _ stage: DeclarativeStage, _ call: CallInputs, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    guard let operation = operations[stage] else { throw .nothingToSend }
    do throws(Failure) {
      try call.check(against: inputs, for: stage)
    } catch {
      throw .failure(error)
    }
    return try preview(operation, call, settings, context)
  }

  private func preview(
    _ operation: OperationDescription, _ call: CallInputs, _ settings: AccountSettings, _ context: CallContext
  ) throws(RequestPreviewFault) -> RequestPreview {
    let mask = Mask(operation, account: accountFields, inputs: inputs)
    return try RequestPreview(operation, settings, mask: mask, call, context)
  }
}
