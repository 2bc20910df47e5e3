import Networking

/// A running estimate of the median response time of an account, in nanoseconds; 0 before the first sample. Each sample
/// moves the estimate by one sixteenth of its current value.
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

  /// The remaining time, in nanoseconds, that a call needs in order to be sent: 1.25 times the median, but at least a
  /// tenth and at most half of `timeout`.
  func needed(of timeout: Duration) -> UInt64 {
    let timeout = timeout.nanoseconds
    return max(timeout / 10, min(median + median / 4, timeout / 2))
  }
}
