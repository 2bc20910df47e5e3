import Configuration
import Networking
import Testing

@testable import Gateway

@Suite("The circuit breaker") struct CircuitBreakerTests {
  private let start = MonotonicTime(nanoseconds: 1_000_000_000)

  private func breaker(failures: Int = 3) -> CircuitBreaker {
    CircuitBreaker(BreakerSettings(failures: failures, open: .seconds(10)))
  }

  @Test("lets calls pass until so many have failed in a row") func opens() {
    var breaker = breaker()
    for _ in 0..<2 {
      let passes1 = breaker.admits(at: start)
      #expect(passes1)
      breaker.record(success: false, at: start)
      #expect(breaker.isClosed)
    }
    let passes2 = breaker.admits(at: start)
    #expect(passes2)
    breaker.record(success: false, at: start)
    #expect(!breaker.isClosed)
    let passes3 = breaker.admits(at: start)
    #expect(!passes3)
  }

  @Test("forgets earlier failures at a success") func forgets() {
    var breaker = breaker()
    breaker.record(success: false, at: start)
    breaker.record(success: false, at: start)
    breaker.record(success: true, at: start)
    breaker.record(success: false, at: start)
    breaker.record(success: false, at: start)
    #expect(breaker.isClosed)
  }

  @Test("lets exactly one call try when its time is up") func triesOne() {
    var breaker = breaker(failures: 1)
    breaker.record(success: false, at: start)
    let almost = start.advanced(by: .milliseconds(9_999))
    let later = start.advanced(by: .seconds(10))
    let passes4 = breaker.admits(at: almost)
    #expect(!passes4)
    #expect(breaker.wouldAdmit(at: later))
    let passes5 = breaker.admits(at: later)
    #expect(passes5)
    let passes6 = breaker.admits(at: later)
    #expect(!passes6)
  }

  @Test("closes after a trial that succeeds and opens again after one that fails") func settles() {
    let later = start.advanced(by: .seconds(10))
    var healed = breaker(failures: 1)
    healed.record(success: false, at: start)
    _ = healed.admits(at: later)
    healed.record(success: true, at: later)
    #expect(healed.isClosed)

    var ill = breaker(failures: 1)
    ill.record(success: false, at: start)
    _ = ill.admits(at: later)
    ill.record(success: false, at: later)
    let passes7 = ill.admits(at: later.advanced(by: .seconds(9)))
    #expect(!passes7)
    let passes8 = ill.admits(at: later.advanced(by: .seconds(10)))
    #expect(passes8)
  }

  @Test("lets another call try when the first trial never reports") func triesAgain() {
    var breaker = breaker(failures: 1)
    breaker.record(success: false, at: start)
    _ = breaker.admits(at: start.advanced(by: .seconds(10)))
    let passes9 = breaker.admits(at: start.advanced(by: .seconds(19)))
    #expect(!passes9)
    let passes10 = breaker.admits(at: start.advanced(by: .seconds(20)))
    #expect(passes10)
  }
}
