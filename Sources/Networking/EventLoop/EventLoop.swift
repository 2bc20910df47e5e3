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

  public func advanced(by duration: Duration) -> MonotonicTime {
    // `components` divides 128 bits by 128 bits; durations below 9 s, which most are, need 64.
    if let attoseconds = Int64(exactly: duration.attoseconds), attoseconds >= 0 {
      let (sum, past) = nanoseconds.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
      return MonotonicTime(nanoseconds: past ? .max : sum)
    }
    let parts = duration.components
    let (delta, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard parts.seconds >= 0, !overflow else { return MonotonicTime(nanoseconds: parts.seconds < 0 ? 0 : .max) }
    let total = UInt64(delta) + UInt64(max(0, parts.attoseconds) / 1_000_000_000)
    let (sum, past) = nanoseconds.addingReportingOverflow(total)
    return MonotonicTime(nanoseconds: past ? .max : sum)
  }

  /// The nanoseconds from `earlier` to here; 0 where `earlier` is later.
  public func nanoseconds(since earlier: MonotonicTime) -> UInt64 {
    nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0
  }
}

/// What the loop calls when a descriptor is ready.
protocol DescriptorHandler: AnyObject {
  func ready(_ events: UInt32)
}

/// A thread that waits on epoll, and the executor of every task that works with its sockets: a request is handled on
/// the loop that accepted it, with no thread hop and no lock.
///
/// Start tasks on it with `Task(executorPreference: loop)`. Objects that belong to a loop (connections, the client's
/// pool) are touched on its thread only; `preconditionOnLoop()` holds them to it.
public final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
  private struct Registration {
    var handler: (any DescriptorHandler)?
    var generation: UInt32 = 0
  }

  private struct Arrivals {
    var jobs: [UnownedJob] = []
    var works: [@Sendable () -> Void] = []
    var endings: [@Sendable () -> Void] = []
    var isStopping = false
    var isAwake = false
  }

  private let epoll: Int32
  private let wakeup: Int32
  /// The thread that runs the loop; 0, which is no thread, until it does.
  private let thread = Atomic<UInt>(0)
  private var registrations: [Registration] = []
  private var jobs: [UnownedJob] = []
  private var isDraining = false
  private var timers = TimerHeap()
  private(set) lazy var heavyWork = HeavyWork(self)
  /// What other threads brought; guarded by its lock, announced through the eventfd.
  private let arrivals = Locked(Arrivals())

  /// Where connections read into; one for all of them, so that an idle one holds no memory for it.
  let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 16)
  /// Memory for messages to be sent, kept for the next ones.
  private var spareBuffers: [[UInt8]] = []
  private var date: (second: Int, text: [UInt8]) = (-1, [])

  /// The monotonic time at the start of this turn of the loop.
  public private(set) var now = MonotonicTime.now

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

  /// Makes a loop and runs it on a thread of its own, until `stop()`.
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

  public var isOnLoop: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  func preconditionOnLoop() { precondition(isOnLoop, "touched from a thread that is not its loop's") }

  /// Runs `work` on the loop's thread: from any thread.
  public func execute(_ work: @escaping @Sendable () -> Void) {
    announce { $0.works.append(work) }
  }

  /// Ends `run()` after the current turn: from any thread.
  public func stop() {
    announce { $0.isStopping = true }
  }

  /// Runs `work` on the loop's thread when the loop stops: from any thread, before that.
  func whenStopped(_ work: @escaping @Sendable () -> Void) {
    arrivals.withLock { $0.endings.append(work) }
  }

  private func announce(_ change: (inout Arrivals) -> Void) {
    let mustWake = arrivals.withLock { arrivals in
      change(&arrivals)
      let mustWake = !arrivals.isAwake
      arrivals.isAwake = true
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
      announce { $0.jobs.append(job) }
    }
  }

  public func checkIsolated() {
    precondition(isOnLoop, "not on the event loop's thread")
  }

  public func isIsolatingCurrentContext() -> Bool? { isOnLoop }

  /// Jobs in a row before descriptors and timers are looked at again: tasks that wake each other must not starve them.
  private static let longestDrain = 10_000

  /// Runs the jobs that have become ready, and those that they make ready.
  private func drain() {
    guard !isDraining, !jobs.isEmpty else { return }
    isDraining = true
    var next = 0
    while next < jobs.count, next < Self.longestDrain {
      let job = jobs[next]
      next += 1
      job.runSynchronously(isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
    if next == jobs.count { jobs.removeAll(keepingCapacity: jobs.count < 4096) } else { jobs.removeFirst(next) }
    isDraining = false
  }

  // MARK: Turns

  /// Serves the loop on the calling thread until `stop()`.
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
          if takeArrivals() {
            while heavyWork.refuseNext() { drain() }
            for ending in arrivals.withLock({ $0.endings }) { ending() }
            drain()
            timers.discard()
            for index in registrations.indices { registrations[index].handler = nil }
            // The thread's identifier may be given to another thread.
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

  private func takeArrivals() -> Bool {
    var count: UInt64 = 0
    _ = read(wakeup, &count, 8)
    let taken = arrivals.withLock { arrivals in
      defer {
        arrivals.jobs.removeAll(keepingCapacity: true)
        arrivals.works.removeAll(keepingCapacity: true)
        arrivals.isAwake = false
      }
      return Arrivals(jobs: arrivals.jobs, works: arrivals.works, isStopping: arrivals.isStopping)
    }
    jobs += taken.jobs
    for work in taken.works {
      work()
      drain()
    }
    drain()
    return taken.isStopping
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

  private static let mostSpareBuffers = 16
  private static let largestSpareBuffer = 65_536

  /// An empty array, most often with memory.
  func takeBuffer() -> [UInt8] { spareBuffers.popLast() ?? [] }

  /// Takes the memory of an array that is not used any more.
  func giveBack(_ buffer: consuming [UInt8]) {
    guard buffer.capacity > 0, buffer.capacity <= Self.largestSpareBuffer,
      spareBuffers.count < Self.mostSpareBuffers
    else { return }
    buffer.removeAll(keepingCapacity: true)
    spareBuffers.append(buffer)
  }

  // MARK: Time

  /// The value of a Date field (RFC 9110 §6.6.1), made once a second.
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

  /// Runs `body` once on the loop when the time is up. Call on the loop's thread.
  public func call(after duration: Duration, _ body: @escaping () -> Void) {
    let timer = LoopTimer(self)
    timer.onFire = {
      withExtendedLifetime(timer) { timer.onFire = nil }
      body()
    }
    timer.arm(at: MonotonicTime.now.advanced(by: duration))
  }

  /// Waits on this loop, without holding it. Call from a task that runs on the loop.
  public func sleep(for duration: Duration) async {
    preconditionOnLoop()
    await withUnsafeContinuation { continuation in
      call(after: duration) { continuation.resume() }
    }
  }
}
