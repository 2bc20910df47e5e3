import Configuration
import Networking

/// The circuit breaker of one host, for network failures: refused connections, TLS failures, time-outs, slow responses.
/// All accounts with this host share it, except those with `tls`: a server can refuse the client certificate of one
/// account in any way, from a TLS alert to a closed connection, and this must not stop the calls of the others.
final class HostGate: Sendable {
  struct Key: Sendable, Hashable {
    let origin: HTTPOrigin
    /// The only account that uses the gate; nil for the accounts without `tls`. Not the identity: a new certificate
    /// does not replace the gates of an account.
    let account: String?

    init(_ account: Account) {
      origin = account.origin
      self.account = account.identity == nil ? nil : account.name
    }
  }

  let key: Key
  private let state: Locked<BreakerState>

  init(_ key: Key, _ settings: BreakerSettings) {
    self.key = key
    state = Locked(BreakerState(settings))
  }

  var breaker: BreakerState { state.withLock { $0 } }

  func allowsCall(at now: MonotonicTime) -> Bool { state.withLock { $0.breaker.allowsCall(at: now) } }

  /// Returns a permit, or nil and the time until the next attempt.
  func acquire(at now: MonotonicTime) -> (permit: CircuitBreaker.Permit?, wait: Duration) {
    state.withLock { state in
      let wait = state.breaker.wait(at: now)
      return (state.change { $0.acquire(at: now) }, wait)
    }
  }

  /// `isHealthy`: nil if the call was not made. Returns the new state if it has changed.
  func record(_ permit: CircuitBreaker.Permit, isHealthy: Bool?, at now: MonotonicTime) -> CircuitBreaker.State? {
    state.withLock { state in
      let before = state.breaker.state
      state.change { breaker in
        if let isHealthy { breaker.record(permit, success: isHealthy, at: now) } else { breaker.cancel(permit) }
      }
      return state.breaker.state == before ? nil : state.breaker.state
    }
  }
}

/// A breaker, and the number of its transitions to each state.
struct BreakerState: Sendable {
  private(set) var breaker: CircuitBreaker
  private(set) var opened: UInt64 = 0
  private(set) var halfOpened: UInt64 = 0
  private(set) var closed: UInt64 = 0

  init(_ settings: BreakerSettings) { breaker = CircuitBreaker(settings) }

  mutating func change<Result>(_ body: (inout CircuitBreaker) -> Result) -> Result {
    let before = breaker.state
    let result = body(&breaker)
    if breaker.state != before {
      switch breaker.state {
      case .open: opened += 1
      case .halfOpen: halfOpened += 1
      case .closed: closed += 1
      }
    }
    return result
  }
}
