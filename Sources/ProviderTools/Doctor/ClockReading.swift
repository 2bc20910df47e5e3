import NumberAuth

/// The vendor's clock, from the `Date` header of one response. `Date` has whole seconds and was set between the sending
/// of the request and the receipt of the response.
struct ClockReading: Sendable {
  let sentAt: WallTime
  let receivedAt: WallTime
  let date: WallTime

  /// The smallest possible difference between the local clock and the vendor's, in seconds; positive if the local clock
  /// is ahead.
  var difference: Double {
    let (first, last) = (date.milliseconds, date.milliseconds + 999)
    if sentAt.milliseconds > last { return Double(sentAt.milliseconds - last) / 1000 }
    if receivedAt.milliseconds < first { return Double(receivedAt.milliseconds - first) / 1000 }
    return 0
  }

  /// Differences up to `tolerance` can be caused by delays and rounding. All limits are in seconds.
  static let tolerance = 1.0
  static let warningLimit = 5.0
  static let failureLimit = 60.0

  var result: CheckResult {
    let seconds = abs(difference)
    guard seconds > Self.tolerance else { return CheckResult(.passed, "clock", "matches the vendor's clock") }
    let text = "\(seconds.tenths) s \(difference > 0 ? "ahead of" : "behind") the vendor's clock"
    if seconds <= Self.warningLimit { return CheckResult(.passed, "clock", text) }
    return CheckResult(
      seconds > Self.failureLimit ? .failed : .warning, "clock", text,
      advice: seconds > Self.failureLimit
        ? "Run NTP (timedatectl, chrony) on this machine: most vendors refuse timestamps that differ by minutes."
        : "Run NTP (timedatectl, chrony) on this machine before the difference increases.")
  }
}

extension Double {
  /// The number with one decimal place.
  var tenths: String {
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
