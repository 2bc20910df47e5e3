import Glibc
import Networking

/// Runs a server process: the main thread waits for signals, everything else runs on event loops.
enum Process {
  struct Service {
    let servers: [HTTPServer]
    /// The loop on which the drain runs.
    let loop: EventLoop
    /// How long requests in flight may take once the listeners are closed.
    let limit: Duration
    /// How long the listeners stay open after `willDrain`, so that load balancers can see that the service is not
    /// ready.
    var drainDelay = Duration.zero
    /// Called on SIGHUP; nil if SIGHUP is ignored.
    var reload: (@Sendable () -> Void)?
    var willDrain: @Sendable () -> Void = {}
    var didDrain: @Sendable () async -> Void = {}
  }

  static func loops(_ count: Int?, name: String) throws(SystemError) -> [EventLoop] {
    let count = count ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var loops: [EventLoop] = []
    for index in 0..<count { loops.append(try EventLoop.start(name: "\(name)-\(index)")) }
    return loops
  }

  /// Starts the service and drains it at the first SIGTERM or SIGINT. Returns the exit code.
  static func run(_ start: () throws -> Service) -> Int32 {
    let signals = blockSignals()
    let service: Service
    do {
      service = try start()
    } catch let error as SystemError where error.isAddressInUse {
      Terminal.error("numgate: \(error.action): the address is already in use")
      return 1
    } catch {
      Terminal.error("numgate: \(error)")
      return 1
    }
    waitForStop(signals, service.reload)
    return drain(service, signals)
  }

  /// Opens `/dev/null` on closed standard descriptors. Otherwise an epoll descriptor or a client connection would get
  /// their numbers, and log lines would be written to it. Writing to these descriptors fails instead.
  static func holdStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    while (0...2).contains(descriptor) { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    if descriptor > 2 { close(descriptor) }
  }

  /// Call before creating threads: they inherit the mask, so that only the main thread receives signals. Returns the
  /// signals that stop the process.
  static func blockSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    var blocked = signals
    // Linux queues a blocked signal for sigwait even if it is ignored.
    sigaddset(&blocked, SIGHUP)
    pthread_sigmask(SIG_BLOCK, &blocked, nil)
    signal(SIGPIPE, SIG_IGN)
    // A limit of file sizes is an error of the write, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    ignoreHangUp()
    return signals
  }

  /// A closed terminal must not stop the process while requests are in flight.
  static func ignoreHangUp() { signal(SIGHUP, SIG_IGN) }

  /// Returns when one of `signals` arrives. SIGHUP is handled only here, so it has no effect during the drain.
  private static func waitForStop(_ signals: sigset_t, _ reload: (@Sendable () -> Void)?) {
    var awaited = signals
    if reload != nil { sigaddset(&awaited, SIGHUP) }
    while true {
      var received: Int32 = 0
      guard sigwait(&awaited, &received) == 0 else { continue }
      guard received == SIGHUP else { return }
      reload?()
    }
  }

  /// Maximum time to write the last rows and log lines: a slow disk, or a reader that has stopped reading, must not
  /// block the exit.
  private static let flushLimit = Duration.seconds(3)

  /// Returns 0 if all requests in flight were finished, 1 if the time limit or a second signal interrupted them.
  static func drain(_ service: Service, _ signals: sigset_t) -> Int32 {
    service.willDrain()
    for server in service.servers { server.beginDraining() }
    var isFinished = service.drainDelay == .zero || !wait(signals, for: service.drainDelay)
    if isFinished {
      isFinished = wait(signals, for: service.limit, on: service.loop) {
        for server in service.servers { await server.drain() }
      }
    }
    if !isFinished { Terminal.error("numgate: stopped before all requests in flight were finished") }
    _ = wait(signals, for: flushLimit, on: service.loop) { await service.didDrain() }
    return isFinished ? 0 : 1
  }

  /// Runs `work` on the loop and waits for its end. Returns false if the limit was reached or a signal arrived first.
  private static func wait(
    _ signals: sigset_t, for limit: Duration, on loop: EventLoop, _ work: @escaping @Sendable () async -> Void
  ) -> Bool {
    let main = pthread_self()
    let isDone = Locked(false)
    Task(executorPreference: loop) {
      await work()
      isDone.withLock { $0 = true }
      // Wakes the main thread, which waits for signals.
      pthread_kill(main, SIGTERM)
    }
    _ = wait(signals, for: limit)
    return isDone.withLock { $0 }
  }

  /// Returns true if one of `signals` arrived within the time. Other interruptions (a debugger, SIGSTOP and SIGCONT) do
  /// not end the wait.
  private static func wait(_ signals: sigset_t, for time: Duration) -> Bool {
    var signals = signals
    let end = MonotonicTime.now.advanced(by: time)
    while true {
      let left = end.nanoseconds(since: .now)
      var timeout = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
      if sigtimedwait(&signals, nil, &timeout) > 0 { return true }
      if errno != EINTR { return false }
    }
  }

  /// Raises the limit of open descriptors to the hard limit. Returns the new limit.
  static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }
}
