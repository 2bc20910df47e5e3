public import NumberAuth

extension DeclarativeProvider: CredentialUsing {
  public func credentials(at stage: Stage) -> [String] {
    DeclarativeStage(rawValue: stage.rawValue).map { sharedCredentials(at: $0) } ?? []
  }

  public func fetch(_ credential: String, _ context: CallContext) throws(Failure) -> Exchange<FetchedCredential> {
    guard let operation = credentials[credential] else {
      throw Failure(.internal, stage: .credential, detail: "The account has no credential '\(credential)'.")
    }
    return try exchange(operation, CallInputs(), context) { operation, evaluation throws(Failure) in
      try operation.fetchedCredential(&evaluation)
    }
  }

  /// Fetches credentials that only this call uses, one after the other, and then makes the exchange of the call itself. A
  /// credential that the context already contains is not fetched.
  func fetching<Answer: Sendable>(
    _ names: ArraySlice<String>, _ call: CallInputs, _ context: CallContext,
    _ then: @escaping @Sendable (CallContext) throws(Failure) -> Exchange<Answer>
  ) throws(Failure) -> Exchange<Answer> {
    guard let name = names.first, let operation = credentials[name] else { return try then(context) }
    guard context.credentials[name] == nil else { return try fetching(names.dropFirst(), call, context, then) }
    let fetch = try exchange(operation, call, context) { operation, evaluation throws(Failure) in
      try operation.fetchedCredential(&evaluation)
    }
    guard case .send(let request, let read) = fetch else { return try then(context) }
    return .sendFirst(request) { response throws(Failure) in
      var context = context
      context.credentials[name] = try read(response).value
      return try fetching(names.dropFirst(), call, context, then)
    }
  }
}
