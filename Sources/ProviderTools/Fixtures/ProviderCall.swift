public import NumberAuth

/// A call of one of the capabilities.
public enum ProviderCall: Sendable {
  case prepare(PrepareClient)
  case sign(SignClient)
  case login(Login)
  case verify(Verify)
  /// The request for a credential, by its name.
  case credential(String)

  /// The stage of the failures of this call.
  public var stage: Stage {
    switch self {
    case .prepare: .prepare
    case .sign: .sign
    case .login: .login
    case .verify: .verify
    case .credential: .credential
    }
  }

  /// The result of a call.
  public enum Outcome: Sendable, Equatable {
    case parameters(ClientParameters)
    case signature(ClientSignature)
    case number(RetrievedNumber)
    case verdict(VerifiedNumber)
    case credential(FetchedCredential)

    /// The key of the result in a fixture.
    var kind: String {
      switch self {
      case .parameters: "parameters"
      case .signature: "sign"
      case .number: "number"
      case .verdict: "verdict"
      case .credential: "credential"
      }
    }
  }

  /// The exchange that the provider creates for the call; nil if the provider does not have the capability.
  public func exchange(
    with provider: any Provider, _ context: CallContext
  ) throws(Failure) -> Exchange<Outcome>? {
    switch self {
    case .prepare(let call):
      guard let provider = provider as? any ClientPreparing else { return nil }
      return try provider.prepare(call, context).map { .parameters($0) }
    case .sign(let call):
      guard let provider = provider as? any ClientSigning else { return nil }
      return try provider.sign(call, context).map { .signature($0) }
    case .login(let call):
      guard let provider = provider as? any NumberRetrieving else { return nil }
      return try provider.login(call, context).map { .number($0) }
    case .verify(let call):
      guard let provider = provider as? any NumberVerifying else { return nil }
      return try provider.verify(call, context).map { .verdict($0) }
    case .credential(let name):
      guard let provider = provider as? any CredentialUsing else { return nil }
      return try provider.fetch(name, context).map { .credential($0) }
    }
  }
}
