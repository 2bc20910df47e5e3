internal import CLinux
internal import Glibc
private import Synchronization

/// A point on the monotonic clock, in nanoseconds.
public struct MonotonicTime: Sendable, Hashable, Comparable {
  public let nanoseconds: UInt64

  public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  public static var now: MonotonicTime {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The time after `duration`, which must not be negative; at most the largest time.
  public func advanced(by duration: Duration) -> MonotonicTime {
    // `components` divides 128-bit numbers. Most durations are below 9 s and fit in 64 bits.
    if let attoseconds = Int64(exactly: duration.attoseconds), attoseconds >= 0 {
      let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
      return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }
    let parts = duration.components
    let (delta, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard parts.seconds >= 0, !overflow else { return MonotonicTime(nanoseconds: parts.seconds < 0 ? 0 : .max) }
    let total = UInt64(delta) + UInt64(max(0, parts.attoseconds) / 1_000_000_000)
    let (sum, sumOverflow) = nanoseconds.addingReportingOverflow(total)
    return MonotonicTime(nanoseconds: sumOverflow ? .max : sum)
  }

  /// The nanoseconds from `earlier` to this time; 0 if `earlier` is the later time.
  public func nanoseconds(since earlier: MonotonicTime) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
  }
}

/// Called by the loop when a registered descriptor is ready.
protocol DescriptorHandler: AnyObject {
  func ready(_ events: UInt32)
}

/// An epoll event loop on one thread. It is also the task executor for all work with its sockets: a request is handled
/// on the loop that accepted it, without a thread switch and without a lock.
///
/// Start tasks on it with `Task(executorPreference: loop)`. Objects that belong to a loop (connections, the client's
/// pools) are used on its thread only; `preconditionOnLoop()` checks this.
public final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
  private struct Registration {
    var handler: (any DescriptorHandler)?
    var generation: UInt32 = 0
  }

  private struct Submissions {
    var jobs: [UnownedJob] = []
    var closures: [@Sendable () -> Void] = []
    var stopHandlers: [@Sendable () -> Void] = []
    var isStopping = false
    var isAwake = false
  }

  private let epoll: Int32
  private let wakeup: Int32
  /// The thread that runs the loop; 0 while no thread runs it.
  private let thread = Atomic<UInt>(0)
  private var registrations: [Registration] = []
  private var jobs: [UnownedJob] = []
  private var isDraining = false
  private var timers = TimerHeap()
  private(set) lazy var heavyWork = HeavyWork(self)
  /// Work submitted by other threads. Protected by its lock; the eventfd wakes the loop.
  private let submissions = Locked(Submissions())

  /// The read buffer of all connections, so that an idle connection needs no buffer.
  let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
  /// Empty buffers for messages to be sent. Their memory is reused.
  private var spareBuffers: [[UInt8]] = []
  private var date: (second: Int, text: [UInt8]) = (-1, [])

  /// The monotonic time at the start of this turn of the loop.
  public private(set) var now = MonotonicTime.now

  /// Throws if the process has no free descriptors.
  public init() throws(SystemError) {
    epoll = numgate_epoll_create()
    guard epoll >= 0 else { throw SystemError("epoll_create1") }
    wakeup = numgate_eventfd()
    guard wakeup >= 0 else { throw SystemError("eventfd") }
    guard numgate_epoll_add(epoll, wakeup, NUMGATE_EPOLLIN, UInt64(UInt32(wakeup))) == 0 else {
      throw SystemError("epoll_ctl")
    }
  }

  deinit {
    close(epoll)
    close(wakeup)
    readBuffer.deallocate()
  }

