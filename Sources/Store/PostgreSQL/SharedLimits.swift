internal import Dispatch
public import Networking
public import NumberAuth

/// The limiter of a gateway, as far as it shares limits with other gateways. Both functions are called on the thread of
/// `SharedLimits` and must not block.
public protocol SharedLimitUser: Sendable {
  /// All limits that are shared now, each with a different name.
  func uses() -> [LimitUse]

  /// The shares by the names of the limits. A limit that is missing is not shared yet: its share is zero.
  func apply(_ shares: [String: LimitShare])

  /// The number of gateways has changed. It is the `knownGateways` of the next start.
  func changed(gateways: Int)

  /// The database is not available any more, or is again (nil).
  func changed(error: PostgresError?)
}

/// Leases parts of limits from the shared database, on a thread of its own: one round trip each second for all limits.
public final class SharedLimits: Sendable {
  public struct Readings: Sendable, Equatable {
    /// Whether the gateway uses its equal part, or its last lease, because the database is not available.
    public var isDegraded = false
    /// Number of gateways at the last contact.
    public var gateways = 1
    public var renewals = 0
    public var failures = 0
    public var error: PostgresError?
  }

  private static let interval = Duration.seconds(1)

  private let thread = PostgresThread()
  private let state = Locked(State())

  private struct State {
    var readings = Readings()
    /// Threads that wait for the next renewal.
    var waiting: [DispatchSemaphore] = []
    /// Further threads do not wait: there will be no renewal.
    var hasEnded = true
  }

  public init() {}

  public var readings: Readings { state.withLock { $0.readings } }

  /// Starts leasing. `gateway`: the name of this gateway, different on all gateways. `knownGateways`: their number if
  /// the database is not available at the start, for example that of the last run. Call once. Throws if the process
  /// cannot create a thread.
  public func start(
    _ user: any SharedLimitUser, from connectionString: Secret, gateway: String, knownGateways: Int = 1
  ) throws(SystemError) {
    let (thread, state) = (thread, state)
    state.withLock { $0.hasEnded = false }
    try thread.start(name: "numgate-limits") {
      var limits = PostgresLimits()
      limits.connect = .seconds(2)
      limits.statement = .seconds(2)
      let session = PostgresSession(
        connectionString, name: "numgate \(gateway) limits", limits: limits, longestBackOff: .seconds(1),
        prepare: { connection throws(PostgresError) in try PostgresSchema.migrate(connection) })
      let table = LeaseTable(gateway: gateway)
      var holder = LeaseHolder(gateways: knownGateways, at: .now)
      var nextCleaning = MonotonicTime.now
      var renewals = 0
      while !thread.isStopping {
        let waiting = state.withLock { state in
          defer { state.waiting = [] }
          return state.waiting
        }
        let sent = MonotonicTime.now
        let requests = holder.requests(user.uses(), at: sent)
        var failure: PostgresError?
        do throws(PostgresError) {
          let grants = try session.use { connection throws(PostgresError) in
            try table.renew(requests, connection)
          }
          renewals += 1
          holder.succeed(requests, grants, sent: sent, at: .now)
        } catch {
          failure = error
          holder.fail(at: .now)
        }
        user.apply(holder.shares(at: .now))
        let old = state.withLock { state in
          defer {
            state.readings.isDegraded = holder.isDegraded
            state.readings.gateways = holder.gateways
            state.readings.renewals = renewals
            if failure != nil { state.readings.failures += 1 }
            state.readings.error = failure
          }
          return state.readings
        }
        if failure == nil, old.gateways != holder.gateways { user.changed(gateways: holder.gateways) }
        if holder.isDegraded != old.isDegraded { user.changed(error: failure) }
        for waiter in waiting { waiter.signal() }
        if failure == nil, MonotonicTime.now >= nextCleaning {
          nextCleaning = MonotonicTime.now.advanced(by: .seconds(3600))
          // A failure affects nothing else; the next attempt is in an hour.
          try? session.use { connection throws(PostgresError) in try table.clean(connection) }
        }
        thread.wait(for: Self.interval)
      }
      let waiting = state.withLock { state in
        state.hasEnded = true
        return state.waiting
      }
      for waiter in waiting { waiter.signal() }
      let uses = user.uses()
      try? session.use { connection throws(PostgresError) in try table.release(uses, connection) }
    }
  }

  /// Renews the leases at once, so that new limits have a share, and returns after the attempt or `duration`. Blocks
  /// the caller, which must not be an event loop.
  public func renew(within duration: Duration) {
    let done = DispatchSemaphore(value: 0)
    let isWaiting = state.withLock { state in
      if !state.hasEnded { state.waiting.append(done) }
      return !state.hasEnded
    }
    guard isWaiting else { return }
    thread.wake()
    _ = done.wait(timeout: .now() + .milliseconds(Int(duration.milliseconds)))
  }

  /// Returns the leases and stops. The gateway must not use its shares any more. Returns whether the thread has ended
  /// within `duration`; otherwise the leases expire.
  @discardableResult
  public func stop(within duration: Duration = .seconds(3)) -> Bool {
    thread.stop()
    return thread.join(within: duration)
  }
}
