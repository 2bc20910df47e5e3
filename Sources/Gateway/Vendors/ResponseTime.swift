import Networking

/// A running estimate of the median response time of an account: moves by a sixteenth of itself towards each sample.
struct ResponseTime: Sendable {
  private(set) var median: UInt64 = 0

  mutating func add(nanoseconds: UInt64) {
    if median == 0 {
      median = nanoseconds
    } else if nanoseconds > median {
      median += max(1, median / 16)
    } else if nanoseconds < median {
      median -= median / 16
    }
  }

  /// How much of `timeout` must be left for a call to be worth sending: 1.25 times the median, at least a tenth and at
  /// most half of the time-out.
  func needed(of timeout: Duration) -> UInt64 {
    let timeout = timeout.nanoseconds
    return max(timeout / 10, min(median + median / 4, timeout / 2))
  }
}
