public import Configuration
import Cryptography
import Glibc
public import Networking
import NumberAuth

/// The gateway's parts that all loops share. Each loop answers through a `RequestHandler` of its own.
public final class Gateway: Sendable {
  /// What `server` said at the start; it holds until the end of the process.
  let server: ServerSettings
  /// Signs sessions if no key is configured: random, so that sessions end with the process.
  private let fallbackKey = SecureRandom.bytes(32)
  let gates: VendorGates
  let unmapped: UnmappedCodes
  let log: LogWriter
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

  /// What a loop has counted and logged; the loop's responder holds the gateway, not the other way round.
  private struct Observer: Sendable {
    let loop: EventLoop
    let current: LoopSnapshot
    let metrics: Metrics
    let log: AccessLog

    /// Hands the lines that still wait to the writer.
    func flush() async {
      await withUnsafeContinuation { continuation in
        loop.execute {
          log.handOver()
          continuation.resume()
        }
      }
    }
  }

  public init(_ configuration: Configuration, log: LogWriter) {
    server = configuration.server
    self.log = log
    gates = VendorGates(configuration.server.breaker)
    unmapped = UnmappedCodes()
    startedAt = .wallClock
    state = Locked(
      State(
        snapshot: Snapshot(
          configuration, gates: gates.apply(configuration.accounts.values), fallbackKey: fallbackKey),
        loadedAt: startedAt))
  }

  /// Binds every address and serves on these loops. Throws if an address cannot be bound.
  /// - Parameter addresses: instead of those of the configuration.
  public func start(
    on loops: [EventLoop], addresses: [SocketAddress]? = nil
  ) throws(SystemError) -> [HTTPServer] {
    // One responder for each loop, with one pool of connections to vendors, serves all addresses.
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

  /// What answers the requests of one loop; `transport` in place of the network, for tests.
  public func responder(on loop: EventLoop, transport: (any VendorTransport)?) -> any HTTPResponder {
    state.withLock { state in
      let current = LoopSnapshot(state.snapshot.copy())
      let responder = RequestHandler(self, loop, current, transport: transport)
      state.observers.append(
        Observer(loop: loop, current: current, metrics: responder.metrics, log: responder.log))
      return responder
    }
  }

  /// Activates a new configuration. Of the settings under `server` only session keys and certificates are reloaded. Each
  /// event loop switches between two jobs; requests in flight keep the configuration they started with. `note` receives
  /// the new generation (1 at the start) before any metric exposes it. Returns the previous snapshot: release it outside
  /// the event loops, because freeing it is expensive.
  func take(_ configuration: Configuration, _ note: (_ generation: Int) -> Void) -> Snapshot {
    let snapshot = Snapshot(
      configuration, gates: gates.apply(configuration.accounts.values), fallbackKey: fallbackKey)
    // Certificates are replaced by a reload, like session keys.
    if let tls = configuration.server.http.tls { server.http.tls?.replace(with: tls.current) }
    return state.withLock { state in
      let replaced = state.snapshot
      state.snapshot = snapshot
      state.generation += 1
      state.reloads += 1
      state.loadedAt = .wallClock
      note(state.generation)
      for observer in state.observers {
        let own = snapshot.copy()
        observer.loop.execute { observer.current.value = own }
      }
      return replaced
    }
  }

  /// Counts a configuration that could not be used. `note` is told the generation that stays in force, before a metric
  /// shows it.
  func countRejection(_ note: (_ generation: Int) -> Void) {
    state.withLock { state in
      state.rejections += 1
      note(state.generation)
    }
  }

  /// From now on `/readyz` says no.
  public func beginDraining() {
    state.withLock { $0.isDraining = true }
  }

  /// Returns once every line logged so far has been written.
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
          help: "Configurations read after the start, by what became of them.",
          type: "counter",
          values: [
            (#"{result="ok"}"#, Double(state.reloads)), (#"{result="rejected"}"#, Double(state.rejections)),
          ]),
        Metrics.Gauge(
          name: "numgate_configuration_generation", help: "The configuration in force, counted from 1 at the start.",
          values: [("", Double(state.generation))]),
        Metrics.Gauge(
          name: "numgate_configuration_loaded_time_seconds",
          help: "When the configuration in force was taken, since the Unix epoch in seconds.",
          values: [("", Double(state.loadedAt.milliseconds) / 1000)]),
        Metrics.Gauge(
          name: "numgate_connections", help: "Open connections of callers.",
          values: [("", Double(state.servers.reduce(0) { $0 + $1.connectionCount }))]),
        Metrics.Gauge(
          name: "numgate_connections_refused_total", help: "Client connections that were not served, by reason.",
          type: "counter",
          values: [
            (#"{reason="limit"}"#, Double(state.servers.reduce(0) { $0 + $1.refusals.limit })),
            (#"{reason="resources"}"#, Double(state.servers.reduce(0) { $0 + $1.refusals.resources })),
          ]),
        Metrics.Gauge(
          name: "numgate_log_lines_dropped_total", help: "Log lines lost to a full disk or a slow reader.",
          type: "counter", values: [("", Double(log.dropped))]),
        Metrics.Gauge(
          name: "numgate_tls_certificate_not_after_seconds",
          help: "End of the server certificate's validity since the Unix epoch in seconds.",
          values: server.http.tls.map { [("", Double($0.current.notAfter))] } ?? []),
        Metrics.Gauge(
          name: "process_resident_memory_bytes", help: "Resident memory in bytes.",
          values: [("", Double(residentBytes()))]),
        Metrics.Gauge(
          name: "process_start_time_seconds", help: "Start time since the Unix epoch in seconds.",
          values: [("", Double(startedAt.milliseconds) / 1000)]),
      ])
  }
}

extension WallTime {
  /// The machine's clock.
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
