import Configuration
import Networking
import Testing

@testable import Gateway

@Suite("The circuit breaker") struct CircuitBreakerTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

  private static func settings(_ change: (inout BreakerSettings) -> Void = { _ in }) -> BreakerSettings {
    var settings = BreakerSettings()
    settings.failures = 3
    change(&settings)
    return settings
  }

  private func after(_ milliseconds: Int) -> MonotonicTime { start.advanced(by: .milliseconds(milliseconds)) }

  @Test("opens after the configured number of consecutive failures") func opensOnRow() {
    var breaker = CircuitBreaker(Self.settings())
    for _ in 0..<2 { breaker.call(success: false, at: start) }
    #expect(breaker.state == .closed)
    breaker.call(success: true, at: start)
    for _ in 0..<2 { breaker.call(success: false, at: start) }
    #expect(breaker.state == .closed)
    breaker.call(success: false, at: start)
    #expect(breaker.state == .open)
    #expect(!breaker.allowsCall(at: start))
    #expect(breaker.wait(at: start) == .seconds(10))
  }

  @Test("opens if four of five calls fail, without many consecutive failures") func opensOnShare() {
    var breaker = CircuitBreaker(Self.settings { $0.failures = 1000 })
    var calls = 0
    while breaker.state == .closed, calls < 200 {
      breaker.call(success: calls % 5 == 0, at: after(calls * 10))
      calls += 1
    }
    #expect(breaker.state == .open)
    #expect(calls == 20)
  }

  @Test("does not count calls that are no longer in the window") func window() {
    var breaker = CircuitBreaker(Self.settings { $0.failures = 1000 })
    for _ in 0..<19 { breaker.call(success: false, at: start) }
    breaker.call(success: false, at: after(11_000))
    #expect(breaker.state == .closed)
    for _ in 0..<18 { breaker.call(success: false, at: after(11_000)) }
    #expect(breaker.state == .closed)
    breaker.call(success: false, at: after(11_000))
    #expect(breaker.state == .open)
  }

  @Test("stays closed below the share of failures") func belowShare() {
    var breaker = CircuitBreaker(Self.settings { $0.failures = 1000 })
    for call in 0..<1000 { breaker.call(success: call * 40 % 100 >= 40, at: after(call)) }
    #expect(breaker.state == .closed)
  }

  @Test("allows one probe at a time and closes after three successes") func probes() throws {
    var breaker = CircuitBreaker(Self.settings())
    for _ in 0..<3 { breaker.call(success: false, at: start) }
    #expect(!breaker.allowsCall(at: after(9_999)))
    for probe in 0..<3 {
      #expect(breaker.state == (probe == 0 ? .open : .halfOpen))
      let permit = try breaker.permit(at: after(10_000 + probe))
      #expect(!breaker.allowsCall(at: after(10_000 + probe)))
      breaker.record(permit, success: true, at: after(10_000 + probe))
    }
    #expect(breaker.state == .closed)
  }

  @Test("opens again when a probe fails") func failedProbe() throws {
    var breaker = CircuitBreaker(Self.settings())
    for _ in 0..<3 { breaker.call(success: false, at: start) }
    breaker.call(success: true, at: after(10_000))
    breaker.call(success: false, at: after(10_001))
    #expect(breaker.state == .open)
    #expect(!breaker.allowsCall(at: after(20_000)))
    #expect(breaker.allowsCall(at: after(20_001)))
  }

  @Test("allows another probe if the first one has no result, and ignores its late result") func lostProbe() throws {
    var breaker = CircuitBreaker(Self.settings { $0.probes = 1 })
    for _ in 0..<3 { breaker.call(success: false, at: start) }
    let lost = try breaker.permit(at: after(10_000))
    #expect(!breaker.allowsCall(at: after(19_999)))
    let next = try breaker.permit(at: after(20_000))
    breaker.record(lost, success: true, at: after(20_001))
    #expect(breaker.state == .halfOpen)
    breaker.record(next, success: true, at: after(20_001))
    #expect(breaker.state == .closed)
  }

  @Test("allows another probe at once if a permit is returned unused") func cancelledProbe() throws {
    var breaker = CircuitBreaker(Self.settings())
    for _ in 0..<3 { breaker.call(success: false, at: start) }
    breaker.cancel(try breaker.permit(at: after(10_000)))
    #expect(breaker.allowsCall(at: after(10_000)))
  }

  @Test("is not closed by the late success of a call that started before it opened") func straggler() throws {
    var breaker = CircuitBreaker(Self.settings())
    let straggler = try breaker.permit(at: start)
    for _ in 0..<3 { breaker.call(success: false, at: start) }
    breaker.record(straggler, success: true, at: after(1))
    #expect(breaker.state == .open)
    #expect(!breaker.allowsCall(at: after(1)))
  }

  @Test("keeps its invariants under random sequences of calls", arguments: 0..<40) func properties(seed: Int) {
    var numbers = SeededNumbers(state: UInt64(seed))
    let settings = Self.settings {
      $0.failures = Int(numbers.next() % 6) + 2
      $0.minimumCalls = Int(numbers.next() % 20) + 5
      $0.failurePercent = Int(numbers.next() % 90) + 10
      $0.probes = Int(numbers.next() % 4) + 1
    }
    var breaker = CircuitBreaker(settings)
    var now = start
    var permits: [CircuitBreaker.Permit] = []
    // A model with all results since the breaker was last closed.
    var reports: [(time: MonotonicTime, success: Bool)] = []
    var openedAt: MonotonicTime?
    var probe: (permit: CircuitBreaker.Permit, since: MonotonicTime)?
    for _ in 0..<2_000 {
      now = now.advanced(by: .milliseconds(Int64(numbers.next() % 400)))
      let before = breaker.state
      if numbers.next() % 2 == 0 || permits.isEmpty {
        let permit = breaker.acquire(at: now)
        if let openedAt, now.nanoseconds(since: openedAt) >= 10_000_000_000, probe == nil {
          #expect(permit != nil, "an open breaker must become half-open")
        }
        if let permit {
          if before != .closed {
            if let probe { #expect(now.nanoseconds(since: probe.since) >= 10_000_000_000, "two probes at once") }
            probe = (permit, now)
          }
          permits.append(permit)
        }
      } else {
        let permit = permits.remove(at: Int(numbers.next() % UInt64(permits.count)))
        let success = numbers.next() % 100 < 60
        breaker.record(permit, success: success, at: now)
        if before == .closed {
          reports.append((now, success))
          if breaker.state == .open {
            let row = reports.reversed().prefix { !$0.success }.count
            let recent = reports.filter { now.nanoseconds(since: $0.time) <= 11_000_000_000 }
            let failed = recent.count { !$0.success }
            #expect(
              row >= settings.failures
                || recent.count >= settings.minimumCalls
                  && failed >= settings.minimumCalls * settings.failurePercent / 100,
              "opened below its thresholds")
          }
        }
        if probe?.permit == permit { probe = nil }
      }
      switch breaker.state {
      case .open: if before != .open { (openedAt, probe) = (now, nil) }
      case .halfOpen: openedAt = nil
      case .closed: if before != .closed { (openedAt, probe, reports) = (nil, nil, []) }
      }
    }
  }
}

extension CircuitBreaker {
  fileprivate mutating func permit(at now: MonotonicTime) throws -> Permit {
    let permit = acquire(at: now)
    return try #require(permit)
  }

  /// A call that ends immediately.
  fileprivate mutating func call(success: Bool, at now: MonotonicTime) {
    guard let permit = acquire(at: now) else {
      Issue.record("the call was not allowed")
      return
    }
    record(permit, success: success, at: now)
  }
}

/// A seeded generator: the same sequence in every run.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
