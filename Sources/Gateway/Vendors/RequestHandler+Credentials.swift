import Configuration
import Networking
import NumberAuth

extension RequestHandler {
  /// Adds the credentials that a call at this stage needs to its context, and waits for those that must be fetched. No
  /// failure of a fetch concerns the user's token: nothing was sent with it.
  func addCredentials(
    to context: inout CallContext, _ stage: Stage, _ account: Account, _ record: inout CallRecord
  ) async throws(Failure) {
    guard let provider = account.credentialUser, let credentials = record.snapshot.credentials[account.name] else {
      return
    }
    for name in provider.credentials(at: stage) {
      context.credentials[name] = try await credential(name, provider, account, credentials, context, &record)
    }
  }

  private func credential(
    _ name: String, _ provider: any CredentialUsing, _ account: Account, _ credentials: AccountCredentials,
    _ context: CallContext, _ record: inout CallRecord
  ) async throws(Failure) -> Secret {
    let arrival = MonotonicTime.now
    while true {
      switch credentials.find(name, at: .now) {
      case .use(let value): return value
      case .useAndFetch(let value):
        fetch(name, provider, account, credentials, context.credentials)
        return value
      case .fetch: fetch(name, provider, account, credentials, context.credentials)
      case .wait: break
      case .refused(var failure, let wait):
        failure.retryAfterSeconds = wait.wholeSeconds
        throw failure
      }
      let outcome = await credentials.wait(for: name)
      record.vendorNanoseconds += MonotonicTime.now.nanoseconds(since: arrival)
      if let outcome { return try outcome.get() }
    }
  }

  /// Requests a credential. The task belongs to no call, so that the end of one does not end the wait of the others.
  private func fetch(
    _ name: String, _ provider: any CredentialUsing, _ account: Account, _ credentials: AccountCredentials,
    _ known: [String: Secret]
  ) {
    Task(executorPreference: vendorClient.loop) {
      let start = MonotonicTime.now
      var context = self.newContext()
      context.credentials = known
      var result: Result<FetchedCredential, Failure>
      do throws(Failure) {
        result = await self.vendorClient.fetch(try provider.fetch(name, context), of: account)
      } catch {
        result = .failure(error)
      }
      if case .failure(let failure) = result, let rejection = failure.rejection,
        let refused = known[rejection.credential]
      {
        _ = credentials.remove(rejection.credential, refused: refused, at: .now)
      }
      result = result.mapError { $0.beforeCall(of: account, with: known) }
      let now = MonotonicTime.now
      let outcome = if case .failure(let failure) = result { failure.reason.rawValue } else { "ok" }
      self.metrics.vendorCall(
        provider: account.file.name, stage: .credential, outcome: outcome, billed: .no,
        nanoseconds: now.nanoseconds(since: start))
      if case .failure(let failure) = result { self.noteUnmapped(failure, at: .wallClock) }
      self.log.credential(name, of: account, result, at: .wallClock)
      credentials.end(name, result, from: start, at: now)
    }
  }

  /// Whether the call can be sent again because the vendor refused a credential before it used the user's token. The
  /// credential is fetched anew in any case.
  func canSendAgain(after failure: Failure, _ account: Account, _ context: CallContext, _ record: CallRecord) -> Bool {
    guard let rejection = failure.rejection, let refused = context.credentials[rejection.credential],
      let credentials = record.snapshot.credentials[account.name]
    else { return false }
    return credentials.remove(rejection.credential, refused: refused, at: .now) && !rejection.usesToken
  }
}

extension Failure {
  /// The failure of a call whose credential could not be fetched: the call itself was not sent.
  fileprivate func beforeCall(of account: Account, with known: [String: Secret]) -> Failure {
    let secrets =
      Array(known.values)
      + account.file.accountFields.filter(\.isSecret).compactMap { account.settings.optional($0.name) }
    var failure = withoutRepeating(secrets)
    failure.stage = .credential
    failure.delivery = .notSent
    failure.billed = .no
    failure.isIncompleteSuccess = false
    return failure
  }
}
