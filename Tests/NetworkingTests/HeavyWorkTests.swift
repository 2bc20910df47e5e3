import CLinux
import Glibc
import Testing

@testable import Networking

@Suite("The queue of heavy operations") struct HeavyWorkQueueTests {
  private static func time(_ nanoseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: nanoseconds) }

  private static func all(_ queue: HeavyWorkQueue<String>) -> [String] {
    var queue = queue
    var order: [String] = []
    while let waiter = queue.next() { order.append(waiter) }
    return order
  }

  @Test("serves lanes in turn, and each lane in order of arrival") func lanes() {
    var queue = HeavyWorkQueue<String>()
    for waiter in ["a1", "a2", "a3", "b1", "b2", "c1"] {
      queue.appendBeginning(waiter, lane: String(waiter.prefix(1)), expiry: Self.time(9))
    }
    #expect(Self.all(queue) == ["a1", "b1", "c1", "a2", "b2", "a3"])
  }

  @Test("serves operations that end a call before operations that begin one") func endings() {
    var queue = HeavyWorkQueue<String>()
    queue.appendBeginning("begin", lane: "a", expiry: Self.time(9))
    queue.appendEnding("end 1")
    queue.appendEnding("end 2")
    #expect(Self.all(queue) == ["end 1", "end 2", "begin"])
  }

  @Test("removes exactly the expired waiters of all lanes") func expiry() {
    var queue = HeavyWorkQueue<String>()
    queue.appendEnding("end")
    for (waiter, expiry) in [("a50", 50), ("a60", 60), ("b10", 10), ("b20", 20), ("b30", 30), ("c20", 20)] {
      queue.appendBeginning(waiter, lane: String(waiter.prefix(1)), expiry: Self.time(UInt64(expiry)))
    }
    #expect(queue.nextExpiry == Self.time(10))
    let early = queue.removeExpired(at: Self.time(9))
    let expired = queue.removeExpired(at: Self.time(20)).sorted()
    #expect(early == [] && expired == ["b10", "b20", "c20"])
    #expect(queue.nextExpiry == Self.time(30))
    #expect(Self.all(queue) == ["end", "a50", "b30", "a60"])
    let rest = queue.removeExpired(at: Self.time(60)).sorted()
    #expect(rest == ["a50", "a60", "b30"] && queue.nextExpiry == nil && !queue.isEmpty)
  }

  @Test("is empty only if no waiter of either kind is left") func isEmpty() {
    var queue = HeavyWorkQueue<String>()
    #expect(queue.isEmpty)
    queue.appendBeginning("begin", lane: "a", expiry: Self.time(9))
    #expect(!queue.isEmpty)
    _ = queue.next()
    queue.appendEnding("end")
    #expect(!queue.isEmpty)
    _ = queue.next()
    #expect(queue.isEmpty && queue.next() == nil)
  }
}

