import Configuration
import Networking
import NumberAuth

extension RequestHandler {
  /// Creates an exchange with the account's credentials, executes it and records the result. `sent` lists secrets of the
  /// request, which are redacted from the vendor's code and message.
  func deliver<Answer: Sendable>(
    _ stage: Stage, _ account: Account, _ context: CallContext, _ record: inout CallRecord,
    sent: @autoclosure () -> [Secret] = [], subject: CallSubject = CallSubject(), limit: MonotonicTime? = nil,
    _ makeExchange: (CallContext) throws(Failure) -> Exchange<Answer>, read: (Answer) -> VendorResult
  ) async throws(Failure) -> Answer {
    guard account.credentialUser != nil else {
      let reservation = try reserve(stage, account, subject, &record)
      return try await attempt(
        stage, account, &record, reservation, sent: sent(), subject: subject, limit: limit,
        { () throws(Failure) in try makeExchange(context) }, read: read)
    }
    let limit = limit ?? MonotonicTime.now.advanced(by: account.timeout)
    var context = context
    try await addCredentials(to: &context, stage, account, &record)
    // The call is counted once, also if it is sent again.
    let reservation = try reserve(stage, account, subject, &record)
    do throws(Failure) {
      return try await attempt(
        stage, account, &record, reservation, keepsReservation: { $0.mayBeSentAgain },
        sent: sent() + context.credentials.values, subject: subject, limit: limit,
        { () throws(Failure) in try makeExchange(context) }, read: read)
    } catch {
      guard error.mayBeSentAgain else { throw error }
      guard canSendAgain(after: error, account, context, record), MonotonicTime.now < limit else {
        settle(reservation, calls: 0, billed: error.billed)
        throw error
      }
    }
    // The vendor may refuse a nonce that it has already received.
    context = newContext()
    record.transaction = context.nonce
    do throws(Failure) {
      try await addCredentials(to: &context, stage, account, &record)
    } catch {
      settle(reservation, calls: 0, billed: .no)
      throw error
    }
    return try await attempt(
      stage, account, &record, reservation, sent: sent() + context.credentials.values, subject: subject, limit: limit,
      { () throws(Failure) in try makeExchange(context) }, read: read)
  }

  /// - Parameter keepsReservation: Whether the reservation is kept after this failure, for another attempt.
  private func attempt<Answer: Sendable>(
    _ stage: Stage, _ account: Account, _ record: inout CallRecord, _ reservation: LimitReservation?,
    keepsReservation: (Failure) -> Bool = { _ in false }, sent: @autoclosure () -> [Secret], subject: CallSubject,
    limit: MonotonicTime?, _ makeExchange: () throws(Failure) -> Exchange<Answer>, read: (Answer) -> VendorResult
  ) async throws(Failure) -> Answer {
    let gate = record.snapshot.gate(of: account)
    let privateKeyUse = account.provider.privateKeyUse(at: stage)
    var limit = limit
    var waited: UInt64 = 0
    if privateKeyUse.contains(.request) {
      let arrival = MonotonicTime.now
      limit = limit ?? arrival.advanced(by: account.timeout)
      let refusal = await vendorClient.waitForTurn(account, gate, stage, since: arrival)
      waited = MonotonicTime.now.nanoseconds(since: arrival)
      record.queueNanoseconds += waited
      if let refusal {
        settle(reservation, calls: 1, billed: .no)
        throw refusal
      }
    }
    let exchange: Exchange<Answer>
    let intent: Int64?
    do throws(Failure) {
      exchange = try makeExchange()
      if privateKeyUse.contains(.request) { await vendorClient.loop.endOfHeavyWork() }
      intent = mustBeginCall(stage) ? try await beginCall(stage, account, subject, record) : nil
    } catch {
      settle(reservation, calls: 1, billed: .no)
      throw error
    }
    let wasSent = if case .answer = exchange { false } else { true }
    let delivered = await vendorClient.deliver(
      exchange, to: account, through: gate, stage: stage, app: record.appId ?? "", limit: limit,
      waitedNanoseconds: waited, privateKeyUse: privateKeyUse)
    record.vendorNanoseconds += delivered.vendorNanoseconds
    record.queueNanoseconds += delivered.queueNanoseconds
    let result = delivered.result.map(read)
    let (outcome, billed) =
      switch result {
      case .success(let answer): (answer.outcome, answer.billed)
      case .failure(let failure): (failure.reason.rawValue, failure.billed)
      }
    if wasSent {
      metrics.vendorCall(
        provider: account.file.name, stage: stage, outcome: outcome, billed: billed,
        nanoseconds: delivered.vendorNanoseconds)
    }
    if let reservation {
      let failure = if case .failure(let failure) = result { failure } else { Failure?.none }
      if !(failure.map(keepsReservation) ?? false) {
        settle(reservation, calls: failure?.delivery == .notSent ? 1 : 0, billed: billed)
      }
    }
    if delivered.vendorNanoseconds > 0 {
      enterLedger(
        stage, account, subject, &record, result.mapError { $0.withoutRepeating(sent()) },
        nanoseconds: delivered.vendorNanoseconds, intent: intent)
    } else if let intent {
      // The gateway refused the call: nothing was sent.
      ledgerQueue?.withdraw(intent: intent)
    }
    record.billed = billed
    if case .success = delivered.result { record.outcome = outcome }
    do throws(Failure) {
      return try delivered.result.get()
    } catch {
      throw error.withoutRepeating(sent())
    }
  }
}

extension Failure {
  /// Copy of the failure with request secrets removed from the vendor's code, message and id.
  /// Whether the vendor refused a credential before it used the user's token.
  fileprivate var mayBeSentAgain: Bool { rejection?.usesToken == false }

  func withoutRepeating(_ secrets: [Secret]) -> Failure {
    var failure = self
    failure.vendorTransaction = vendorTransaction.map { id in
      secrets.reduce(id) { Redaction.id($0, without: $1.revealed) }
    }
    guard let vendor else { return failure }
    let code = secrets.reduce(vendor.code) { Redaction.code($0, without: $1.revealed) }
    let message = vendor.message.map { secrets.reduce($0) { Redaction.text($0, without: $1.revealed) } }
    failure.vendor = VendorMessage(provider: vendor.provider, code: code, message: message)
    return failure
  }
}
