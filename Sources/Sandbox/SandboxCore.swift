internal import Networking

/// What every imitated server shares: accounts, memory and the clock.
struct SandboxCore: Sendable {
  let accounts: SandboxAccounts
  let state: Locked<SandboxState>
  /// Milliseconds since 1970.
  let clock: @Sendable () -> Int64

  /// How far a China Mobile timestamp may be from the sandbox's clock. The documents name no bound.
  static let timestampTolerance: Int64 = 10 * 60_000

  /// Whether these are 17 digits of a time near `now`.
  func isCurrent(_ stamp: String, at now: Int64) -> Bool {
    guard let time = ChinaTime.milliseconds(stamp) else { return false }
    return abs(time - now) <= SandboxCore.timestampTolerance
  }
}
