import Configuration
import Networking
import Store

/// Decides when a call to one account may start: breaker, limit of calls in flight, queue. All loops share it.
final class AccountGate: Sendable {
  let account: String
  let provider: String
  let host: HostGate
  /// The calls per second that the vendor allows.
  let pace: AccountPace
  private let state: Locked<State>

  /// Permission to send one call. Must be returned with `leave`.
  struct Pass: Sendable {
    fileprivate let permit: CircuitBreaker.Permit
    /// The call must be sent by this time, because otherwise too little time would remain for the response.
    let latestStart: MonotonicTime
    let queuedNanoseconds: UInt64
  }

  /// Why a call is not sent.
  enum Refusal: String, Sendable, CaseIterable {
    case breakerOpen = "breaker-open"
    case queueFull = "queue-full"
    case queueTime = "queue-time"
    /// Too little of the time-out was left after the queue.
    case timeLeft = "time-left"
    /// Too many calls are waiting for a turn of their loop to sign with RSA.
    case rsaQueueFull = "rsa-queue-full"
    case rsaQueueTime = "rsa-queue-time"
    /// The account's limit of calls per second: the call would have waited longer than the queueTime.
    case rate
  }

  enum Decision: Sendable {
    case pass(Pass)
    case refused(Refusal, retryAfter: Duration)
    /// The caller must call `wait`.
    case mustWait
  }

  struct Waiter: Sendable {
    let continuation: UnsafeContinuation<Decision, Never>
    let call: Call
  }

  /// A call to be sent.
  struct Call: Sendable {
    let app: String
    let arrival: MonotonicTime
    let deadline: MonotonicTime
    let timeout: Duration
  }

  fileprivate enum Entry: Sendable {
    case decided(Decision)
    /// `expiry`: the time at which to remove calls that have waited too long; nil if a timer is already set.
    case queued(expiry: MonotonicTime?)
  }

  /// A queued call and the decision on it.
  fileprivate struct Started: Sendable {
    let waiter: Waiter
    let decision: Decision
  }

  /// The counters and the current state of the gate.
  struct Reading: Sendable {
    let inFlight: Int
    let queued: Int
    let breaker: BreakerState
    let shed: [Refusal: UInt64]
    let queueTimes: Metrics.Histogram
    let medianNanoseconds: UInt64
  }

  fileprivate struct State {
    var queue: AdmissionQueue<Waiter>
    var breaker: BreakerState
    var responseTime = ResponseTime()
    var shed: [Refusal: UInt64] = [:]
    var queueTimes = Metrics.Histogram()
    /// Whether a timer is set that removes calls that have waited too long.
    var hasTimer = false
  }

  init(_ account: Account, _ settings: BreakerSettings, _ host: HostGate, sharesLimits: Bool = false) {
    self.account = account.name
    provider = account.file.name
    self.host = host
    pace = AccountPace(account.limits, isShared: sharesLimits)
    state = Locked(State(queue: AdmissionQueue(account.limits), breaker: BreakerState(settings)))
  }

  /// Whether a new session should use this account: neither its breaker nor its host's is open.
  func allowsCall(at now: MonotonicTime) -> Bool {
    state.withLock { $0.breaker.breaker.allowsCall(at: now) } && host.allowsCall(at: now)
  }

  /// The time until a call to this account is allowed again; zero if it is allowed now.
  func wait(at now: MonotonicTime) -> Duration {
    max(state.withLock { $0.breaker.breaker.wait(at: now) }, host.breaker.breaker.wait(at: now))
  }

  var isClosed: Bool { state.withLock { $0.breaker.breaker.state == .closed } && host.breaker.breaker.state == .closed }

  var reading: Reading {
    state.withLock {
      Reading(
        inFlight: $0.queue.inFlight, queued: $0.queue.queued + $0.queue.waitingForTurn, breaker: $0.breaker,
        shed: $0.shed,
        queueTimes: $0.queueTimes, medianNanoseconds: $0.responseTime.median)
    }
  }

  /// Replaces the limits from the next call. `share`: the part of `perSecond` for this gateway, if it is shared.
  func apply(_ limits: AccountLimits, share: LimitShare? = nil) {
    pace.apply(limits, share: share)
    state.withLock { $0.queue.limits = limits }
  }

  /// Counts a call that was refused before it entered.
  func count(_ refusal: Refusal) { _ = state.withLock { $0.count(refusal) } }

  /// Waits until `loop` has a turn for an operation with an RSA private key, at most for the limit `queueTime`. Returns
  /// the reason for a refusal and the time until the next attempt, or nil. Call from a task on `loop`.
  /// - Parameter needsVendor: The call is also refused if a breaker is open.
  func waitForTurn(on loop: EventLoop, arrival: MonotonicTime, needsVendor: Bool) async -> (Refusal, Duration)? {
    if needsVendor {
      let wait = self.wait(at: arrival)
      if wait > .zero { return (state.withLock { $0.count(.breakerOpen) }, wait) }
    }
    let queueTime: Duration? = state.withLock { state in
      if state.queue.enterTurn() { return state.queue.limits.queueTime }
      _ = state.count(.rsaQueueFull)
      return nil
    }
    guard let queueTime else { return (.rsaQueueFull, .seconds(1)) }
    let hasTurn = await loop.turnForHeavyWork(lane: account, expiry: arrival.advanced(by: queueTime))
    return state.withLock { state in
      state.queue.leaveTurn()
      return hasTurn ? nil : (state.count(.rsaQueueTime), .seconds(1))
    }
  }

  /// Starts a call, refuses it, or returns `mustWait`.
  func enter(_ call: Call) -> Decision { state.withLock { $0.enter(call) } }

