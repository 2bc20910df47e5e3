import Networking
import Testing

@testable import Gateway

@Suite("The estimate of a response time") struct ResponseTimeTests {
  @Test("approaches the median despite outliers") func median() {
    var numbers = SeededNumbers(state: 3)
    var time = ResponseTime()
    for call in 0..<2_000 {
      let spread = numbers.next() % 20_000_000
      time.add(nanoseconds: call % 10 == 0 ? 3_000_000_000 : 90_000_000 + spread)
    }
    #expect((85_000_000...120_000_000).contains(time.median))
  }

  @Test("needs 1.25 times the median, between a tenth and half of the time-out") func needed() {
    var time = ResponseTime()
    #expect(time.needed(of: .seconds(3)) == 300_000_000)
    time.add(nanoseconds: 400_000_000)
    #expect(time.needed(of: .seconds(3)) == 500_000_000)
    time = ResponseTime()
    time.add(nanoseconds: 2_000_000_000)
    #expect(time.needed(of: .seconds(3)) == 1_500_000_000)
  }
}
