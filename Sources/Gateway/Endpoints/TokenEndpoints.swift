import Configuration
import JSON
import Networking
import NumberAuth

extension RequestHandler {
  /// `POST /v1/apps/{appId}/login`: exchanges the token for the phone number.
  func login(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    let (account, channel) = try tokenAccount(app, body, .login, context, &record)
    let call = Login(
      channel: channel, token: try body.token(), userInformation: try body.userInformation(),
      carrier: try body.word("carrier", as: Carrier.self), extras: try body.extras())
    guard let provider = account.retrieving else { throw Self.unsupported(account, .login) }
    if let shared = try await answerInFlight(account, .login, call.token, nil, &record) { return shared }
    let answer = try await deliver(
      .login, account, context, &record, sent: call.secrets,
      subject: CallSubject(carrier: call.carrier, token: call.token)
    ) { context throws(Failure) in
      try provider.login(call, context)
    } read: {
      VendorResult(
        "ok", billed: $0.billed, vendorId: $0.vendorTransaction, carrier: $0.carrier, number: $0.phoneNumber)
    }
    return json {
      $0.member("phoneNumber", answer.phoneNumber.text)
      $0.member("masked", answer.phoneNumber.masked)
      $0.member("carrier", ifPresent: answer.carrier?.rawValue)
      $0.transaction(account, record.transaction ?? context.nonce, answer.vendorTransaction, answer.billed)
    }
  }

  /// `POST /v1/apps/{appId}/verify`: compares the entered number with the number of the token.
  func verify(
    _ app: App, _ body: RequestBody, _ context: CallContext, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    let (account, channel) = try tokenAccount(app, body, .verify, context, &record)
    let call = Verify(
      channel: channel, token: try body.token(), phoneNumber: try body.phoneNumber(of: account.file.countries),
      userInformation: try body.userInformation(), carrier: try body.word("carrier", as: Carrier.self),
      extras: try body.extras())
    guard let provider = account.verifying else { throw Self.unsupported(account, .verify) }
    if let shared = try await answerInFlight(account, .verify, call.token, call.phoneNumber, &record) { return shared }
    let answer = try await deliver(
      .verify, account, context, &record, sent: call.secrets,
      subject: CallSubject(number: call.phoneNumber, carrier: call.carrier, token: call.token)
    ) { context throws(Failure) in
      try provider.verify(call, context)
    } read: {
      VendorResult($0.verdict.rawValue, billed: $0.billed, vendorId: $0.vendorTransaction)
    }
    return json {
      $0.member("verdict", answer.verdict.rawValue)
      $0.member("smsAssistToken", ifPresent: answer.smsAssistToken?.revealed)
      $0.transaction(account, record.transaction ?? context.nonce, answer.vendorTransaction, answer.billed)
    }
  }

  private static func unsupported(_ account: Account, _ operation: Operation) -> Failure {
    .gateway(.operationUnsupported, "The provider '\(account.file.name)' does not support \(operation.rawValue).")
  }

  /// The account of the session. Without a session the route of the channel must have exactly one account, because a
  /// token must be sent to the account whose SDK acquired it.
  private func tokenAccount(
    _ app: App, _ body: RequestBody, _ operation: Operation, _ context: CallContext, _ record: inout CallRecord
  ) throws(Failure) -> (Account, Channel) {
    record.operation = operation
    if let text = try body.string("session") {
      let session = try record.snapshot.sessions.read(text, appId: app.id, now: context.now)
      let account = try account(of: session, &record)
      guard session.operation == operation else {
        throw .gateway(
          .sessionInvalid, "The session was opened for \(session.operation.rawValue), not for \(operation.rawValue).")
      }
      return (account, session.channel)
    }
    guard let channel = try body.word("channel", as: Channel.self) else {
      throw .gateway(.invalidRequest, "'session' or 'channel' is missing.")
    }
    record.channel = channel
    guard let account = record.snapshot.soleAccount(of: app, channel, operation) else {
      _ = try record.snapshot.router.candidates(appId: app.id, channel: channel, operation: operation, draw: 0)
      throw .gateway(
        .invalidRequest,
        "'session' is missing: this route has several accounts, so a token must be sent with its session.")
    }
    record.account = account
    return (account, channel)
  }
}

extension Login {
  fileprivate var secrets: [Secret] { [token] + extras.inputs.values }
}

extension Verify {
  fileprivate var secrets: [Secret] {
    // Also without `+` and without a calling code of one to three digits.
    let number = phoneNumber.isMainland ? [] : (0...4).map { Secret(String(phoneNumber.text.dropFirst($0))) }
    return [token] + number + extras.inputs.values
  }
}

extension JSONWriter {
  fileprivate mutating func transaction(
    _ account: Account, _ id: String, _ vendorId: String?, _ billed: Billing
  ) {
    member("provider", account.file.name)
    object("transaction") {
      $0.member("id", id)
      $0.member("vendorId", ifPresent: vendorId.map(FailureTable.bounded))
    }
    member("billed", billed.rawValue)
  }
}
