import Configuration
import JSON
import Networking
import NumberAuth

extension RequestHandler {
  /// `POST /v1/apps/{appId}/sessions`: returns the data that the front end needs to call the vendor's SDK.
  func openSession(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    guard let channel = try body.word("channel", as: Channel.self) else {
      throw .gateway(.invalidRequest, "'channel' is missing.")
    }
    guard let operation = try body.word("operation", as: Operation.self) else {
      throw .gateway(.invalidRequest, "'operation' is missing.")
    }
    record.channel = channel
    record.operation = operation
    let call = PrepareClient(
      operation: operation, channel: channel, pageURL: try body.string("pageUrl"), pageOptions: app.pages[channel],
      extras: try body.extras())
    let candidates = try record.snapshot.router.candidates(
      appId: app.id, channel: channel, operation: operation, draw: draw())

    let accounts = candidates.compactMap { record.snapshot.accounts[$0.account] }
    if try body.string("phoneNumber") != nil {
      let served = accounts.map(\.file.countries)
      _ = try body.phoneNumber(of: served.dropFirst().reduce(served.first ?? .mainland) { $0.union($1) })
    }
    // One time limit for all attempts together.
    let limit = accounts.map(\.timeout).max().map { MonotonicTime.now.advanced(by: $0) }
    var failure: Failure?
    var wait: Duration?
    for account in accounts {
      let gate = record.snapshot.gate(of: account)
      let now = MonotonicTime.now
      guard gate.allowsCall(at: now) else {
        wait = min(wait ?? .seconds(86_400), gate.wait(at: now))
        continue
      }
      record.account = account
      if let url = call.pageURL, !account.pages.contains(url) {
        throw Failure(
          .pageNotRegistered, stage: .prepare,
          detail: "The page is not in 'accounts.\(account.name).pages'. Register it with the vendor and add it there.")
      }
      do throws(Failure) {
        let client = try await prepare(call, account, context, limit, &record)
        return session(app, account, call, client, context, &record)
      } catch {
        failure = error
        // The next account is tried only if nothing was sent to this one.
        let isOfAccount =
          error.reason == .vendorUnreachable || error.reason == .overloaded || error.stage == .credential
        guard error.delivery == .notSent, isOfAccount else { throw error }
      }
    }
    throw failure ?? .allBreakersOpen(wait ?? .seconds(1))
  }

  private func session(
    _ app: App, _ account: Account, _ call: PrepareClient, _ client: ClientParameters?, _ context: CallContext,
    _ record: inout CallRecord
  ) -> HTTPResponse {
    let session = Session(
      appId: app.id, account: account.name, provider: account.file.name, channel: call.channel,
      operation: call.operation, traceId: context.nonce,
      issuedAt: context.now, expiresAt: context.now.advanced(by: gateway.server.sessionLife))
    record.traceId = context.nonce
    record.outcome = record.outcome ?? "ok"
    let sdk = account.sdks[call.channel]
    return json {
      $0.member("session", record.snapshot.sessions.issue(session))
      $0.member("expiresAt", session.expiresAt.iso8601)
      $0.member("provider", account.file.name)
      $0.object("client") {
        $0.object("sdk") {
          $0.array("scripts") { for script in sdk?.scripts ?? [] { $0.value(script) } }
          $0.array("styles") { for style in sdk?.styles ?? [] { $0.value(style) } }
          $0.member("package", ifPresent: sdk?.package)
          $0.member("global", ifPresent: sdk?.global)
          $0.member("entry", ifPresent: sdk?.entry)
        }
        $0.key("parameters")
        if let client { $0.value(client.parameters) } else { $0.object { _ in } }
        if let authPage = client?.authPage {
          $0.key("authPage")
          $0.value(authPage)
        }
        $0.member("tokenLifeSeconds", Int(account.file.tokenLife.components.seconds))
        if !account.file.inputs.isEmpty {
          $0.array("inputs") { for input in account.file.inputs { $0.value(input.name) } }
        }
      }
    }
  }

  /// `POST /v1/apps/{appId}/signatures`: signs the text of the quick app's SDK. Requires a valid session.
  func sign(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    let session = try record.snapshot.sessions.read(try body.required("session"), appId: app.id, now: context.now)
    let account = try account(of: session, &record)
    guard let provider = account.signing else {
      throw .gateway(.operationUnsupported, "The provider '\(account.file.name)' does not support signatures.")
    }
    let call = SignClient(preSign: try body.required("preSign"))
    let signature = try await deliver(.sign, account, context, &record) { context throws(Failure) in
      try provider.sign(call, context)
    } read: { _ in
      VendorResult("ok", billed: .no)
    }
    return json { $0.member("sign", signature.sign.revealed) }
  }

  /// The account that prepared the front end. It receives the token even if the route has changed since.
  func account(of session: Session, _ record: inout CallRecord) throws(Failure) -> Account {
    record.channel = session.channel
    record.operation = session.operation
    record.traceId = session.traceId
    guard let account = record.snapshot.accounts[session.account] else {
      throw .gateway(.sessionInvalid, "The session's account is no longer configured.")
    }
    guard session.provider == nil || session.provider == account.file.name else {
      throw .gateway(.sessionInvalid, "The session's account now belongs to another provider.")
    }
    record.account = account
    return account
  }
}

extension Failure {
  fileprivate static func allBreakersOpen(_ wait: Duration) -> Failure {
    var failure = Failure.gateway(
      .overloaded,
      "The circuit breakers of all accounts of this route are open; next attempt in \(wait.wholeSeconds) s.")
    failure.retryAfterSeconds = wait.wholeSeconds
    return failure
  }
}