  /// Creates a loop and runs it on a new thread until `stop()`. The thread's name is `name`, cut to 15 characters.
  /// Throws if the process has no free descriptors or cannot create a thread.
  public static func start(name: String) throws(SystemError) -> EventLoop {
    let loop = try EventLoop()
    let started = Unmanaged.passRetained(Start(loop: loop, name: name))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        numgate_name_thread(String(start.name.prefix(15)))
        start.loop.run()
        return nil
      }, started.toOpaque())
    guard result == 0 else {
      started.release()
      throw SystemError("pthread_create", code: result)
    }
    pthread_detach(thread)
    return loop
  }

  private final class Start {
    let loop: EventLoop
    let name: String
    init(loop: EventLoop, name: String) {
      self.loop = loop
      self.name = name
    }
  }

  // MARK: Work

  /// Whether the calling thread runs the loop.
  public var isOnLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  func preconditionOnLoop() { precondition(isOnLoop, "not called on the thread of the event loop") }

  /// Runs `work` on the loop's thread. Can be called on any thread.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    submit { $0.closures.append(work) }
  }

  /// Ends `run()` after the current turn. Can be called on any thread.
  public func stop() {
    submit { $0.isStopping = true }
  }

  /// Runs `work` on the loop's thread when the loop stops. Can be called on any thread, before the loop has stopped.
  func whenStopped(_ work: @escaping @Sendable () -> Void) {
    submissions.withLock { $0.stopHandlers.append(work) }
  }

  private func submit(_ change: (inout Submissions) -> Void) {
    let mustWake = submissions.withLock { submissions in
      change(&submissions)
      let mustWake = !submissions.isAwake
      submissions.isAwake = true
      return mustWake
    }
    if mustWake {
      var one: UInt64 = 1
      _ = write(wakeup, &one, 8)
    }
  }

  // MARK: Executor

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isOnLoop {
      jobs.append(job)
    } else {
      submit { $0.jobs.append(job) }
    }
  }

  public func checkIsolated() {
    precondition(isOnLoop, "not called on the thread of the event loop")
  }

  public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

  /// Maximum number of consecutive jobs. Descriptors and timers are served after it, so that tasks that wake each other
  /// cannot starve them.
  private static let maximumJobsPerDrain = 10_000

  /// Runs the ready jobs, and the jobs that become ready meanwhile.
  private func drain() {
    guard !isDraining, !jobs.isEmpty else { return }
    isDraining = true
    var next = 0
    while next < jobs.count, next < Self.maximumJobsPerDrain {
      let job = jobs[next]
      next += 1
      job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
    if next == jobs.count { jobs.removeAll(keepingCapacity: jobs.count < 4096) } else { jobs.removeFirst(next) }
    isDraining = false
  }

  // MARK: Turns

  /// Runs the loop on the calling thread until `stop()`.
  public func run() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    let capacity = 256
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
    defer { events.deallocate() }
    while true {
      drain()
      let isIdle = jobs.isEmpty && heavyWork.isEmpty
      let count = epoll_wait(
        epoll, events, Int32(capacity), isIdle ? timers.waitMilliseconds(from: MonotonicTime.now) : 0)
      now = .now
      if count < 0, errno != EINTR { fatalError(SystemError("epoll_wait").description) }
      for index in 0..<Int(max(count, 0)) {
        let tag = numgate_epoll_tag(events + index)
        let descriptor = Int(UInt32(truncatingIfNeeded: tag))
        if descriptor == Int(wakeup) {
          if takeSubmissions() {
            while heavyWork.refuseNext() { drain() }
            for handler in submissions.withLock({ $0.stopHandlers }) { handler() }
            drain()
            timers.discard()
            for index in registrations.indices { registrations[index].handler = nil }
            // The system can reuse the identifier of the thread.
            thread.store(0, ordering: .relaxed)
            return
          }
        } else if descriptor < registrations.count,
          registrations[descriptor].generation == UInt32(truncatingIfNeeded: tag >> 32)
        {
          registrations[descriptor].handler?.ready(events[index].events)
        }
        drain()
      }
      while let timer = timers.popDue(at: now) {
        timer.fire(at: now)
        drain()
      }
      heavyWork.runTurn(drain)
    }
  }

  /// Runs the work that other threads have submitted. Returns true if the loop must stop.
  private func takeSubmissions() -> Bool {
    var count: UInt64 = 0
    _ = read(wakeup, &count, 8)
    let current = submissions.withLock { submissions in
      defer {
        submissions.jobs.removeAll(keepingCapacity: true)
        submissions.closures.removeAll(keepingCapacity: true)
        submissions.isAwake = false
      }
      return Submissions(
        jobs: submissions.jobs, closures: submissions.closures, isStopping: submissions.isStopping)
    }
    jobs += current.jobs
    for closure in current.closures {
      closure()
      drain()
    }
    drain()
    return current.isStopping
  }

  // MARK: Descriptors

  func register(_ descriptor: Int32, _ events: UInt32, _ handler: any DescriptorHandler) throws(SystemError) {
    preconditionOnLoop()
    let index = Int(descriptor)
    while registrations.count <= index { registrations.append(Registration()) }
    registrations[index].generation &+= 1
    registrations[index].handler = handler
    let tag = UInt64(registrations[index].generation) << 32 | UInt64(UInt32(descriptor))
    if numgate_epoll_add(epoll, descriptor, events, tag) != 0 {
      guard errno == EEXIST, numgate_epoll_modify(epoll, descriptor, events, tag) == 0 else {
        registrations[index].handler = nil
        throw SystemError("epoll_ctl")
      }
    }
  }

  func unregister(_ descriptor: Int32) {
    preconditionOnLoop()
    let index = Int(descriptor)
    guard index < registrations.count else { return }
    registrations[index].handler = nil
    registrations[index].generation &+= 1
    _ = numgate_epoll_remove(epoll, descriptor)
  }

  // MARK: Memory

  private static let maximumSpareBuffers = 16
  private static let maximumSpareCapacity = 65_536

  /// An empty array, usually with allocated memory.
  func acquireBuffer() -> [UInt8] { spareBuffers.popLast() ?? [] }

  /// Keeps the memory of an array for the next caller of `acquireBuffer`.
  func releaseBuffer(_ buffer: consuming [UInt8]) {
    guard buffer.capacity > 0, buffer.capacity <= Self.maximumSpareCapacity,
      spareBuffers.count < Self.maximumSpareBuffers
    else { return }
    buffer.removeAll(keepingCapacity: true)
    spareBuffers.append(buffer)
  }

  // MARK: Time

  /// Appends the value of the Date field (RFC 9110 §6.6.1). The text is generated once per second.
  func appendDate(to output: inout [UInt8]) {
    var second = time(nil)
    if second != date.second {
      var parts = tm()
      gmtime_r(&second, &parts)
      var text = [CChar](repeating: 0, count: 40)
      let length = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
      date = (second, text[..<length].map(UInt8.init(bitPattern:)))
    }
    output.append(contentsOf: date.text)
  }

  func add(_ timer: LoopTimer, at time: MonotonicTime) {
    preconditionOnLoop()
    timers.push(timer, at: time)
  }

  /// Runs `body` once on the loop, after `duration`. Call on the loop's thread.
  public func call(after duration: Duration, _ body: @escaping () -> Void) {
    let timer = LoopTimer(self)
    timer.onFire = {
      withExtendedLifetime(timer) { timer.onFire = nil }
      body()
    }
    timer.arm(at: MonotonicTime.now.advanced(by: duration))
  }

  /// Suspends the calling task without blocking the loop. Call from a task that runs on the loop.
  public func sleep(for duration: Duration) async {
    preconditionOnLoop()
    await withUnsafeContinuation { continuation in
      call(after: duration) { continuation.resume() }
    }
  }
}