@Suite("Heavy operations on a loop", .timeLimit(.minutes(1))) struct HeavyWorkTests {
  private static let never = MonotonicTime(nanoseconds: .max)

  /// The recorded events, in order. Used on a loop only.
  private final class Record: @unchecked Sendable {
    var events: [String] = []
    var turns: [MonotonicTime] = []
    var timers: [LoopTimer] = []
  }

  /// A pipe that records when the loop reads from it.
  private final class Pipe: DescriptorHandler, @unchecked Sendable {
    let (input, output): (Int32, Int32)
    private let record: Record

    init(_ record: Record) throws {
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0 else { throw SystemError("pipe") }
      (input, output) = (ends[0], ends[1])
      self.record = record
    }

    deinit {
      close(input)
      close(output)
    }

    func ready(_ events: UInt32) {
      var byte: UInt8 = 0
      _ = read(input, &byte, 1)
      record.events.append("read")
    }

    func write() {
      var byte: UInt8 = 1
      _ = Glibc.write(output, &byte, 1)
    }
  }

  /// Starts `count` tasks on the loop before the first of them runs.
  private static func run(_ count: Int, on loop: EventLoop, _ body: @escaping @Sendable (Int) async -> Void) async {
    await Task(executorPreference: loop) {
      await withTaskGroup { group in
        for number in 0..<count { group.addTask(executorPreference: loop) { await body(number) } }
      }
    }.value
  }

  /// Runs 50 heavy operations. Returns, for each, the start time of its turn.
  private static func turns(startTime: Duration) async throws -> [MonotonicTime] {
    let loop = try EventLoop.start(name: "heavy-test")
    defer { loop.stop() }
    let record = Record()
    await limit(loop, startTime)
    await run(50, on: loop) { number in
      if number % 2 == 0 {
        guard await loop.turnForHeavyWork(lane: "a", expiry: never) else { return }
      } else {
        await loop.turnToEndHeavyWork()
      }
      record.turns.append(loop.now)
    }
    return record.turns
  }

  private static func limit(_ loop: EventLoop, _ startTime: Duration) async {
    await Task(executorPreference: loop) { () async in loop.heavyWork.startTime = startTime }.value
  }

  @Test("run one per turn if each takes longer than the start time") func onePerTurn() async throws {
    let turns = try await Self.turns(startTime: .zero)
    // The start time of a turn identifies it.
    #expect(turns.count == 50 && Set(turns).count == 50)
  }

  @Test("share a turn if they are short") func severalPerTurn() async throws {
    let turns = try await Self.turns(startTime: .seconds(3600))
    #expect(turns.count == 50 && Set(turns).count == 1)
  }

  @Test("resume their tasks together after the last operation of the turn") func endOfTurn() async throws {
    let loop = try EventLoop.start(name: "heavy-test")
    defer { loop.stop() }
    let record = Record()
    await Self.limit(loop, .seconds(3600))
    await Self.run(3, on: loop) { _ in
      guard await loop.turnForHeavyWork(lane: "a", expiry: Self.never) else { return }
      record.events.append("heavy")
      await loop.endOfHeavyWork()
      record.events.append("sent")
    }
    // Outside such a turn the call returns at once.
    await Task(executorPreference: loop) { () async in await loop.endOfHeavyWork() }.value
    #expect(record.events == ["heavy", "heavy", "heavy", "sent", "sent", "sent"])
  }

  @Test("run after the ready jobs, descriptors and timers") func between() async throws {
    let loop = try EventLoop.start(name: "heavy-test")
    defer { loop.stop() }
    let record = Record()
    let pipe = try Pipe(record)
    await Self.limit(loop, .zero)
    await Task(executorPreference: loop) { () async in
      try? loop.register(pipe.input, NUMGATE_EPOLLIN, pipe)
    }.value
    await Self.run(3, on: loop) { _ in
      guard await loop.turnForHeavyWork(lane: "a", expiry: Self.never) else { return }
      record.events.append("heavy")
      pipe.write()
      let timer = LoopTimer(loop)
      timer.onFire = { record.events.append("timer") }
      timer.arm(at: MonotonicTime(nanoseconds: 0))
      record.timers.append(timer)
      await Task.yield()
      record.events.append("job")
    }
    await Task(executorPreference: loop) { () async in
      await loop.turnToEndHeavyWork()
      loop.unregister(pipe.input)
    }.value
    #expect(record.events == [[String]](repeating: ["heavy", "job", "read", "timer"], count: 3).flatMap { $0 })
  }

  @Test("do not run after their expiry") func expired() async throws {
    let loop = try EventLoop.start(name: "heavy-test")
    defer { loop.stop() }
    let record = Record()
    await Self.run(6, on: loop) { number in
      let expiry = number % 3 == 0 ? Self.never : MonotonicTime(nanoseconds: UInt64(number))
      let hasTurn = await loop.turnForHeavyWork(lane: number % 3 == 0 ? "endless" : "\(number % 2)", expiry: expiry)
      record.events.append("\(number) \(hasTurn)")
    }
    #expect(record.events.sorted() == ["0 true", "1 false", "2 false", "3 true", "4 false", "5 false"])
  }

  @Test("are refused if they wait when the loop stops, or come later") func stop() async throws {
    let loop = try EventLoop.start(name: "heavy-test")
    let record = Record()
    await Self.limit(loop, .zero)
    await Self.run(40, on: loop) { number in
      if number % 4 == 3 {
        await loop.turnToEndHeavyWork()
        record.events.append("ended")
        return
      }
      let hasTurn = await loop.turnForHeavyWork(lane: "\(number % 2)", expiry: Self.never)
      record.events.append("\(hasTurn)")
      if hasTurn { return loop.stop() }
      let hasLaterTurn = await loop.turnForHeavyWork(lane: "a", expiry: Self.never)
      record.events.append("again \(hasLaterTurn)")
    }
    let counts = Dictionary(grouping: record.events) { $0 }.mapValues(\.count)
    #expect(counts == ["ended": 10, "true": 1, "false": 29, "again false": 29])
  }
}
