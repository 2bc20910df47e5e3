import JSON
public import NumberAuth
import Schema

/// A vendor product that a file describes: the file's steps and requests, bound to one account.
///
/// It is one more type behind the protocols that every adapter conforms to; what it can do is said by the file.
public struct DeclarativeProvider: ClientPreparing, NumberRetrieving, NumberVerifying {
  public let table: FailureTable
  private let operations: [DeclarativeStage: BoundOperation]
  private let unsupported: [DeclarativeStage: AccountFault]
  private let inputs: [DeclaredField]

  /// Throws where a field that is given cannot be used, or where nothing can be done with those that are.
  public init(_ settings: AccountSettings, _ description: DeclarativeDescription) throws(AccountFault) {
    table = settings.table
    inputs = description.inputs
    var operations: [DeclarativeStage: BoundOperation] = [:]
    var unsupported: [DeclarativeStage: AccountFault] = [:]
    for stage in DeclarativeStage.allCases {
      guard let operation = description.operations[stage] else { continue }
      do throws(AccountFault) {
        operations[stage] = try Binder.bind(operation, settings)
      } catch {
        // An account for login alone need not have the key that only verify takes.
        if settings.field(error.field) != nil || error.field == "provider" { throw error }
        unsupported[stage] = error
      }
    }
    if operations.keys.allSatisfy({ $0 == .prepare }),
      let unsupportedReason = unsupported[.login] ?? unsupported[.verify]
    {
      throw unsupportedReason
    }
    self.operations = operations
    self.unsupported = unsupported
  }

  public func unsupportedReason(to operation: Operation) -> AccountFault? { unsupported[DeclarativeStage(operation)] }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse {
    DeclarativeStage(rawValue: stage.rawValue).flatMap { operations[$0] }?.privateKeyUse ?? []
  }

  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    guard let operation = operations[.prepare] else {
      if unsupported[.prepare] != nil { throw cannot(.prepare) }
      return .answer(ClientParameters(parameters: JSONFragment { $0.object { _ in } }))
    }
    var evaluation = Evaluation(operation, CallInputs(call), context)
    guard let request = operation.request else {
      return .answer(ClientParameters(parameters: try operation.clientParameters(&evaluation)))
    }
    let vendorRequest = try request.request(&evaluation)
    evaluation.requestIsMade()
    let asked = evaluation
    return .send(vendorRequest) { response throws(Failure) in
      var evaluation = try operation.accept(response, asked, table)
      return ClientParameters(parameters: try operation.clientParameters(&evaluation))
    }
  }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    let (operation, request, asked) = try ask(.login, CallInputs(call), context)
    return .send(request) { response throws(Failure) in
      var evaluation = try operation.accept(response, asked, table)
      return try operation.retrievedNumber(&evaluation)
    }
  }

  public func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    let (operation, request, asked) = try ask(.verify, CallInputs(call), context)
    return .send(request) { response throws(Failure) in
      var evaluation = try operation.accept(response, asked, table)
      return try operation.verifiedNumber(&evaluation)
    }
  }

  private func ask(
    _ stage: DeclarativeStage, _ call: CallInputs, _ context: CallContext
  ) throws(Failure) -> (BoundOperation, VendorRequest, Evaluation) {
    guard let operation = operations[stage], let request = operation.request else { throw cannot(stage) }
    try call.check(against: inputs, for: stage)
    var evaluation = Evaluation(operation, call, context)
    let vendorRequest = try request.request(&evaluation)
    evaluation.requestIsMade()
    return (operation, vendorRequest, evaluation)
  }

  private func cannot(_ stage: DeclarativeStage) -> Failure {
    let detail = unsupported[stage].map { "The account cannot do \(stage.rawValue): \($0.message)." }
    return Failure(.misconfigured, stage: stage.stage, detail: detail ?? "The provider does no \(stage.rawValue).")
  }
}

// Accounts' keys are bound into it: it does not print.
extension DeclarativeProvider: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "declarative provider \(table.provider)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension BoundOperation {
  func clientParameters(_ evaluation: inout Evaluation) throws(Failure) -> JSONFragment {
    JSONFragment(json: try parameters?.bytes(&evaluation) ?? Array("{}".utf8))
  }
}

extension CallInputs {
  /// The most bytes of a token or an input: a quarter of what a value may come to.
  private static let longest = Value.largest / 4

  /// What the file declares beside the token must be there and of its form. Throws `invalidRequest`, naming the input.
  func check(against declared: [DeclaredField], for stage: DeclarativeStage) throws(Failure) {
    for (name, text) in [("token", token), ("userInformation", userInformation ?? "")]
      + extras.inputs.map({ ("inputs." + $0.key, $0.value.revealed) })
    where text.utf8.count > Self.longest {
      throw .gateway(.invalidRequest, "'\(name)' has more than \(Self.longest) bytes.")
    }
    for field in declared where field.operations?.contains(stage.rawValue) ?? true {
      guard let text = extras.inputs[field.name]?.revealed, !text.isEmpty else {
        let meant = field.name.lowercased()
        if let near = extras.inputs.keys.first(where: { $0 != field.name && $0.lowercased() == meant }) {
          throw .gateway(.invalidRequest, "'inputs.\(near)' is not known; it is written '\(field.name)'.")
        }
        guard field.isRequired else { continue }
        throw .gateway(
          .invalidRequest, "'inputs.\(field.name)' is missing" + (field.about.map { ": " + $0 } ?? "") + ".")
      }
      if let expectation = field.expectation(unmetBy: text) {
        throw .gateway(.invalidRequest, "'inputs.\(field.name)' must be \(expectation).")
      }
    }
  }
}
