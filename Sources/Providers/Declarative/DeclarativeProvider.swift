import JSON
public import NumberAuth
import Schema

/// The adapter of a product whose provider file defines the wire format: the steps and requests of the file, bound to
/// one account. The file also defines which operations it supports.
public struct DeclarativeProvider: ClientPreparing, NumberRetrieving, NumberVerifying {
  public let table: FailureTable
  private let operations: [DeclarativeStage: BoundOperation]
  private let unsupported: [DeclarativeStage: AccountFault]
  private let inputs: [DeclaredField]

  /// Throws if a field of the account has an unusable value, or if the account supports neither login nor verify.
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
        // A missing field disables only the operations that use it: an account for login needs no key for verify.
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

  public func unsupportedReason(for operation: Operation) -> AccountFault? { unsupported[DeclarativeStage(operation)] }

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
    evaluation.releaseScratch()
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
    evaluation.releaseScratch()
    return (operation, vendorRequest, evaluation)
  }

  private func cannot(_ stage: DeclarativeStage) -> Failure {
    let detail = unsupported[stage].map { "The account does not support \(stage.rawValue): \($0.message)." }
    return Failure(
      .misconfigured, stage: stage.stage, detail: detail ?? "The provider does not support \(stage.rawValue).")
  }
}

// The provider contains the keys of the account: its description and its mirror show no stored values.
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
  /// The maximum size of a token or an input, in bytes: a quarter of the limit for a value.
  private static let maximumSize = Value.maximumSize / 4

  /// Checks the inputs against their declarations in the provider file. Throws `invalidRequest` with the input's name.
  func check(against declared: [DeclaredField], for stage: DeclarativeStage) throws(Failure) {
    for (name, text) in [("token", token), ("userInformation", userInformation ?? "")]
      + extras.inputs.map({ ("inputs." + $0.key, $0.value.revealed) })
    where text.utf8.count > Self.maximumSize {
      throw .gateway(.invalidRequest, "'\(name)' exceeds the limit of \(Self.maximumSize) bytes.")
    }
    for field in declared where field.operations?.contains(stage.rawValue) ?? true {
      guard let text = extras.inputs[field.name]?.revealed, !text.isEmpty else {
        let lowercasedName = field.name.lowercased()
        if let near = extras.inputs.keys.first(where: { $0 != field.name && $0.lowercased() == lowercasedName }) {
          throw .gateway(.invalidRequest, "Unknown input 'inputs.\(near)'. Did you mean 'inputs.\(field.name)'?")
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
