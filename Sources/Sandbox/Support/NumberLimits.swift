/// The vendors' limits per phone number (`specs/china-mobile.md` §3.5 and §5).
struct NumberLimits: Sendable {
  struct Key: Hashable, Sendable {
    let account: String
    let phoneNumber: String
  }

  /// Quick app, code 121011: verifications of one number per day.
  static let verificationsPerDay = 10
  /// App, code 103911: unused tokens of one number within `unusedTokensPeriod`, in milliseconds.
  static let unusedTokens = 30
  static let unusedTokensPeriod: Int64 = 10 * 60_000
  /// One-click login, code 104009: consecutive wrong numbers that lock a number for `lockPeriod`, in milliseconds.
  static let wrongNumbers = 3
  static let lockPeriod: Int64 = 24 * 3_600_000

  private var verifications: [Key: (day: Int64, count: Int)] = [:]
  private var unused: [Key: [String: Int64]] = [:]
  private var wrong: [Key: (count: Int, lockedUntil: Int64)] = [:]
  private var sweepOfVerifications = SweepSchedule()
  private var sweepOfUnused = SweepSchedule()

  /// Counts one verification. Returns false if the daily limit has already been reached.
  mutating func countVerification(_ key: Key, at now: Int64) -> Bool {
    let day = ChinaTime.day(now)
    sweepOfVerifications.sweepIfDue(verifications.count) {
      verifications = verifications.filter { $0.value.day == day }
      return verifications.count
    }
    let count = verifications[key].flatMap { $0.day == day ? $0.count : nil } ?? 0
    guard count < NumberLimits.verificationsPerDay else { return false }
    verifications[key] = (day, count + 1)
    return true
  }

  /// Adds a new token. Returns false if too many tokens are unused.
  mutating func addUnused(_ token: String, _ key: Key, at now: Int64) -> Bool {
    let since = now - NumberLimits.unusedTokensPeriod
    sweepOfUnused.sweepIfDue(unused.count) {
      unused = unused.filter { $0.value.values.contains { $0 > since } }
      return unused.count
    }
    var tokens = (unused[key] ?? [:]).filter { $0.value > since }
    defer { unused[key] = tokens }
    guard tokens.count < NumberLimits.unusedTokens else { return false }
    tokens[token] = now
    return true
  }

  mutating func removeUnused(_ token: String, _ key: Key) {
    unused[key]?[token] = nil
  }

  func isLocked(_ key: Key, at now: Int64) -> Bool {
    wrong[key].map { now < $0.lockedUntil } ?? false
  }

  /// Counts a wrong number. Returns true if it causes a lock.
  mutating func countWrongInput(_ key: Key, at now: Int64) -> Bool {
    let count = (wrong[key]?.count ?? 0) + 1
    guard count >= NumberLimits.wrongNumbers else {
      wrong[key] = (count, 0)
      return false
    }
    wrong[key] = (0, now + NumberLimits.lockPeriod)
    return true
  }

  mutating func resetWrongInputs(_ key: Key) { wrong[key] = nil }
}
