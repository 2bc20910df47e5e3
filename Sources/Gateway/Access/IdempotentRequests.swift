import Configuration
import Networking
import NumberAuth
import Store

/// A request with an `Idempotency-Key` that is being processed. Used on its loop only.
final class IdempotentRequest: @unchecked Sendable {
  let name: AnswerName
  let fingerprint: [UInt8]
  /// The row of the vendor call, which is appended together with the answer.
  var row: (row: LedgerRow, intent: Int64?)?
  /// nil until the request has an answer that is kept.
  var answer: EncryptedAnswer?
  /// nil if other gateways do not know the key.
  var reservation: SharedIdempotency.Reservation?

  init(_ name: AnswerName, _ fingerprint: [UInt8]) {
    self.name = name
    self.fingerprint = fingerprint
  }
}

extension RequestHandler {
  // MARK: Before the call

  /// Returns the first answer to the `Idempotency-Key` of a request. Returns nil if the request must be processed: it has
  /// no key, or it is the first one with its key. Waits for a request in flight with the same key.
  func storedAnswer(
    to request: HTTPRequest, _ app: App, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse? {
    guard request.headers.contains(.idempotencyKey), record.endpoint.isIdempotent else { return nil }
    let registry = gateway.idempotency
    let names = registry.names(
      team: record.team ?? "", app: app.id, endpoint: record.endpoint.rawValue,
      key: try IdempotencyKey.read(request.headers))
    let fingerprint = IdempotencyRegistry.fingerprint(request.body)
    var deadline: MonotonicTime?
    while true {
      let now = MonotonicTime.now
      switch registry.begin(names[0], fingerprint: fingerprint, at: now) {
      case .answered(let answer):
        return replay(answer, &record)
      case .otherBody: throw Self.keyReused
      case .inFlight:
        let end = deadline ?? now.advanced(by: longestTimeout(of: app, record))
        deadline = end
        guard await registry.wait(for: names[0], until: end, on: vendorClient.loop) else {
          throw Self.inProgress
        }
      case .first(let looksUp):
        if looksUp, let store = ledgerQueue, store.keepsAnswers, let stored = await store.answer(named: names),
          registry.keep(stored, name: names[0], at: .now, wallTime: .wallClock)
        {
          continue
        }
        let first = IdempotentRequest(names[0], fingerprint)
        if let response = try await sharedAnswer(names, first, longestTimeout(of: app, record), &record) {
          return response
        }
        record.idempotent = first
        return nil
      }
    }
  }

  /// Returns the answer that another gateway has given. Returns nil if this gateway must process the request.
  private func sharedAnswer(
    _ names: [AnswerName], _ request: IdempotentRequest, _ time: Duration, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse? {
    guard let shared = gateway.sharedIdempotency else { return nil }
    let claim = await shared.claim(
      names, fingerprint: request.fingerprint, within: time,
      repeatsInterrupted: gateway.ledger?.settings.durability != .strict || record.endpoint == .sessions,
      on: vendorClient.loop)
    switch claim {
    case .first(let reservation), .unavailable(let reservation):
      request.reservation = reservation
      return nil
    case .answered(let answer):
      end(request, claim)
      return replay(answer, &record)
    case .interrupted:
      end(request, claim)
      return replay(nil, &record)
    case .otherBody:
      end(request, claim)
      throw Self.keyReused
    case .inProgress:
      end(request, claim)
      throw Self.inProgress
    }
  }

  /// Ends a request that this gateway does not process.
  private func end(_ request: IdempotentRequest, _ claim: SharedIdempotency.Claim) {
    gateway.idempotency.release(request.name)
    gateway.idempotency.count(claim)
  }

  private static var keyReused: Failure {
    .gateway(.idempotencyKeyReused, "The Idempotency-Key was already used with another body; use a new key.")
  }

  private static var inProgress: Failure {
    .gateway(.requestInProgress, "The first request with this Idempotency-Key is still in progress.")
  }

  private func replay(_ answer: StoredAnswer?, _ record: inout CallRecord) -> HTTPResponse {
    record.reuse = .replayed
    var response: HTTPResponse
    if let answer {
      let type = answer.status < 400 ? "application/json" : "application/problem+json"
      response = HTTPResponse(status: answer.status, headers: ["Content-Type": type], body: answer.body)
    } else {
      let failure = Failure(
        .vendorTimeout, stage: record.endpoint == .login ? .login : .verify,
        detail: "The gateway stopped during the vendor's call. Its result is not known.", billed: .unknown,
        delivery: .unknown)
      record.failure = failure
      response = .problem(failure, requestId: record.requestId)
    }
    response.headers.append("Idempotency-Replayed", "true")
    return response
  }

  /// The time that a request waits for the first one with its key.
  private func longestTimeout(of app: App, _ record: CallRecord) -> Duration {
    app.routes.values.joined().compactMap { record.snapshot.accounts[$0.account]?.timeout }.max() ?? .seconds(5)
  }

  /// Returns the answer of an identical call in flight. Returns nil if this request must make the call.
  func answerInFlight(
    _ account: Account, _ operation: Operation, _ token: Secret, _ number: PhoneNumber?,
    _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse? {
    let call = TokenFlights.Call(
      account: account.name, app: record.appId ?? "", operation: operation, number: number)
    while true {
      switch gateway.flights.enter(token.revealed, call) {
      case .first:
        record.flight = token
        return nil
      case .other: return nil
      case .identical:
        let start = MonotonicTime.now
        let answer = await gateway.flights.answer(token.revealed, call)
        record.vendorNanoseconds += MonotonicTime.now.nanoseconds(since: start)
        // Nil if the call has ended: its token is used up.
        guard let answer else { continue }
        gateway.idempotency.countShared()
        record.reuse = .shared
        record.transaction = answer.transaction
        record.outcome = answer.outcome
        record.billed = answer.billed
        return try answer.result.get()
      }
    }
  }

  // MARK: After the call

  /// Encrypts the answer if it is kept, and appends it to the ledger together with the row of the call.
  func appendAnswer(_ record: inout CallRecord, _ response: HTTPResponse) {
    guard let request = record.idempotent else { return }
    // A request that the vendor has not received can be repeated.
    if record.failure.map({ $0.delivery != .notSent }) ?? true {
      let answer = StoredAnswer(status: response.status, fingerprint: request.fingerprint, body: response.body)
      request.answer = gateway.idempotency.seal(answer, name: request.name, at: .wallClock)
    }
    guard let ledgerQueue else { return }
    let stored = ledgerQueue.keepsAnswers ? request.answer : nil
    switch (request.row, stored) {
    case (let (row, intent)?, let stored?):
      record.ledgerTicket = ledgerQueue.append(row, intent: intent, answer: stored)
    case (let (row, intent)?, nil): record.ledgerTicket = ledgerQueue.append(row, intent: intent)
    case (nil, let stored?): record.ledgerTicket = ledgerQueue.append(stored)
    case (nil, nil): break
    }
  }

  /// Makes the answer known to other gateways, before it may leave. Returns false if this is not possible.
  func shareAnswer(of request: IdempotentRequest, _ reservation: SharedIdempotency.Reservation) async -> Bool {
    guard let shared = gateway.sharedIdempotency else { return false }
    if let answer = request.answer { return await shared.store(answer) }
    await shared.release(reservation)
    return true
  }

  /// Gives the answer to the requests that wait for it. Called when it may leave.
  func endFlights(_ record: CallRecord, _ response: HTTPResponse) {
    if let token = record.flight {
      gateway.flights.leave(
        token.revealed,
        TokenFlights.Answer(
          result: record.failure.map { .failure($0) } ?? .success(response), transaction: record.transaction,
          outcome: record.outcome, billed: record.billed))
    }
    guard let request = record.idempotent else { return }
    if let answer = request.answer {
      gateway.idempotency.keep(answer, at: .now)
    } else {
      gateway.idempotency.release(request.name)
    }
  }
}

extension CallRecord.Endpoint {
  /// Whether the endpoint supports `Idempotency-Key`.
  fileprivate var isIdempotent: Bool {
    switch self {
    case .sessions, .login, .verify: true
    default: false
    }
  }
}
