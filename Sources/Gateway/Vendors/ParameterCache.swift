import Networking
import NumberAuth

/// Parameters for front-end SDKs that several sessions can use, such as the tokens of Aliyun's GetAuthToken. Belongs to
/// one loop's copy of the configuration and is used on that loop only.
///
/// Bounds: at most `capacity` results are stored; if another one is added, an expired result or else the oldest one is
/// removed. At most one call per key is in flight. Calls in flight and waiting sessions are requests in progress, which
/// the server's limits bound, and at most one refresh per stored result.
final class ParameterCache: @unchecked Sendable {
  struct Key: Hashable, Sendable {
    let account: String
    let app: String
    /// See `ParameterReuse.key`.
    let request: String
  }

  enum Decision: Equatable {
    case cached(ClientParameters)
    /// Use these parameters, and call the vendor in the background. The call ends with `end`.
    case refresh(ClientParameters)
    /// Call the vendor. The call ends with `end`.
    case call
    /// Another session calls the vendor. Use `wait`.
    case wait
    /// Call the vendor without `end`: the call in flight may end after the session's time limit.
    case callAlone
  }

  typealias Outcome = Result<ClientParameters, Failure>

  static let capacity = 256

  private struct Entry {
    let parameters: ClientParameters
    let start: MonotonicTime
    let end: MonotonicTime
    var refreshTime: MonotonicTime
  }

  private struct Flight {
    let deadline: MonotonicTime
    var waiters: [UnsafeContinuation<Outcome?, Never>] = []
  }

  private var entries: [Key: Entry] = [:]
  private var flights: [Key: Flight] = [:]

  /// The number of stored results.
  var count: Int { entries.count }

  /// The number of sessions that wait for a call in flight.
  var waiting: Int { flights.values.reduce(0) { $0 + $1.waiters.count } }

  /// Whether any call is in flight.
  var hasCallInFlight: Bool { !flights.isEmpty }

  /// - Parameters:
  ///   - limit: The time at which the session must have its parameters; nil if it has no limit.
  ///   - deadline: The end of the vendor's call if the session has to make it.
  func find(_ key: Key, at now: MonotonicTime, limit: MonotonicTime?, deadline: MonotonicTime) -> Decision {
    let flight = flights[key]
    if let entry = entries[key], now < entry.end {
      guard flight == nil, now >= entry.refreshTime else { return .cached(entry.parameters) }
      flights[key] = Flight(deadline: deadline)
      return .refresh(entry.parameters)
    }
    guard let flight else {
      flights[key] = Flight(deadline: deadline)
      return .call
    }
    return limit.map { $0 < flight.deadline } ?? false ? .callAlone : .wait
  }

  /// Returns the outcome of the call in flight; nil if no call is in flight.
  func wait(for key: Key) async -> Outcome? {
    await withUnsafeContinuation { continuation in
      if flights[key] == nil {
        continuation.resume(returning: nil)
      } else {
        flights[key]?.waiters.append(continuation)
      }
    }
  }

  /// Ends the call in flight. Stores its parameters until `validity` after `start`; refreshes begin in the last third
  /// of this time. After a failed refresh, the next one begins after a thirtieth of it. Failures are not stored.
  func end(
    _ key: Key, _ outcome: Outcome, _ validity: Duration, from start: MonotonicTime, at now: MonotonicTime
  ) {
    switch outcome {
    case .success(let parameters):
      makePlace(for: key, at: now)
      entries[key] = Entry(
        parameters: parameters, start: start, end: start.advanced(by: validity),
        refreshTime: start.advanced(by: validity / 3 * 2))
    case .failure:
      entries[key]?.refreshTime = now.advanced(by: validity / 30)
    }
    for waiter in flights.removeValue(forKey: key)?.waiters ?? [] { waiter.resume(returning: outcome) }
  }

  private func makePlace(for key: Key, at now: MonotonicTime) {
    guard entries[key] == nil, entries.count >= Self.capacity else { return }
    entries = entries.filter { $0.value.end > now }
    guard entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.start < $1.value.start }) else {
      return
    }
    entries[oldest.key] = nil
  }
}
