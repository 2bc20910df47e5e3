import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Limits") struct LimitTests {
  private func at(_ milliseconds: UInt64) -> MonotonicTime {
    MonotonicTime(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
  }

  /// The admitted arrivals of ITU-T I.371 annex A's virtual scheduling algorithm with T = 100 ms and L = 200 ms.
  @Test("Requests are admitted at the rate, with a burst after a pause")
  func rate() {
    let limiter = RateLimiter(rate: 10, burst: 3)
    let arrivals: [UInt64] = [0, 0, 0, 0, 50, 100, 150, 200, 1000, 1000, 1000, 1000, 1100]
    let admitted = arrivals.map { limiter.admit(at: at($0)) == nil }
    #expect(
      admitted == [true, true, true, false, false, true, false, true, true, true, true, false, true])
  }

  @Test("A refusal contains the time until the next request is admitted")
  func wait() {
    let limiter = RateLimiter(rate: 10, burst: 1)
    #expect(limiter.admit(at: at(0)) == nil)
    #expect(limiter.admit(at: at(30)) == .milliseconds(70))
    #expect(limiter.admit(at: at(100)) == nil)
  }

  @Test("A request waits for its place in the rate, but not longer than permitted")
  func shaped() {
    let limiter = RateLimiter(rate: 10, burst: 1)
    let waits = (0..<4).map { _ in limiter.reserve(at: at(0), longestWait: .milliseconds(200)) }
    #expect(
      waits == [
        .wait(.zero), .wait(.milliseconds(100)), .wait(.milliseconds(200)), .refused(.milliseconds(100)),
      ])
  }

  @Test("Several threads together are admitted exactly at the rate")
  func threads() async {
    let limiter = RateLimiter(rate: 1000, burst: 1000)
    let admitted = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<10_000).count {
            limiter.admit(at: MonotonicTime(nanoseconds: 1_000_000_000_000 + UInt64($0) * 50_000)) == nil
          }
        }
      }
      var sum = 0
      for await count in group { sum += count }
      return sum
    }
    // A burst of 1,000, and 1,000 a second for half a second.
    #expect(admitted <= 1500)
    #expect(admitted >= 1000)
  }

  private let china = LimitCalendar()

  private func time(_ text: String) -> WallTime { WallTime(iso8601: text)! }

  @Test("Days and months begin at midnight in China")
  func calendar() {
    // 15:59:59Z is the last second of the day in China; the date was computed with `TZ=Asia/Shanghai date`.
    #expect(china.day(of: time("2026-11-30T15:59:59Z")) + 1 == china.day(of: time("2026-11-30T16:00:00Z")))
    #expect(china.month(of: time("2026-11-30T15:59:59Z")) + 1 == china.month(of: time("2026-11-30T16:00:00Z")))
    #expect(china.secondsToNextDay(at: time("2026-11-30T15:59:50Z")) == 10)
    #expect(china.secondsToNextMonth(at: time("2026-12-31T15:59:50Z")) == 10)
    #expect(china.startOfMonth(time("2026-11-15T00:00:00Z")) == time("2026-10-31T16:00:00Z"))
  }

  private func settings(_ change: (inout LimitSettings) -> Void) -> LimitSettings {
    var settings = LimitSettings()
    change(&settings)
    return settings
  }

  @Test("Calls of a day are refused at the limit until midnight, and counted anew on the next day")
  func day() throws {
    let settings = settings { $0.perDay = 2 }
    let evening = time("2026-11-27T15:00:00Z")
    let counter = Consumption(Used(), calendar: china, now: evening)
    for _ in 0..<2 { _ = try counter.reserve(.zero, settings, china, at: evening) }
    #expect(throws: LimitRefusal(limit: .perDay, quota: 2, window: 86_400, retryAfter: 3600)) {
      _ = try counter.reserve(.zero, settings, china, at: evening)
    }
    _ = try counter.reserve(.zero, settings, china, at: time("2026-11-27T16:00:00Z"))
  }

  @Test("A clock that is set back by an hour does not return calls")
  func clock() throws {
    let settings = settings { $0.perDay = 1 }
    let morning = time("2026-11-27T16:30:00Z")
    let counter = Consumption(Used(), calendar: china, now: morning)
    _ = try counter.reserve(.zero, settings, china, at: morning)
    #expect(throws: LimitRefusal.self) {
      _ = try counter.reserve(.zero, settings, china, at: time("2026-11-27T15:30:00Z"))
    }
  }

  @Test("Spend includes what the ledger contains, and a call that is not billed is given back")
  func spend() throws {
    let settings = settings { $0.spendPerMonth = Money(decimal: "0.15") }
    let now = time("2026-11-27T08:00:00Z")
    var used = Used()
    used.spendThisMonth = Money(micros: 60_000)
    let counter = Consumption(used, calendar: china, now: now)
    let price = Money(micros: 60_000)
    _ = try counter.reserve(price, settings, china, at: now)
    #expect(throws: LimitRefusal.self) { _ = try counter.reserve(price, settings, china, at: now) }
    counter.giveBack(calls: 0, price, china, reservedAt: now)
    _ = try counter.reserve(price, settings, china, at: now)
  }

  @Test("A call that ends after midnight is not given back to the new day")
  func midnight() throws {
    let settings = settings { $0.perDay = 1 }
    let evening = time("2026-11-27T15:59:00Z")
    let morning = time("2026-11-27T16:01:00Z")
    let counter = Consumption(Used(), calendar: china, now: evening)
    _ = try counter.reserve(.zero, settings, china, at: evening)
    _ = try counter.reserve(.zero, settings, china, at: morning)
    counter.giveBack(calls: 1, .zero, china, reservedAt: evening)
    #expect(counter.used(china, at: morning).callsToday == 1)
  }

  @Test("80 % and 100 % of a limit are reported once each in their period")
  func warnings() throws {
    let settings = settings { $0.perDay = 10 }
    let now = time("2026-11-27T08:00:00Z")
    let counter = Consumption(Used(), calendar: china, now: now)
    var percents: [[Int]] = []
    for _ in 0..<10 { percents.append(try counter.reserve(.zero, settings, china, at: now).map(\.percent)) }
    #expect(percents == [[], [], [], [], [], [], [], [80], [], [100]])
  }

  @Test("A number is refused after its verifications of a day, another number and the next day are not")
  func numbers() {
    let counts = NumberCounts(StoreKeys([]))
    let (one, other) = (PhoneNumber("13800000000")!, PhoneNumber("13800000001")!)
    let admitted = (0..<3).map { _ in counts.admit(one, app: "shop", limit: 2, day: 20_000) }
    #expect(admitted == [true, true, false])
    #expect(counts.admit(other, app: "shop", limit: 2, day: 20_000))
    #expect(counts.admit(one, app: "club", limit: 2, day: 20_000))
    #expect(counts.admit(one, app: "shop", limit: 2, day: 20_001))
  }

  @Test("A flood of other numbers does not free a number that has reached its limit")
  func flood() {
    let counts = NumberCounts(StoreKeys([]))
    let number = PhoneNumber("13800000000")!
    for _ in 0..<5 { _ = counts.admit(number, app: "shop", limit: 5, day: 20_000) }
    for other in 0..<500_000 {
      let digits = "139" + String(String(100_000_000 + other).suffix(8))
      _ = counts.admit(PhoneNumber(digits)!, app: "shop", limit: 5, day: 20_000)
    }
    #expect(!counts.admit(number, app: "shop", limit: 5, day: 20_000))
  }
}
