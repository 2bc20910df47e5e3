/// SignatureNonces that were used, for as long as their timestamps could still pass.
struct NonceStore: Sendable {
  private var used: [String: Int64] = [:]
  private var sweepAt = 4096

  /// False where this key has used the nonce before.
  mutating func use(_ nonce: String, of accessKeyId: String, at now: Int64) -> Bool {
    if used.count >= sweepAt {
      used = used.filter { $0.value > now - 2 * AliyunAuthentication.timestampTolerance }
      sweepAt = max(4096, used.count * 2)
    }
    return used.updateValue(now, forKey: accessKeyId + "\n" + nonce) == nil
  }
}
