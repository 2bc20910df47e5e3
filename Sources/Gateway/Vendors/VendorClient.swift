import Configuration
import Networking
import NumberAuth

/// Executes an adapter's exchange with the vendor, with queue, circuit breakers and deadline. A vendor must never
/// receive a token twice: a request is sent again only if no byte of it was sent, or if it contains no token and the
/// server has closed the reused connection.
struct VendorClient: Sendable {
  let transport: any VendorTransport
  let loop: EventLoop
  let log: AccessLog
  /// See `BreakerSettings.slowPercent`.
  let slowPercent: Int

  /// The result of an exchange, the vendor's response time, and the waiting time: in the queue, and for a turn to read
  /// the response.
  struct Delivered<Answer: Sendable>: Sendable {
    let result: Result<Answer, Failure>
    var vendorNanoseconds: UInt64 = 0
    var queueNanoseconds: UInt64 = 0
  }

  /// Waits for a turn in which the loop may use the account's RSA private key.
  func waitForTurn(_ account: Account, _ gate: AccountGate, _ stage: Stage, since arrival: MonotonicTime) async
    -> Failure?
  {
    let refusal = await gate.waitForTurn(
      on: loop, arrival: arrival, needsVendor: stage == .login || stage == .verify)
    return refusal.map { .refused($0, $1, stage) }
  }

  /// - Parameters:
  ///   - app: Queued calls of different apps are started in turn.
  ///   - limit: The end of the exchange, if it is before the account's time-out.
  ///   - waitedNanoseconds: The time that the call has waited for a turn to create the exchange.
  ///   - privateKeyUse: The steps of the exchange that use the account's RSA private key.
  func deliver<Answer: Sendable>(
    _ exchange: Exchange<Answer>, to account: Account, through gate: AccountGate, stage: Stage, app: String,
    limit: MonotonicTime? = nil, waitedNanoseconds: UInt64 = 0, privateKeyUse: PrivateKeyUse = []
  ) async -> Delivered<Answer> {
    if case .answer(let answer) = exchange { return Delivered(result: .success(answer)) }
    let entered = MonotonicTime.now
    switch gate.pace.reserve(at: entered) {
    case .wait(.zero): break
    case .wait(let wait): await loop.sleep(for: wait)
    case .refused(let wait):
      gate.count(.rate)
      return Delivered(result: .failure(.refused(.rate, wait, stage)))
    }
    let arrival = MonotonicTime.now
    let pacedNanoseconds = arrival.nanoseconds(since: entered)
    let deadline = entered.advanced(by: account.timeout)
    let call = AccountGate.Call(
      app: app, arrival: arrival, deadline: limit.map { min($0, deadline) } ?? deadline, timeout: account.timeout)
    var decision = gate.enter(call)
    if case .mustWait = decision { decision = await gate.wait(call, on: loop) }
    let pass: AccountGate.Pass
    switch decision {
    case .pass(let granted): pass = granted
    case .refused(let refusal, let retryAfter):
      let waited = refusal == .queueTime || refusal == .timeLeft
      return Delivered(
        result: .failure(.refused(refusal, retryAfter, stage)),
        queueNanoseconds: waited ? MonotonicTime.now.nanoseconds(since: arrival) : 0)
    case .mustWait: preconditionFailure("a queued call is either passed or refused")
    }
    let start = pass.queuedNanoseconds == 0 ? arrival : MonotonicTime.now
    let queued = pass.queuedNanoseconds + pacedNanoseconds
    let (permit, wait) = gate.host.acquire(at: start)
    guard let permit else {
      note(gate, gate.leave(pass, isHealthy: nil, nanoseconds: nil, waitedNanoseconds: waitedNanoseconds, at: start))
      return Delivered(
        result: .failure(.refused(.breakerOpen, wait, stage)), queueNanoseconds: queued)
    }

    let options = account.sendOptions(deadline: call.deadline, latestStart: pass.latestStart)
    let reply = await converse(exchange, with: account, stage, options)
    var end = MonotonicTime.now
    let elapsed = end.nanoseconds(since: start)
    var waitedToRead: UInt64 = 0
    if reply.hasResponse, privateKeyUse.contains(.answer) {
      await loop.turnToEndHeavyWork()
      waitedToRead = MonotonicTime.now.nanoseconds(since: end)
      end = .now
    }
    let responded = reply.hasResponse
    let result = reply.result(account, stage)
    if responded, privateKeyUse.contains(.answer) { await loop.endOfHeavyWork() }
    note(
      gate,
      gate.leave(
        pass, isHealthy: responded ? Self.isHealthy(result) : nil, nanoseconds: responded ? elapsed : nil,
        waitedNanoseconds: waitedNanoseconds + waitedToRead, at: end))
    let isSlow = elapsed / 100 >= account.timeout.nanoseconds / 10_000 * UInt64(slowPercent)
    // The breaker of the host judges its own responses only.
    let isHostHealthy = reply.isOfOtherHost ? nil : responded && !isSlow
    if let state = gate.host.record(permit, isHealthy: isHostHealthy, at: end) {
      log.breaker(of: gate.host, state, at: .wallClock)
    }
    return Delivered(
      result: result, vendorNanoseconds: elapsed, queueNanoseconds: queued + waitedToRead)
  }

