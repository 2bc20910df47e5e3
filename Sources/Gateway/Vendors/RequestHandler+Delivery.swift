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
      return try await attempt(
        stage, account, &record, sent: sent(), subject: subject, limit: limit,
        { () throws(Failure) in try makeExchange(context) }, read: read)
    }
    let limit = limit ?? MonotonicTime.now.advanced(by: account.timeout)
    var context = context
    try await addCredentials(to: &context, stage, account, &record)
    do throws(Failure) {
      return try await attempt(
        stage, account, &record, sent: sent(), subject: subject, limit: limit,
        { () throws(Failure) in try makeExchange(context) }, read: read)
    } catch {
      guard canSendAgain(after: error, account, context, record) else { throw error }
    }
    // The vendor may refuse a nonce that it has already received.
    context = newContext()
    record.transaction = context.nonce
    try await addCredentials(to: &context, stage, account, &record)
    return try await attempt(
      stage, account, &record, sent: sent(), subject: subject, limit: limit,
      { () throws(Failure) in try makeExchange(context) }, read: read)
  }

  private func attempt<Answer: Sendable>(
    _ stage: Stage, _ account: Account, _ record: inout CallRecord, sent: @autoclosure () -> [Secret],
    subject: CallSubject, limit: MonotonicTime?, _ makeExchange: () throws(Failure) -> Exchange<Answer>,
    read: (Answer) -> VendorResult
  ) async throws(Failure) -> Answer {
    let reservation = try reserve(stage, account, subject, &record)
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
      let isSent = if case .failure(let failure) = result { failure.delivery != .notSent } else { true }
      settle(reservation, calls: isSent ? 0 : 1, billed: billed)
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
