import Networking
import NumberAuth

/// The credentials of one account, such as its access token, for all loops. See `CredentialUsing`.
///
/// Bounds: one value for each credential that the provider file declares. At most one request for each is in flight.
/// Waiting calls are requests in progress, which the server's limits bound.
final class AccountCredentials: Sendable {
  typealias Outcome = Result<Secret, Failure>

  enum Decision {
    case use(Secret)
    /// Use this value, and fetch its successor in the background. The request ends with `end`.
    case useAndFetch(Secret)
    /// Fetch a value and `wait` for it. The request ends with `end`.
    case fetch
    /// Another call fetches it. Use `wait`.
    case wait
    /// The last request failed. The next one is made later.
    case refused(Failure, retryAfter: Duration)
  }

  /// A value is fetched anew when this part of its lifetime is over, so that no call waits for it.
  private static let renewalPart = (numerator: 4, denominator: 5)
  /// A value is not used in the last seconds of its lifetime, because the vendor receives it later.
  private static let longestMargin = Duration.seconds(10)
  /// A value that the vendor refuses although it is younger is not fetched again: its successor would be refused too.
  static let minimumAge = Duration.seconds(5)
  private static let firstPause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(32)
  /// In seconds: the longest `Retry-After` of a vendor that is followed.
  private static let longestRequestedPause = 600

  private struct Value {
    let secret: Secret
    let fetchedAt: MonotonicTime
    let renewalTime: MonotonicTime
    let end: MonotonicTime
  }

  private struct State {
    var value: Value?
    /// The calls that wait for the request in flight; nil without such a request.
    var waiters: [UnsafeContinuation<Outcome?, Never>]?
    var failure: Failure?
    var failures = 0
    var nextAttempt: MonotonicTime?
  }

  private let states = Locked<[String: State]>([:])

  func find(_ credential: String, at now: MonotonicTime) -> Decision {
    states.withLock { states in
      var state = states[credential] ?? State()
      defer { states[credential] = state }
      let mayFetch = state.waiters == nil && state.nextAttempt.map { now >= $0 } ?? true
      if let value = state.value, now < value.end {
        guard mayFetch, now >= value.renewalTime else { return .use(value.secret) }
        state.waiters = []
        return .useAndFetch(value.secret)
      }
      if state.waiters != nil { return .wait }
      if !mayFetch, let failure = state.failure, let next = state.nextAttempt {
        return .refused(failure, retryAfter: .nanoseconds(next.nanoseconds(since: now)))
      }
      state.waiters = []
      return .fetch
    }
  }

  /// The outcome of the request in flight; nil if it has just ended.
  func wait(for credential: String) async -> Outcome? {
    await withUnsafeContinuation { continuation in
      let isWaiting = states.withLock { states in
        guard states[credential]?.waiters != nil else { return false }
        states[credential]?.waiters?.append(continuation)
        return true
      }
      if !isWaiting { continuation.resume(returning: nil) }
    }
  }

  /// Ends the request in flight. After a failure the next request is made after a pause, which doubles with every further
  /// failure.
  /// - Parameter start: The time at which the request was made.
  func end(
    _ credential: String, _ result: Result<FetchedCredential, Failure>, from start: MonotonicTime,
    at now: MonotonicTime
  ) {
    let waiters = states.withLock { states in
      var state = states[credential] ?? State()
      defer { states[credential] = state }
      switch result {
      case .success(let fetched):
        let part = fetched.life / Self.renewalPart.denominator * Self.renewalPart.numerator
        let margin = min(Self.longestMargin, fetched.life / 10)
        state.value = Value(
          secret: fetched.value, fetchedAt: start, renewalTime: start.advanced(by: part),
          end: start.advanced(by: fetched.life - margin))
        state.failure = nil
        state.failures = 0
        state.nextAttempt = nil
      case .failure(let failure):
        state.failure = failure
        let pause = min(Self.firstPause * (1 << min(state.failures, 5)), Self.longestPause)
        let requested = Duration.seconds(min(failure.retryAfterSeconds ?? 0, Self.longestRequestedPause))
        state.nextAttempt = now.advanced(by: max(pause, requested))
        state.failures += 1
      }
      let waiters = state.waiters ?? []
      state.waiters = nil
      return waiters
    }
    for waiter in waiters { waiter.resume(returning: result.map(\.value)) }
  }

  /// Removes a value that the vendor has refused. Returns false if a new value would be refused too.
  func remove(_ credential: String, refused secret: Secret, at now: MonotonicTime) -> Bool {
    states.withLock { states in
      guard let value = states[credential]?.value, value.secret == secret else { return true }
      guard now >= value.fetchedAt.advanced(by: Self.minimumAge) else { return false }
      states[credential]?.value = nil
      return true
    }
  }

  /// The time until the end of each value, by the name of the credential.
  func remaining(at now: MonotonicTime) -> [(credential: String, time: Duration)] {
    states.withLock { states in
      states.compactMap { name, state in
        state.value.map { (name, now < $0.end ? .nanoseconds($0.end.nanoseconds(since: now)) : .zero) }
      }
    }
  }
}
