import Glibc
import Synchronization
import Testing

@testable import Networking

@Suite("The event loop", .timeLimit(.minutes(1)))
struct EventLoopTests {
  /// A loop for one test.
  private func withLoop<Result>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
    let loop = try EventLoop.start(name: "loop-test")
    defer { loop.stop() }
    return try await body(loop)
  }

  /// Runs `body` on the loop's thread and waits until it calls its argument.
  private func onLoop<Result: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable (_ done: @escaping @Sendable (Result) -> Void) -> Void
  ) async -> Result {
    await withCheckedContinuation { continuation in
      loop.execute { body { continuation.resume(returning: $0) } }
    }
  }

  /// The recorded events, in order. Used on a loop only.
  private final class Record: @unchecked Sendable {
    var names: [String] = []
    var timers: [LoopTimer] = []
  }

  // MARK: Timers

  @Test("Tasks that wake each other endlessly do not starve timers")
  func endlessJobs() async throws {
    let loop = try EventLoop.start(name: "test")
    defer { loop.stop() }
    let isTimeUp = Locked(false)
    await Task(executorPreference: loop) { () async in
      loop.call(after: .milliseconds(1)) { isTimeUp.withLock { $0 = true } }
      while !isTimeUp.withLock({ $0 }) { await Task.yield() }
    }.value
    #expect(isTimeUp.withLock { $0 })
  }

  @Test("Timers fire in the order of their times")
  func order() async throws {
    let names = try await withLoop { loop in
      await onLoop(loop) { (done: @escaping @Sendable ([String]) -> Void) in
        let record = Record()
        let start = MonotonicTime.now
        for milliseconds in [30, 5, 60, 20, 1, 45, 10, 2] {
          let timer = LoopTimer(loop)
          timer.onFire = {
            record.names.append("\(milliseconds)")
            if milliseconds == 60 { done(record.names) }
          }
          timer.arm(at: start.advanced(by: .milliseconds(milliseconds)))
          record.timers.append(timer)
        }
      }
    }
    #expect(names == ["1", "2", "5", "10", "20", "30", "45", "60"])
  }

  @Test("A timer does not fire before its time")
  func notEarly() async throws {
    let early = try await withLoop { loop in
      await onLoop(loop) { (done: @escaping @Sendable (Bool) -> Void) in
        let due = MonotonicTime.now.advanced(by: .microseconds(2500))
        let record = Record()
        let timer = LoopTimer(loop)
        timer.onFire = {
          record.timers = []
          done(MonotonicTime.now < due)
        }
        record.timers = [timer]
        timer.arm(at: due)
      }
    }
    #expect(!early)
  }

  @Test(
    "A timer that is armed several times fires once, at the last time",
    arguments: [[5, 35], [35, 5], [5, 35, 15], [35, 5, 25], [35, 25, 15, 5], [5, 15, 25, 35], [15, 15, 15]])
  func rearmed(_ times: [Int]) async throws {
    let names = try await withLoop { loop in
      await onLoop(loop) { (done: @escaping @Sendable ([String]) -> Void) in
        let record = Record()
        let start = MonotonicTime.now
        let moved = LoopTimer(loop)
        let due = start.advanced(by: .milliseconds(times.last ?? 0))
        moved.onFire = { record.names.append(MonotonicTime.now < due ? "early" : "moved") }
        for milliseconds in times { moved.arm(at: start.advanced(by: .milliseconds(milliseconds))) }
        let last = LoopTimer(loop)
        last.onFire = { done(record.names) }
        last.arm(at: start.advanced(by: .milliseconds(60)))
        record.timers = [moved, last]
      }
    }
    #expect(names == ["moved"])
  }

  @Test("A timer that is moved to an earlier time fires at that time", arguments: [[35, 5], [35, 25, 15, 5]])
  func putForward(_ times: [Int]) async throws {
    let names = try await withLoop { loop in
      await onLoop(loop) { (done: @escaping @Sendable ([String]) -> Void) in
        let record = Record()
        let start = MonotonicTime.now
        let (moved, fixed) = (LoopTimer(loop), LoopTimer(loop))
        moved.onFire = { record.names.append("moved") }
        for milliseconds in times { moved.arm(at: start.advanced(by: .milliseconds(milliseconds))) }
        fixed.onFire = { done(record.names + ["fixed"]) }
        fixed.arm(at: start.advanced(by: .milliseconds(10)))
        record.timers = [moved, fixed]
      }
    }
    #expect(names == ["moved", "fixed"])
  }

  @Test("A disarmed timer does not fire; a timer that is armed again fires again")
  func disarmed() async throws {
    let names = try await withLoop { loop in
      await onLoop(loop) { (done: @escaping @Sendable ([String]) -> Void) in
        let record = Record()
        let start = MonotonicTime.now
        let silent = LoopTimer(loop)
        silent.onFire = { record.names.append("silent") }
        silent.arm(at: start.advanced(by: .milliseconds(5)))
        silent.disarm()
        let again = LoopTimer(loop)
        again.onFire = {
          record.names.append("again")
          guard record.names.count < 3 else { return done(record.names) }
          again.arm(at: MonotonicTime.now.advanced(by: .milliseconds(1)))
        }
        again.arm(at: start.advanced(by: .milliseconds(8)))
        again.disarm()
        again.arm(at: start.advanced(by: .milliseconds(10)))
        record.timers = [silent, again]
      }
    }
    #expect(names == ["again", "again", "again"])
  }

  @Test("The heap returns timers in the order of their times", arguments: [1, 2, 3, 10, 100, 1000])
  func heap(_ count: Int) throws {
    let loop = try EventLoop()
    var heap = TimerHeap()
    var timers: [LoopTimer] = []
    var state: UInt64 = 7
    var times: [UInt64] = []
    for _ in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let time = state >> 54
      let timer = LoopTimer(loop)
      timers.append(timer)
      times.append(time)
      heap.push(timer, at: MonotonicTime(nanoseconds: time))
    }
    var taken: [UInt64] = []
    for instant in 0...1024 as ClosedRange<UInt64> {
      while let timer = heap.popDue(at: MonotonicTime(nanoseconds: instant)) {
        let index = try #require(timers.firstIndex { $0 === timer })
        #expect(times[index] == instant)
        taken.append(times[index])
        timers.remove(at: index)
        times.remove(at: index)
      }
    }
    #expect(taken.count == count)
    #expect(taken == taken.sorted())
    #expect(heap.waitMilliseconds(from: .now) == -1)
  }

  @Test(
    "The wait for a timer is rounded up to milliseconds",
    arguments: [
      (0, 0), (1, 1), (999_999, 1), (1_000_000, 1), (1_000_001, 2), (UInt64(Int64.max), Int32.max),
    ] as [(UInt64, Int32)])
  func wait(_ nanoseconds: UInt64, _ milliseconds: Int32) throws {
    let loop = try EventLoop()
    let timer = LoopTimer(loop)
    var heap = TimerHeap()
    heap.push(timer, at: MonotonicTime(nanoseconds: 5_000_000 + nanoseconds))
    #expect(heap.waitMilliseconds(from: MonotonicTime(nanoseconds: 5_000_000)) == milliseconds)
    #expect(heap.waitMilliseconds(from: MonotonicTime(nanoseconds: .max)) == 0)
  }

  @Test("Time arithmetic saturates instead of overflowing")
  func time() {
    let time = MonotonicTime(nanoseconds: 1_000)
    #expect(time.advanced(by: .nanoseconds(5)).nanoseconds == 1_005)
    #expect(time.advanced(by: .seconds(2)).nanoseconds == 2_000_001_000)
    #expect(time.advanced(by: .seconds(Int64.max)).nanoseconds == .max)
    #expect(MonotonicTime(nanoseconds: .max).advanced(by: .seconds(1)).nanoseconds == .max)
    #expect(time.nanoseconds(since: MonotonicTime(nanoseconds: 400)) == 600)
    #expect(time.nanoseconds(since: MonotonicTime(nanoseconds: 4_000)) == 0)
  }

  @Test("A sleeping task does not block the loop")
  func sleep() async throws {
    try await withLoop { loop in
      let record = Record()
      let start = MonotonicTime.now
      await withTaskGroup { group in
        for milliseconds in [20, 5, 12] {
          group.addTask(executorPreference: loop) {
            await loop.sleep(for: .milliseconds(milliseconds))
            record.names.append("\(milliseconds)")
          }
        }
      }
      #expect(record.names.sorted() == ["12", "20", "5"])
      #expect(MonotonicTime.now.nanoseconds(since: start) >= 20_000_000)
    }
  }

  // MARK: Work from other threads

  @Test("A new loop runs on its own thread, and runs tasks that are enqueued at once")
  func start() async throws {
    for _ in 0..<200 {
      let loop = try EventLoop.start(name: "new")
      #expect(!loop.isOnLoop)
      let isOnLoop = await Task(executorPreference: loop) { loop.isOnLoop }.value
      #expect(isOnLoop)
      loop.stop()
    }
  }

  @Test("Work from many threads runs on the loop, in the order of each thread")
  func execute() async throws {
    final class Log: @unchecked Sendable {
      var last = [Int](repeating: -1, count: 16)
      var count = 0
      var wrong = 0
    }
    try await withLoop { loop in
      let log = Log()
      await withCheckedContinuation { continuation in
        for thread in 0..<16 {
          startThread {
            for number in 0..<1000 {
              loop.execute {
                if log.last[thread] != number - 1 || !loop.isOnLoop { log.wrong += 1 }
                log.last[thread] = number
                log.count += 1
                if log.count == 16_000 { continuation.resume() }
              }
            }
          }
        }
      }
      #expect(log.wrong == 0)
      #expect(log.last == [Int](repeating: 999, count: 16))
    }
  }

  @Test("Tasks are on the loop after every await")
  func tasks() async throws {
    try await withLoop { loop in
      let wrong = await Task(executorPreference: loop) {
        var wrong = 0
        func check() { if !loop.isOnLoop { wrong += 1 } }
        check()
        await Task.yield()
        check()
        await loop.sleep(for: .milliseconds(1))
        check()
        await withCheckedContinuation { continuation in startThread { continuation.resume() } }
        check()
        async let child = loop.isOnLoop
        if await !child { wrong += 1 }
        check()
        await withTaskGroup(of: Bool.self) { group in
          for _ in 0..<20 {
            group.addTask {
              await Task.yield()
              return loop.isOnLoop
            }
          }
          for await isOnLoop in group where !isOnLoop { wrong += 1 }
        }
        check()
        return wrong
      }.value
      #expect(wrong == 0)
    }
  }

  @Test("Thousands of tasks from many threads run on the loop, one at a time")
  func manyTasks() async throws {
    final class Counter: @unchecked Sendable {
      var count = 0
      var wrong = 0
    }
    try await withLoop { loop in
      let counter = Counter()
      await withTaskGroup { group in
        for _ in 0..<8 {
          group.addTask { @concurrent in
            await withTaskGroup { inner in
              for _ in 0..<500 {
                inner.addTask(executorPreference: loop) {
                  for _ in 0..<5 {
                    // Not synchronised: only the thread of the loop uses it.
                    let seen = counter.count
                    if !loop.isOnLoop { counter.wrong += 1 }
                    counter.count = seen + 1
                    await Task.yield()
                  }
                }
              }
            }
          }
        }
      }
      #expect(counter.count == 20_000)
      #expect(counter.wrong == 0)
    }
  }

  @Test("A stopped loop ends its thread after the work that was submitted before")
  func stop() throws {
    final class Box: @unchecked Sendable {
      let loop: EventLoop
      var done = 0
      init(_ loop: EventLoop) { self.loop = loop }
    }
    let box = Box(try EventLoop())
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(box).toOpaque()
    try #require(
      pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().loop.run()
          return nil
        }, argument) == 0)
    for _ in 0..<10 { box.loop.execute { box.done += 1 } }
    box.loop.stop()
    pthread_join(thread, nil)
    #expect(box.done == 10)
  }
}

/// Runs `body` on a new thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  let argument = Unmanaged.passRetained(Box(body)).toOpaque()
  let result = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, argument)
  precondition(result == 0, "cannot create a thread")
  pthread_detach(thread)
}
