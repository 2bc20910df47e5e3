import Configuration
import NumberAuth
import Store

/// What an answer of a vendor contributes to metrics, log and ledger.
struct VendorResult {
  /// `ok` or a verdict.
  let outcome: String
  let billed: Billing
  /// The vendor's id of the call.
  var vendorId: String?
  var carrier: Carrier?
  /// The number of a login. It is hashed if `ledger.numberHash` is set, and never stored.
  var number: PhoneNumber?

  init(
    _ outcome: String, billed: Billing, vendorId: String? = nil, carrier: Carrier? = nil, number: PhoneNumber? = nil
  ) {
    self.outcome = outcome
    self.billed = billed
    self.vendorId = vendorId
    self.carrier = carrier
    self.number = number
  }
}

/// What a request contributes to the ledger's row before the vendor answers.
struct CallSubject {
  /// The entered number. It is hashed if `ledger.numberHash` is set, and never stored.
  var number: PhoneNumber?
  var carrier: Carrier?
  /// A vendor that repeats it as its id must not bring it into the ledger.
  var token: Secret?
}

extension RequestHandler {
  /// Whether `beginCall` must be called before a call to the vendor.
  func mustBeginCall(_ stage: Stage) -> Bool {
    guard let settings = gateway.ledger?.settings, stage == .login || stage == .verify else { return false }
    return settings.durability == .strict || settings.onError == .refuse
  }

  /// Refuses the call if the ledger cannot be written and must not miss a row. With `strict` it commits the intent of the
  /// call and returns its number.
  func beginCall(
    _ stage: Stage, _ account: Account, _ subject: CallSubject, _ record: CallRecord
  ) async throws(Failure) -> Int64? {
    guard let ledger = gateway.ledger, let ledgerQueue else { return nil }
    if ledger.refusesCalls { throw Self.ledgerFailing(stage) }
    guard ledger.settings.durability == .strict else { return nil }
    let row = row(
      stage, account, subject, record,
      .failure(Failure(.vendorTimeout, stage: stage, billed: .unknown, delivery: .unknown)),
      nanoseconds: 0, at: .wallClock)
    let (ticket, intent) = ledgerQueue.appendIntent(row, answer: record.idempotentAnswer)
    let isCommitted = await ledgerQueue.waitUntilCommitted(ticket)
    if !isCommitted, ledger.settings.onError == .refuse {
      ledgerQueue.withdraw(intent: intent)
      throw Self.ledgerFailing(stage)
    }
    return intent
  }

  private static func ledgerFailing(_ stage: Stage) -> Failure {
    Failure(
      .overloaded, stage: stage, detail: "The ledger cannot be written, and `ledger.onError` is `refuse`.",
      retryAfterSeconds: 1)
  }

  /// Appends the row of a call. The answer waits for it: see `awaitedEntry`.
  func enterLedger(
    _ stage: Stage, _ account: Account, _ subject: CallSubject, _ record: inout CallRecord,
    _ result: Result<VendorResult, Failure>, nanoseconds: UInt64, intent: Int64?
  ) {
    guard let ledgerQueue else { return }
    let row = row(stage, account, subject, record, result, nanoseconds: nanoseconds, at: .wallClock)
    if let request = record.idempotent, stage == .login || stage == .verify {
      // The row of a call that is sent again has no answer.
      if let (earlier, intent) = request.row { record.ledgerTicket = ledgerQueue.append(earlier, intent: intent) }
      // The row is appended with the answer: a crash loses neither or both of them.
      request.row = (row, intent)
    } else {
      record.ledgerTicket = ledgerQueue.append(row, intent: intent)
    }
  }

  /// The entry that must be committed and synced before the answer of the request leaves; nil if it leaves at once.
  func awaitedEntry(_ record: CallRecord) -> LedgerQueue.Ticket? {
    gateway.ledger?.settings.durability == .relaxed ? nil : record.ledgerTicket
  }

  private func row(
    _ stage: Stage, _ account: Account, _ subject: CallSubject, _ record: CallRecord,
    _ result: Result<VendorResult, Failure>, nanoseconds: UInt64, at now: WallTime
  ) -> LedgerRow {
    let outcome: String
    let billed: Billing
    var failure: Failure?
    var answered: VendorResult?
    switch result {
    case .success(let value): (outcome, billed, answered) = (value.outcome, value.billed, value)
    case .failure(let value): (outcome, billed, failure) = ("failed", value.billed, value)
    }
    let operation: Operation? =
      switch stage {
      case .login: .login
      case .verify: .verify
      default: nil
      }
    let (price, currency) = account.prices.price(of: operation, at: now)
    let series = seriesCache.entry(
      of: Series(
        gateway: gateway.ledger?.gateway ?? "", team: record.team ?? "", app: record.appId ?? "", account: account.name,
        provider: account.file.name, channel: record.channel, operation: record.operation, stage: stage,
        carrier: answered?.carrier ?? failure?.carrier ?? subject.carrier, outcome: outcome, reason: failure?.reason,
        delivery: failure?.delivery ?? .answered, billed: billed, currency: currency))
    return LedgerRow(
      time: now, series: series, requestId: record.requestId, transaction: record.transaction ?? "",
      vendorId: (answered?.vendorId ?? failure?.vendorTransaction).map { id in
        let number = (answered?.number ?? subject.number)?.text
        let secrets = [
          subject.token?.revealed, number, number.flatMap { $0.hasPrefix("+") ? String($0.dropFirst()) : nil },
        ]
        return secrets.reduce(FailureTable.bounded(id)) { id, secret in
          secret.map { Redaction.id(id, without: $0) } ?? id
        }
      },
      vendorCode: failure?.vendor.map { Redaction.code($0.code) },
      price: billed == .no ? .zero : price, latency: Int64(nanoseconds / 1000),
      numberHash: (answered?.number ?? subject.number).flatMap { gateway.ledger?.numberHash($0) })
  }
}
