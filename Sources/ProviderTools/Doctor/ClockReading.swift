import NumberAuth

/// The vendor's clock, as one answer told it: `Date` is cut to whole seconds and was written between sending and reading.
struct ClockReading: Sendable {
  let sentAt: WallTime
  let receivedAt: WallTime
  let date: WallTime

  /// How far the local clock is from the vendor's at the least, in seconds; positive where it is ahead.
  var difference: Double {
    let (first, last) = (date.milliseconds, date.milliseconds + 999)
    if sentAt.milliseconds > last { return Double(sentAt.milliseconds - last) / 1000 }
    if receivedAt.milliseconds < first { return Double(receivedAt.milliseconds - first) / 1000 }
    return 0
  }

  /// What delays and rounding explain.
  static let unsure = 1.0
  static let doubtful = 5.0
  static let wrong = 60.0

  var finding: CheckResult {
    let seconds = abs(difference)
    guard seconds > Self.unsure else { return CheckResult(.well, "clock", "in step with the vendor's") }
    let text = "\(seconds.tenths) s \(difference > 0 ? "ahead of" : "behind") the vendor's"
    if seconds <= Self.doubtful { return CheckResult(.well, "clock", text) }
    return CheckResult(
      seconds > Self.wrong ? .wrong : .doubtful, "clock", text,
      advice: seconds > Self.wrong
        ? "Most vendors refuse a timestamp that is minutes off: run NTP (timedatectl, chrony) on this machine."
        : "Run NTP (timedatectl, chrony) on this machine before the clock drifts further.")
  }
}

extension Double {
  /// With one decimal.
  var tenths: String {
    let tenths = Int((self * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
