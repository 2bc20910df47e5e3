/// Used nonces. They are stored while their timestamps are within the tolerance.
struct NonceStore: Sendable {
  private var used: [String: Int64] = [:]
  private var sweep = SweepSchedule()

  /// Returns false if this caller has used the nonce before.
  mutating func use(_ nonce: String, of caller: String, at now: Int64) -> Bool {
    sweep.sweepIfDue(used.count) {
      used = used.filter { $0.value > now - 2 * AliyunAuthentication.timestampTolerance }
      return used.count
    }
    return used.updateValue(now, forKey: caller + "\n" + nonce) == nil
  }
}
