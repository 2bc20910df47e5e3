public import NumberAuth

/// A call of one of the four capabilities.
public enum ProviderCall: Sendable {
  case prepare(PrepareClient)
  case sign(SignClient)
  case login(Login)
  case verify(Verify)

  /// The stage of the failures of this call.
  public var stage: Stage {
    switch self {
    case .prepare: .prepare
    case .sign: .sign
    case .login: .login
    case .verify: .verify
    }
  }

  /// The result of a call.
  public enum Outcome: Sendable, Equatable {
    case parameters(ClientParameters)
    case signature(ClientSignature)
    case number(RetrievedNumber)
    case verdict(VerifiedNumber)

    /// The key of the result in a fixture.
    var kind: String {
      switch self {
      case .parameters: "parameters"
      case .signature: "sign"
      case .number: "number"
      case .verdict: "verdict"
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
    }
  }
}

extension Exchange {
  fileprivate func map<Other: Sendable>(_ change: @escaping @Sendable (Answer) -> Other) -> Exchange<Other> {
    switch self {
    case .answer(let answer): .answer(change(answer))
    case .send(let request, let read):
      .send(request) { response throws(Failure) in change(try read(response)) }
    }
  }
}
