internal import Networking

/// What every imitated server shares: accounts, memory and the clock.
struct SandboxCore: Sendable {
  let accounts: SandboxAccounts
  let state: Locked<SandboxState>
  /// Milliseconds since 1970.
  let clock: @Sendable () -> Int64

  /// How far a China Mobile timestamp may be from the sandbox's clock. The documents name no bound.
  static let timestampTolerance: Int64 = 10 * 60_000

  /// Finds a token and uses it up.
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

  /// Whether these are 17 digits of a time near `now`.
  func isCurrent(_ stamp: String, at now: Int64) -> Bool {
    guard let time = ChinaTime.milliseconds(stamp) else { return false }
    return abs(time - now) <= SandboxCore.timestampTolerance
  }
}
