import Configuration
import Networking
import Testing

@testable import Gateway

@Suite("The queue of an account") struct AdmissionQueueTests {
  private static func queue(concurrency: Int, queue: Int) -> AdmissionQueue<String> {
    var limits = AccountLimits()
    limits.concurrency = concurrency
    limits.queue = queue
    return AdmissionQueue(limits)
  }

  @Test("starts calls up to the limit, queues more up to its length and refuses the rest") func limits() {
    var queue = Self.queue(concurrency: 2, queue: 2)
    let entered = (0..<3).map { _ in queue.enter() }
    #expect(entered == [true, true, false])
    let queued = ["a", "b", "c"].map { queue.append($0, app: "shop") }
    #expect(queued == [true, true, false] && queue.isFull)
    let early = queue.next()
    #expect(early == nil)
    queue.leave()
    let overtakes = queue.enter()
    #expect(!overtakes, "a queued call must start first")
    let next = [queue.next(), queue.next()]
    #expect(next == ["a", nil])
    #expect(queue.inFlight == 2 && queue.queued == 1)
  }

  @Test("starts the calls of different apps in turn") func turns() {
    var queue = Self.queue(concurrency: 0, queue: 100)
    for call in 0..<4 { _ = queue.append("burst\(call)", app: "burst") }
    _ = queue.append("shop0", app: "shop")
    _ = queue.append("forum0", app: "forum")
    _ = queue.append("shop1", app: "shop")
    queue.limits.concurrency = 100
    let order = (0..<8).map { _ in queue.next() }
    #expect(
      order == [
        "burst0", "shop0", "forum0", "burst1", "shop1", "burst2", "burst3", nil,
      ])
  }

  @Test("removes the call that has waited longest, and its app if it was the last call of the app") func oldest() {
    var queue = Self.queue(concurrency: 0, queue: 100)
    _ = queue.append("a0", app: "a")
    _ = queue.append("b0", app: "b")
    let oldest = queue.oldest
    #expect(oldest == "a0")
    let removed = queue.popOldest()
    #expect(removed == "a0" && queue.oldest == "b0")
    _ = queue.append("a1", app: "a")
    queue.limits.concurrency = 10
    let order = [queue.next(), queue.next(), queue.next()]
    #expect(order == ["b0", "a1", nil])
    #expect(queue.queued == 0 && queue.oldest == nil)
  }

  @Test("neither loses nor repeats a call under random operations", arguments: 0..<10) func random(seed: Int) {
    var numbers = SeededNumbers(state: UInt64(seed))
    var queue = Self.queue(concurrency: 7, queue: 50)
    // In order of arrival.
    var waiting: [String] = []
    var running = 0
    for call in 0..<5_000 {
      switch numbers.next() % 3 {
      case 0:
        if queue.enter() {
          running += 1
        } else if queue.append("\(call)", app: "app\(numbers.next() % 5)") {
          waiting.append("\(call)")
        } else {
          #expect(waiting.count == 50)
        }
      case 1:
        if running > 0 {
          queue.leave()
          running -= 1
          while let next = queue.next() {
            let index = waiting.firstIndex(of: next)
            #expect(index != nil)
            if let index { waiting.remove(at: index) }
            running += 1
          }
        }
      default:
        let expected = waiting.isEmpty ? nil : waiting.removeFirst()
        let removed = queue.popOldest()
        #expect(removed == expected)
      }
      #expect(queue.inFlight == running && running <= 7 && queue.queued == waiting.count)
      #expect(waiting.isEmpty || running == 7)
    }
  }
}