  /// Fetches a credential of an account. The account's limits of calls in flight and per second do not include it: at
  /// most one such request is in flight.
  func fetch(
    _ exchange: Exchange<FetchedCredential>, of account: Account
  ) async -> Result<FetchedCredential, Failure> {
    let options = account.sendOptions(deadline: MonotonicTime.now.advanced(by: account.timeout))
    return await converse(exchange, with: account, .credential, options).result(account, .credential)
  }

  /// The end of an exchange: the vendor's last response, which has not been read yet, or the result itself.
  private struct Reply<Answer: Sendable> {
    enum End {
      case unread(
        Result<HTTPClientResponse, HTTPClientError>, read: @Sendable (VendorResponse) throws(Failure) -> Answer)
      case result(Result<Answer, Failure>, hasResponse: Bool)
    }

    let end: End
    /// Whether the vendor has answered an earlier request of the exchange, which contained the user's token.
    var followsAnother = false
    /// Whether the last request was sent to another endpoint than that of the account.
    var isOfOtherHost = false

    var hasResponse: Bool {
      switch end {
      case .unread(let answer, _): (try? answer.get()) != nil
      case .result(_, let hasResponse): hasResponse
      }
    }

    func result(_ account: Account, _ stage: Stage) -> Result<Answer, Failure> {
      let result =
        switch end {
        case .unread(let answer, let read): account.result(of: answer, stage: stage, at: .wallClock, read)
        case .result(let result, _): result
        }
      return followsAnother ? result.mapError { $0.afterUseOfToken } : result
    }
  }

  /// Sends the requests of an exchange, one after the other.
  private func converse<Answer: Sendable>(
    _ exchange: Exchange<Answer>, with account: Account, _ stage: Stage, _ options: HTTPSendOptions
  ) async -> Reply<Answer> {
    var exchange = exchange
    var options = options
    var followsAnother = false
    while true {
      switch exchange {
      case .answer(let answer):
        return Reply(end: .result(.success(answer), hasResponse: true), followsAnother: followsAnother)
      case .send(let request, let read):
        let consumesToken = stage != .prepare && stage != .credential
        let answer = await send(request, of: account, options, consumesToken: consumesToken)
        return Reply(
          end: .unread(answer, read: read), followsAnother: followsAnother, isOfOtherHost: request.endpoint != nil)
      case .sendFirst(let request, let next):
        let answer = await send(request, of: account, options, consumesToken: stage != .prepare)
        let hasResponse = (try? answer.get()) != nil
        switch account.result(of: answer, stage: .credential, at: .wallClock, next) {
        case .success(let following): exchange = following
        case .failure(let failure):
          return Reply(
            end: .result(.failure(failure), hasResponse: hasResponse), followsAnother: followsAnother || hasResponse,
            isOfOtherHost: request.endpoint != nil)
        }
        followsAnother = true
        // It is the latest start of the first request.
        options.latestStart = nil
      }
    }
  }

  private func send(
    _ request: VendorRequest, of account: Account, _ options: HTTPSendOptions, consumesToken: Bool
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let origin: HTTPOrigin
    do throws(HTTPClientError) {
      origin = try account.origin(of: request)
    } catch {
      return .failure(error)
    }
    let answer = await transport.send(request, to: origin, options)
    guard case .failure(let error) = answer else { return answer }
    switch error {
    case .closedBeforeSending: break
    case .reusedConnectionClosed where !consumesToken: break
    default: return answer
    }
    var again = options
    again.needsFreshConnection = true
    return await transport.send(request, to: origin, again)
  }

  private func note(_ gate: AccountGate, _ state: CircuitBreaker.State?) {
    if let state { log.breaker(account: gate.account, provider: gate.provider, state, at: .wallClock) }
  }

  /// Faults of the vendor count as failures of the account. Faults of a user, a team, a carrier or the configuration do
  /// not, and neither do codes that no provider file lists. nil: neither a success nor a failure.
  private static func isHealthy<Answer>(_ result: Result<Answer, Failure>) -> Bool? {
    guard case .failure(let failure) = result else { return true }
    return failure.isIncompleteSuccess ? nil : failure.fault != .vendor || failure.reason == .unmapped
  }
}

extension Failure {
  /// The failure of a later request of an exchange: an earlier one has used the user's token.
  fileprivate var afterUseOfToken: Failure {
    guard delivery == .notSent else { return self }
    var failure = self
    failure.delivery = .answered
    if billed == .no { failure.billed = .unknown }
    return failure
  }

  /// A call that the gateway refused without sending it.
  fileprivate static func refused(_ refusal: AccountGate.Refusal, _ wait: Duration, _ stage: Stage) -> Failure {
    let seconds = wait.wholeSeconds
    let detail =
      switch refusal {
      case .breakerOpen: "The circuit breaker for this account or its host is open; next attempt in \(seconds) s."
      case .queueFull: "The account's limit of calls in flight is reached and its queue is full."
      case .queueTime: "The account's limit of calls in flight is reached; the call waited for the whole queueTime."
      case .timeLeft: "The call waited in the account's queue until too little of its time-out was left."
      case .rate: "The account's limit of calls per second is reached; the call would wait longer than the queueTime."
      case .rsaQueueFull: "Too many calls of the account are waiting to be signed with RSA."
      case .rsaQueueTime: "The call waited for an RSA signature for the whole queueTime."
      }
    return Failure(.overloaded, stage: stage, detail: detail, retryAfterSeconds: seconds)
  }
}

extension Duration {
  /// Whole seconds, rounded up; at least 1.
  var wholeSeconds: Int { max(1, Int(clamping: (nanoseconds + 999_999_999) / 1_000_000_000)) }
}
