import JSON
public import NumberAuth
import Schema

/// The adapter of a product whose provider file defines the wire format: the steps and requests of the file, bound to
/// one account. The file also defines which operations it supports.
public struct DeclarativeProvider: ClientPreparing, ClientSigning, NumberRetrieving, NumberVerifying {
  /// An operation with the credentials that it needs.
  struct Served: Sendable {
    let operation: BoundOperation
    /// The credentials that calls of the account share, in the order in which they are fetched.
    let sharedCredentials: [String]
    /// The credentials that each call fetches for itself.
    let callCredentials: [String]
  }

  public let table: FailureTable
  private let operations: [DeclarativeStage: Served]
  let credentials: [String: BoundOperation]
  private let unsupported: [DeclarativeStage: AccountFault]
  private let inputs: [DeclaredField]

  /// Throws if a field of the account has an unusable value, or if the account supports neither login nor verify.
  public init(_ settings: AccountSettings, _ description: DeclarativeDescription) throws(AccountFault) {
    table = settings.table
    inputs = description.inputs
    var operations: [DeclarativeStage: Served] = [:]
    var credentials: [String: BoundOperation] = [:]
    var unsupported: [DeclarativeStage: AccountFault] = [:]
    for stage in DeclarativeStage.allCases {
      guard let operation = description.operations[stage] else { continue }
      do throws(AccountFault) {
        let needed = description.credentials(of: operation)
        for credential in needed where credentials[credential.name] == nil {
          credentials[credential.name] = try Binder.bind(credential.operation, settings)
        }
        operations[stage] = Served(
          operation: try Binder.bind(operation, settings),
          sharedCredentials: needed.filter { !$0.isOfCall }.map(\.name),
          callCredentials: needed.filter(\.isOfCall).map(\.name))
      } catch {
        // A missing field disables only the operations that use it: an account for login needs no key for verify.
        if settings.field(error.field) != nil || error.field == "provider" { throw error }
        unsupported[stage] = error
      }
    }
    if operations.keys.allSatisfy({ $0 == .prepare || $0 == .sign }),
      let unsupportedReason = unsupported[.login] ?? unsupported[.verify]
    {
      throw unsupportedReason
    }
    self.operations = operations
    self.credentials = credentials
    self.unsupported = unsupported
  }

  public func unsupportedReason(for operation: Operation) -> AccountFault? { unsupported[DeclarativeStage(operation)] }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse {
    guard let served = DeclarativeStage(rawValue: stage.rawValue).flatMap({ operations[$0] }) else { return [] }
    // The first credential of the call is requested when the exchange is created.
    let ofCredentials = served.callCredentials.compactMap { credentials[$0]?.privateKeyUse }
    return ofCredentials.contains { !$0.isEmpty }
      ? served.operation.privateKeyUse.union(.request) : served.operation.privateKeyUse
  }

  func sharedCredentials(at stage: DeclarativeStage) -> [String] { operations[stage]?.sharedCredentials ?? [] }

  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    guard let served = operations[.prepare] else {
      if unsupported[.prepare] != nil { throw cannot(.prepare) }
      return .answer(ClientParameters(parameters: JSONFragment { $0.object { _ in } }))
    }
    let inputs = CallInputs(call)
    guard served.operation.request == nil else {
      return try ask(.prepare, inputs, context) { operation, evaluation throws(Failure) in
        ClientParameters(parameters: try operation.clientParameters(&evaluation))
      }
    }
    return try fetching(served.callCredentials[...], inputs, context) { context throws(Failure) in
      var evaluation = Evaluation(served.operation, inputs, context)
      return .answer(ClientParameters(parameters: try served.operation.clientParameters(&evaluation)))
    }
  }

  public func sign(_ call: SignClient, _ context: CallContext) throws(Failure) -> Exchange<ClientSignature> {
    guard let served = operations[.sign], let signature = served.operation.signature else { throw cannot(.sign) }
    let inputs = CallInputs(call)
    return try fetching(served.callCredentials[...], inputs, context) { context throws(Failure) in
      var evaluation = Evaluation(served.operation, inputs, context)
      return .answer(ClientSignature(sign: Secret(try signature.text(&evaluation))))
    }
  }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    try ask(.login, CallInputs(call), context) { operation, evaluation throws(Failure) in
      try operation.retrievedNumber(&evaluation)
    }
  }

  public func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    try ask(.verify, CallInputs(call), context) { operation, evaluation throws(Failure) in
      try operation.verifiedNumber(&evaluation)
    }
  }

  private func ask<Answer: Sendable>(
    _ stage: DeclarativeStage, _ call: CallInputs, _ context: CallContext,
    _ read: @escaping @Sendable (BoundOperation, inout Evaluation) throws(Failure) -> Answer
  ) throws(Failure) -> Exchange<Answer> {
    guard let served = operations[stage] else { throw cannot(stage) }
    try call.check(against: inputs, for: stage)
    guard !served.callCredentials.isEmpty else { return try exchange(served.operation, call, context, read) }
    return try fetching(served.callCredentials[...], call, context) { context throws(Failure) in
      try exchange(served.operation, call, context, read)
    }
  }

  /// One request, and the function that reads its response. Without a request, the result of reading the text that the
  /// file names.
  func exchange<Answer: Sendable>(
    _ operation: BoundOperation, _ call: CallInputs, _ context: CallContext,
    _ read: @escaping @Sendable (BoundOperation, inout Evaluation) throws(Failure) -> Answer
  ) throws(Failure) -> Exchange<Answer> {
    guard let request = operation.request else { return .answer(try operation.readSource(call, context, table, read)) }
    var evaluation = Evaluation(operation, call, context)
    let vendorRequest = try request.request(&evaluation)
    evaluation.releaseScratch()
    let asked = evaluation
    return .send(vendorRequest) { response throws(Failure) in
      var evaluation = try operation.accept(response, asked, table)
      return try read(operation, &evaluation)
    }
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
