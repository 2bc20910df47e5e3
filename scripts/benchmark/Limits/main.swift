import Networking
import NumberAuth
import Store

// Measures the limits of one call: a rate, the daily and monthly limits of a team and an app, and the verifications of
// its number. One thread; then two threads on the same counters. Prints one JSON object: nanoseconds of a call, medians
// of rounds.

let calls = 100_000
let calendar = LimitCalendar()
let now = WallTime.systemClock
var settings = LimitSettings()
settings.perSecond = 1_000_000
settings.perDay = 1_000_000_000
settings.spendPerDay = Money(micros: .max / 2)
settings.spendPerMonth = Money(micros: .max / 2)
let price = Money(micros: 60_000)
let numbers = (0..<1000).map { PhoneNumber("138" + String(10_000_000 + $0))! }

final class Counters: Sendable {
  let rates = [RateLimiter(rate: 1_000_000, burst: 1_000_000), RateLimiter(rate: 1_000_000, burst: 1_000_000)]
  let consumptions = [
    Consumption(Used(), calendar: calendar, now: now), Consumption(Used(), calendar: calendar, now: now),
  ]
  let numberCounts = NumberCounts()
}

/// One call, as the gateway limits it.
func limit(_ counters: Counters, _ number: PhoneNumber?, _ settings: LimitSettings) {
  let time = MonotonicTime.now
  for rate in counters.rates { precondition(rate.admit(at: time) == nil, "refused") }
  for consumption in counters.consumptions {
    guard (try? consumption.reserve(price, settings, calendar, at: now)) != nil else { fatalError("refused") }
  }
  if let number {
    precondition(counters.numberCounts.admit(number, app: "shop", limit: .max, day: 20_000), "refused")
  }
}

func nanoseconds(_ counters: Counters, _ numbers: [PhoneNumber], _ settings: LimitSettings) -> Double {
  let start = MonotonicTime.now
  for call in 0..<calls { limit(counters, numbers.isEmpty ? nil : numbers[call % numbers.count], settings) }
  return Double(MonotonicTime.now.nanoseconds(since: start)) / Double(calls)
}

func median(_ rounds: [Double]) -> Double { rounds.sorted()[rounds.count / 2] }

let alone = median((0..<15).map { _ in nanoseconds(Counters(), [], settings) })
let withNumber = median((0..<15).map { _ in nanoseconds(Counters(), numbers, settings) })
var contended: [Double] = []
for _ in 0..<15 {
  let (counters, settings) = (Counters(), settings)
  contended += await withTaskGroup(of: Double.self) { group in
    for _ in 0..<2 { group.addTask { nanoseconds(counters, [], settings) } }
    var samples: [Double] = []
    for await sample in group { samples.append(sample) }
    return samples
  }
}
print(#"{"call_ns": \#(alone), "number_ns": \#(withNumber), "two_threads_ns": \#(median(contended))}"#)
