public import Configuration
import Cryptography
import Glibc
public import Networking
import NumberAuth
public import Store

/// The state that all event loops share. Each loop has its own `RequestHandler`.
public final class Gateway: Sendable {
  /// Server settings, fixed at start-up.
  let server: ServerSettings
  /// Signs sessions if no key is configured: random, so that sessions end with the process.
  private let fallbackKey = SecureRandom.bytes(32)
  let gates: VendorGates
  let credentials = VendorCredentials()
  let unmapped: UnmappedCodes
  let limits: LimitRegistry
  let numbers: NumberCounts
  let log: LogWriter
  let ledger: Ledger?
  /// What several gateways share; nil without `store.postgres`.
  let shared: SharedStore?
  let idempotency: IdempotencyRegistry
  /// nil if other gateways do not know the keys of this one.
  let sharedIdempotency: SharedIdempotency?
  let flights = TokenFlights()
  let startedAt: WallTime
  private let state: Locked<State>

  private struct State {
    var snapshot: Snapshot
    var generation = 1
    var loadedAt: WallTime
    var reloads: UInt64 = 0
    var rejections: UInt64 = 0
    var observers: [Observer] = []
    var servers: [HTTPServer] = []
    var isDraining = false
  }

  /// The metrics, the log and the snapshot of one loop. The loop's responder retains the gateway, so the gateway must
  /// not retain the responder.
  private struct Observer: Sendable {
    let loop: EventLoop
    let current: LoopSnapshot
    let metrics: Metrics
    let log: AccessLog
    let transport: any VendorTransport

    /// Passes buffered lines to the writer.
    func flush() async {
      await withUnsafeContinuation { continuation in
        loop.execute {
          log.flush()
          continuation.resume()
        }
      }
    }
  }

  /// Creates the state. Nothing is bound before `start`.
  /// - Parameters:
  ///   - ledger: nil: vendor calls are not recorded.
  ///   - shared: nil: this gateway shares nothing with others.
  public init(_ configuration: Configuration, log: LogWriter, ledger: Ledger? = nil, shared: SharedStore? = nil) {
    server = configuration.server
    self.log = log
    self.ledger = ledger
    self.shared = shared
    let keys = StoreKeys(configuration.store.keys)
    idempotency = IdempotencyRegistry(configuration.idempotency, keys)
    sharedIdempotency = shared.map { SharedIdempotency($0.answers, keys, life: configuration.idempotency.keep) }
    gates = VendorGates(configuration.server.breaker, sharesLimits: shared != nil)
    unmapped = UnmappedCodes()
    limits = LimitRegistry(LimitCalendar(offset: configuration.ledger.utcOffset), isShared: shared != nil) {
      ledger?.usageHistory()
    }
    numbers = NumberCounts()
    startedAt = .wallClock
    limits.announce(configuration, now: startedAt)
    state = Locked(
      State(
        snapshot: Snapshot(
          configuration, gates: gates.activate(configuration.accounts.values),
          credentials: credentials.activate(configuration), limits: limits.activate(configuration),
          fallbackKey: fallbackKey),
        loadedAt: startedAt))
  }

  /// Shares the limits with other gateways, if there is a shared store. Call once, before the first request. Blocks until
  /// the first shares are known, at most 5 s. Throws if the process cannot create a thread.
  func shareLimits() throws(SystemError) {
    guard let shared, let ledger else { return }
    try shared.share(SharedGatewayLimits(limits, gates, ledger, log), knownGateways: ledger.knownGateways)
  }

  /// Binds every address and serves on these loops. Throws if an address cannot be bound, or the process cannot create a
  /// thread.
  /// - Parameter addresses: Used in place of the addresses of the configuration.
  public func start(
    on loops: [EventLoop], addresses: [SocketAddress]? = nil
  ) throws(SystemError) -> [HTTPServer] {
    try shareLimits()
    // All addresses share one responder for each loop, and so one pool of connections to vendors.
    let responders = loops.map { responder(on: $0, transport: nil) }
    var servers: [HTTPServer] = []
    for address in addresses ?? server.listen {
      let started = try HTTPServer.start(on: address, loops: loops, options: server.http) { loop in
        responders[loops.firstIndex { $0 === loop } ?? 0]
      }
      servers.append(started)
    }
    state.withLock { $0.servers += servers }
    return servers
  }

  /// Creates the responder of one loop. Tests pass a `transport` to replace the network.
  public func responder(on loop: EventLoop, transport: (any VendorTransport)?) -> any HTTPResponder {
    state.withLock { state in
      let current = LoopSnapshot(state.snapshot.copy())
      let responder = RequestHandler(self, loop, current, transport: transport)
      state.observers.append(
        Observer(
          loop: loop, current: current, metrics: responder.metrics, log: responder.log,
          transport: responder.vendorClient.transport))
      return responder
    }
  }

