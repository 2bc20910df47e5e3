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

  @Test("A larger rate or burst is saved up first, and a smaller one applies at once")
  func changed() {
    let limiter = RateLimiter(rate: 10, burst: 2)
    func admitted(at milliseconds: UInt64) -> Int {
      (0..<100).count { _ in limiter.admit(at: at(milliseconds)) == nil }
    }
    #expect(admitted(at: 0) == 2)
    limiter.set(rate: 100, burst: 50, at: at(0))
    #expect(admitted(at: 0) == 0)
    #expect(admitted(at: 200) == 20)
    #expect(admitted(at: 5000) == 50)
    limiter.set(rate: 10, burst: 3, at: at(10_000))
    #expect(admitted(at: 10_000) == 3)
  }

  private func share(_ amount: Int64, until: UInt64 = .max / 2_000_000, usedByOthers: Int64 = 0) -> LimitShare {
    LimitShare(
      amount: amount, validUntil: at(until), afterwards: 10_000, gateways: 2, usedByOthers: usedByOthers,
      isDegraded: false)
  }

  @Test("A shared rate admits nothing without a share, then its share, and a smaller one after its end")
  func sharedRate() {
    let limiter = RateLimiter(rate: 100, burst: 100, isShared: true)
    func admitted(at milliseconds: UInt64) -> Int {
      (0..<200).count { _ in limiter.admit(at: at(milliseconds)) == nil }
    }
    #expect(admitted(at: 0) == 0)
    #expect(limiter.admit(at: at(0)) == .seconds(1))
    limiter.apply(share(40_000, until: 5000), at: at(0))
    // A new share has no burst saved up.
    #expect(admitted(at: 0) == 0)
    #expect(admitted(at: 500) == 20)
    #expect(admitted(at: 4000) == 40)
    // The share is 10 per second from now on.
    #expect(admitted(at: 5000) == 10)
    #expect(admitted(at: 5100) == 1)
    // Refused requests count too: they are the demand.
    #expect(limiter.use(named: "x") == LimitUse(name: "x", kind: .rate, total: 100_000, used: 1_201_000))
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
    let counts = NumberCounts()
    let (one, other) = (PhoneNumber("13800000000")!, PhoneNumber("13800000001")!)
    let admitted = (0..<3).map { _ in counts.admit(one, app: "shop", limit: 2, day: 20_000) }
    #expect(admitted == [true, true, false])
    #expect(counts.admit(other, app: "shop", limit: 2, day: 20_000))
    #expect(counts.admit(one, app: "club", limit: 2, day: 20_000))
    #expect(counts.admit(one, app: "shop", limit: 2, day: 20_001))
    #expect(counts.admit(one, app: "shop", limit: 2, day: 20_001))
    // The clock is set back over midnight.
    #expect(!counts.admit(one, app: "shop", limit: 2, day: 20_000))
  }

  @Test("A flood of other numbers does not free a number that has reached its limit")
  func flood() {
    let counts = NumberCounts()
    let number = PhoneNumber("13800000000")!
    for _ in 0..<5 { _ = counts.admit(number, app: "shop", limit: 5, day: 20_000) }
    for other in 0..<500_000 {
      let digits = "139" + String(String(100_000_000 + other).suffix(8))
      _ = counts.admit(PhoneNumber(digits)!, app: "shop", limit: 5, day: 20_000)
    }
    #expect(!counts.admit(number, app: "shop", limit: 5, day: 20_000))
  }

  // MARK: Shared quotas

  @Test("A shared limit admits the share of this gateway, and names the time when the shares change")
  func sharedQuota() throws {
    let settings = settings { $0.perDay = 100 }
    let now = time("2026-11-27T08:00:00Z")
    let counter = Consumption(Used(), calendar: china, now: now, isShared: true)
    #expect(throws: LimitRefusal(limit: .perDay, quota: 100, window: 86_400, retryAfter: 1)) {
      _ = try counter.reserve(.zero, settings, china, at: now, at(0))
    }
    let quota = try #require(counter.uses(settings, china, at: now).first?.quota)
    counter.apply([quota: share(2, usedByOthers: 60)])
    for _ in 0..<2 { _ = try counter.reserve(.zero, settings, china, at: now, at(0)) }
    #expect(throws: LimitRefusal(limit: .perDay, quota: 100, window: 86_400, retryAfter: 1)) {
      _ = try counter.reserve(.zero, settings, china, at: now, at(0))
    }
    #expect(counter.used(china, at: now).callsToday == 62)
    // The others have used the rest: nothing is left until midnight in China.
    counter.apply([quota: share(2, usedByOthers: 98)])
    #expect(throws: LimitRefusal(limit: .perDay, quota: 100, window: 86_400, retryAfter: 8 * 3600)) {
      _ = try counter.reserve(.zero, settings, china, at: now, at(0))
    }
  }

  @Test("80 % and 100 % of a shared limit include the use by other gateways")
  func sharedWarnings() throws {
    let settings = settings { $0.perDay = 100 }
    let now = time("2026-11-27T08:00:00Z")
    let counter = Consumption(Used(), calendar: china, now: now, isShared: true)
    let quota = try #require(counter.uses(settings, china, at: now).first?.quota)
    counter.apply([quota: share(10, usedByOthers: 78)])
    let percentages = try (0..<3).map { _ in
      try counter.reserve(.zero, settings, china, at: now, at(0)).map(\.percent)
    }
    #expect(percentages == [[], [80], []])
  }

  @Test("The share of the next day is requested a minute before midnight, and applies from midnight on")
  func sharedMidnight() throws {
    let settings = settings {
      $0.perDay = 100
      $0.spendPerMonth = Money(micros: 5)
    }
    let evening = time("2026-11-30T15:58:59Z")
    let counter = Consumption(Used(), calendar: china, now: evening, isShared: true)
    #expect(counter.uses(settings, china, at: evening).map(\.total) == [100, 5])
    let uses = counter.uses(settings, china, at: time("2026-11-30T15:59:30Z"))
    #expect(uses.map(\.total) == [100, 5, 100, 5])
    #expect(uses.map { china.date(ofDay: $0.quota.period) }[2] == "2026-12-01")
    #expect(uses.map { china.date(ofMonth: $0.quota.period) }[3] == "2026-12")
    counter.apply([uses[2].quota: share(1), uses[3].quota: share(5)])
    #expect(throws: LimitRefusal.self) {
      _ = try counter.reserve(.zero, settings, china, at: time("2026-11-30T15:59:59Z"), at(0))
    }
    _ = try counter.reserve(.zero, settings, china, at: time("2026-11-30T16:00:00Z"), at(0))
  }
}
