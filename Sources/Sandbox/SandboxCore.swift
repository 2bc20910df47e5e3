internal import Networking

/// The data that all simulated servers share: accounts, state and clock.
struct SandboxCore: Sendable {
  let accounts: SandboxAccounts
  let state: Locked<SandboxState>
  /// Milliseconds since 1970.
  let clock: @Sendable () -> Int64

  /// Maximum difference between a China Mobile timestamp and the clock, in milliseconds. The documents define no limit.
  static let timestampTolerance: Int64 = 10 * 60_000

  /// Finds and consumes a token. Throws the reason for which it is rejected.
  func redeem(
    _ text: String, _ family: Token.Family, account: String, operation: Operation, inputs: [String: String] = [:],
    at now: Int64
  ) throws(TokenStore.Problem) -> Token {
    try state.withLock { state throws(TokenStore.Problem) in
      let token = try state.tokens.find(
        text, family, account: account, operation: operation, inputs: inputs, at: now)
      _ = state.tokens.consume(token)
      return token
    }
  }

  /// Whether `stamp` is a China Mobile timestamp within the tolerance of `now`.
  func isCurrent(_ stamp: String, at now: Int64) -> Bool {
    guard let time = ChinaTime.milliseconds(stamp) else { return false }
    return abs(time - now) <= SandboxCore.timestampTolerance
  }
}