  /// Activates a new configuration. Of the settings under `server` only session keys and certificates are reloaded.
  /// Each event loop switches between two jobs; requests in flight keep the configuration they started with.
  /// `onActivate` receives the new generation (1 at the start) before any metric exposes it. Returns the previous
  /// snapshot: release it outside the event loops, because freeing it is expensive.
  func take(_ configuration: Configuration, _ onActivate: (_ generation: Int) -> Void) -> Snapshot {
    limits.announce(configuration, now: .wallClock)
    gates.announce(configuration.accounts.values)
    // New limits must have a share before they are in use.
    shared?.limits.renew(within: .seconds(1))
    let snapshot = Snapshot(
      configuration, gates: gates.activate(configuration.accounts.values),
      credentials: credentials.activate(configuration), limits: limits.activate(configuration), fallbackKey: fallbackKey
    )
    if let tls = configuration.server.http.tls { server.http.tls?.replace(with: tls.current) }
    return state.withLock { state in
      let replaced = state.snapshot
      state.snapshot = snapshot
      state.generation += 1
      state.reloads += 1
      state.loadedAt = .wallClock
      onActivate(state.generation)
      let identities = Set(configuration.accounts.values.compactMap(\.identity))
      for observer in state.observers {
        let own = snapshot.copy()
        observer.loop.execute {
          observer.current.value = own
          observer.transport.activate(identities)
        }
      }
      return replaced
    }
  }

  /// Counts a rejected configuration. `onRejection` receives the generation that stays active, before any metric
  /// exposes the rejection.
  func countRejection(_ onRejection: (_ generation: Int) -> Void) {
    state.withLock { state in
      state.rejections += 1
      onRejection(state.generation)
    }
  }

  /// Makes `/readyz` return 503 from now on.
  public func beginDraining() {
    state.withLock { $0.isDraining = true }
  }

  /// Returns when every line logged so far has been written.
  public func flushLog() async {
    for observer in state.withLock({ $0.observers }) { await observer.flush() }
    await log.flush()
  }

  var isDraining: Bool { state.withLock { $0.isDraining } }

  func metricsText() -> [UInt8] {
    let state = state.withLock { $0 }
    return Metrics.render(
      state.observers.map(\.metrics), gates: state.snapshot.gates.values,
      gauges: [
        Metrics.Gauge(
          name: "numgate_configuration_reloads_total",
          help: "Configurations loaded after the start, by result.",
          type: "counter",
          values: [
            (#"{result="ok"}"#, Double(state.reloads)), (#"{result="rejected"}"#, Double(state.rejections)),
          ]),
        Metrics.Gauge(
          name: "numgate_configuration_generation", help: "Number of the active configuration; 1 at the start.",
          values: [("", Double(state.generation))]),
        Metrics.Gauge(
          name: "numgate_configuration_loaded_time_seconds",
          help: "Time at which the active configuration was loaded, in seconds since the Unix epoch.",
          values: [("", Double(state.loadedAt.milliseconds) / 1000)]),
        Metrics.Gauge(
          name: "numgate_connections", help: "Open client connections.",
          values: [("", Double(state.servers.reduce(0) { $0 + $1.connectionCount }))]),
        Metrics.Gauge(
          name: "numgate_connections_refused_total", help: "Client connections that were not served, by reason.",
          type: "counter",
          values: [
            (#"{reason="limit"}"#, Double(state.servers.reduce(0) { $0 + $1.refusals.limit })),
            (#"{reason="resources"}"#, Double(state.servers.reduce(0) { $0 + $1.refusals.resources })),
          ]),
      ] + [Metrics.limitGauge(state.snapshot.limits, limits.calendar, at: .wallClock)]
        + (ledger.map { Metrics.gauges(of: $0.reading) } ?? []) + (shared.map { Metrics.gauges(of: $0) } ?? [])
        + Metrics.gauges(of: idempotency.reading) + [Metrics.gauge(of: credentials.current, at: .now)] + [
          Metrics.Gauge(
            name: "numgate_log_lines_dropped_total", help: "Log lines dropped because of a full disk or a slow reader.",
            type: "counter", values: [("", Double(log.dropped))]),
          Metrics.Gauge(
            name: "numgate_tls_certificate_not_after_seconds",
            help: "End of the server certificate's validity, in seconds since the Unix epoch.",
            values: server.http.tls.map { [("", Double($0.current.validity.notAfter))] } ?? []),
          Metrics.certificateGauge(of: state.snapshot.accounts.values),
          Metrics.Gauge(
            name: "process_resident_memory_bytes", help: "Resident memory in bytes.",
            values: [("", Double(residentBytes()))]),
          Metrics.Gauge(
            name: "process_start_time_seconds", help: "Start time of the process, in seconds since the Unix epoch.",
            values: [("", Double(startedAt.milliseconds) / 1000)]),
        ])
  }
}

extension WallTime {
  /// The current time of the system clock.
  static var wallClock: WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

private func residentBytes() -> Int {
  guard let bytes = FileSystem.machine.read("/proc/self/statm") else { return 0 }
  let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
  return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
}
