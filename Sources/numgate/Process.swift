import Glibc
import Networking

/// The life of a process that serves: signals are awaited on the main thread, everything else runs on loops.
enum Process {
  struct Service {
    let servers: [HTTPServer]
    /// Where the draining is watched.
    let loop: EventLoop
    /// How long requests in flight may take.
    let limit: Duration
    /// What SIGHUP asks for; nil where it is ignored.
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
  static func run(_ start: () throws(SystemError) -> Service) -> Int32 {
    let signals = blockSignals()
    let service: Service
    do throws(SystemError) {
      service = try start()
    } catch {
      Terminal.error("numgate: \(error.isAddressInUse ? "\(error.action): the port is taken" : error.description)")
      return 1
    }
    awaitEnd(signals, service.reload)
    return drain(service, signals)
  }

  /// Where standard input, output or error is closed, the next descriptors made would take their places, and log lines
  /// would go into a loop's own machinery or to a caller. Writing to these fails instead.
  static func holdStandardDescriptors() {
    var descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    while (0...2).contains(descriptor) { descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC) }
    if descriptor > 2 { close(descriptor) }
  }

  /// Before any thread is made: they inherit the mask, and only the main thread takes signals. Returns those that end.
  static func blockSignals() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    var blocked = signals
    // Linux keeps a blocked signal for sigwait, ignored or not.
    sigaddset(&blocked, SIGHUP)
    pthread_sigmask(SIG_BLOCK, &blocked, nil)
    signal(SIGPIPE, SIG_IGN)
    ignoreHangUp()
    return signals
  }

  /// A closed terminal is no reason to drop what is in flight.
  static func ignoreHangUp() { signal(SIGHUP, SIG_IGN) }

  /// Returns at one of `signals`. SIGHUP is taken here only, so that during the drain it does nothing.
  private static func awaitEnd(_ signals: sigset_t, _ reload: (@Sendable () -> Void)?) {
    var awaited = signals
    if reload != nil { sigaddset(&awaited, SIGHUP) }
    while true {
      var received: Int32 = 0
      guard sigwait(&awaited, &received) == 0 else { continue }
      guard received == SIGHUP else { return }
      reload?()
    }
  }

  /// 0 where everything in flight was finished, 1 where the limit or a second signal cut it off.
  static func drain(_ service: Service, _ signals: sigset_t) -> Int32 {
    service.willDrain()
    let main = pthread_self()
    let isDone = Locked(false)
    Task(executorPreference: service.loop) {
      for server in service.servers { await server.drain() }
      await service.didDrain()
      isDone.withLock { $0 = true }
      // The main thread waits for signals; this one tells it that there is nothing left.
      pthread_kill(main, SIGTERM)
    }
    var time = timespec()
    time.tv_sec = Int(service.limit.components.seconds)
    time.tv_nsec = Int(service.limit.components.attoseconds / 1_000_000_000)
    var signals = signals
    _ = sigtimedwait(&signals, nil, &time)
    guard isDone.withLock({ $0 }) else {
      Terminal.error("numgate: stopped before everything in flight was finished")
      return 1
    }
    return 0
  }
}