  /// Waits in the queue until the call may start, at most for `queueTime`. Call from a task on `loop`.
  func wait(_ call: Call, on loop: EventLoop) async -> Decision {
    await withUnsafeContinuation { continuation in
      let entry = state.withLock { $0.enter(call, orWait: continuation) }
      switch entry {
      case .decided(let decision): continuation.resume(returning: decision)
      case .queued(let expiry): if let expiry { expire(at: expiry, on: loop) }
      }
    }
  }

  /// Refuses the calls that have waited for `queueTime`. One timer serves the whole queue, on the loop of the call that
  /// was queued first: a timer for each call would stay in its loop's heap for the whole `queueTime`.
  private func expire(at time: MonotonicTime, on loop: EventLoop) {
    loop.call(after: .nanoseconds(Int64(clamping: time.nanoseconds(since: .now)))) { [self] in
      let (expired, next): ([Waiter], MonotonicTime?) = state.withLock { $0.expire(at: .now) }
      for waiter in expired {
        waiter.continuation.resume(returning: .refused(.queueTime, retryAfter: .seconds(1)))
      }
      if let next { expire(at: next, on: loop) }
    }
  }

  /// Ends a call. `isHealthy`: whether the response counts as a success of the account; nil if there was no response.
  /// `nanoseconds`: the response time; nil if there was no response. `waitedNanoseconds`: the time spent waiting for
  /// turns of the loop. Returns the breaker's new state if it has changed.
  func leave(
    _ pass: Pass, isHealthy: Bool?, nanoseconds: UInt64?, waitedNanoseconds: UInt64 = 0, at now: MonotonicTime
  ) -> CircuitBreaker.State? {
    let (changed, started): (CircuitBreaker.State?, [Started]) = state.withLock { state in
      let before = state.breaker.breaker.state
      state.breaker.change { breaker in
        if let isHealthy {
          breaker.record(pass.permit, success: isHealthy, at: now)
        } else {
          breaker.cancel(pass.permit)
        }
      }
      if let nanoseconds { state.responseTime.add(nanoseconds: nanoseconds) }
      let waited = pass.queuedNanoseconds + waitedNanoseconds
      if waited > 0 { state.queueTimes.add(waited) }
      state.queue.leave()
      let started = state.queue.queued == 0 ? [] : state.startQueued(at: now)
      let after = state.breaker.breaker.state
      return (after == before ? nil : after, started)
    }
    for start in started { start.waiter.continuation.resume(returning: start.decision) }
    return changed
  }
}

extension AccountGate.State {
  fileprivate mutating func enter(_ call: AccountGate.Call) -> AccountGate.Decision {
    let wait = breaker.breaker.wait(at: call.arrival)
    guard wait == .zero else { return refuse(.breakerOpen, retryAfter: wait) }
    if queue.enter() { return start(call, at: call.arrival) }
    return queue.isFull ? refuse(.queueFull, retryAfter: .seconds(1)) : .mustWait
  }

  fileprivate mutating func enter(
    _ call: AccountGate.Call, orWait continuation: UnsafeContinuation<AccountGate.Decision, Never>
  ) -> AccountGate.Entry {
    let decision = enter(call)
    guard case .mustWait = decision,
      queue.append(AccountGate.Waiter(continuation: continuation, call: call), app: call.app)
    else { return .decided(decision) }
    if hasTimer { return .queued(expiry: nil) }
    hasTimer = true
    return .queued(expiry: call.arrival.advanced(by: queue.limits.queueTime))
  }

  /// Removes the calls that have waited for `queueTime`. `next`: when the next call will have waited that long; nil if
  /// no call is queued.
  fileprivate mutating func expire(at now: MonotonicTime) -> ([AccountGate.Waiter], next: MonotonicTime?) {
    var expired: [AccountGate.Waiter] = []
    while let oldest = queue.oldest {
      let end = oldest.call.arrival.advanced(by: queue.limits.queueTime)
      if end > now { return (expired, end) }
      _ = queue.popOldest()
      expired.append(oldest)
      shed[.queueTime, default: 0] += 1
    }
    hasTimer = false
    return (expired, nil)
  }

  /// Starts as many queued calls as the limit allows. Refuses calls that do not have enough time left.
  fileprivate mutating func startQueued(at now: MonotonicTime) -> [AccountGate.Started] {
    var started: [AccountGate.Started] = []
    while let waiter = queue.next() {
      started.append(AccountGate.Started(waiter: waiter, decision: start(waiter.call, at: now)))
    }
    return started
  }

  /// The call is already counted as in flight. Reverts this if the call is refused.
  private mutating func start(_ call: AccountGate.Call, at now: MonotonicTime) -> AccountGate.Decision {
    let needed = responseTime.needed(of: call.timeout)
    let latestStart = MonotonicTime(
      nanoseconds: call.deadline.nanoseconds > needed ? call.deadline.nanoseconds - needed : 0)
    guard now <= latestStart else {
      queue.leave()
      return refuse(.timeLeft, retryAfter: .seconds(1))
    }
    let wait = breaker.breaker.wait(at: now)
    guard let permit = breaker.change({ $0.acquire(at: now) }) else {
      queue.leave()
      return refuse(.breakerOpen, retryAfter: wait)
    }
    let queued = now.nanoseconds(since: call.arrival)
    return .pass(AccountGate.Pass(permit: permit, latestStart: latestStart, queuedNanoseconds: queued))
  }

  private mutating func refuse(_ refusal: AccountGate.Refusal, retryAfter: Duration) -> AccountGate.Decision {
    .refused(count(refusal), retryAfter: retryAfter)
  }

  fileprivate mutating func count(_ refusal: AccountGate.Refusal) -> AccountGate.Refusal {
    shed[refusal, default: 0] += 1
    return refusal
  }
}
