/// The tokens that are neither used nor expired. A vendor does not tell those two from one it never made.
struct TokenStore: Sendable {
  /// Why a token is not taken.
  enum Problem: Error, Equatable {
    case unknown
    case otherAccount
    case otherOperation
    /// What came beside the token is not what the SDK gave with it.
    case otherInputs
  }

  private var tokens: [String: Token] = [:]
  private var sweep = SweepMark()

  var count: Int { tokens.count }

  mutating func add(_ token: Token, at now: Int64) {
    sweep.sweepIfDue(tokens.count) {
      tokens = tokens.filter { $0.value.expiresAt >= now }
      return tokens.count
    }
    tokens[token.text] = token
  }

  /// The token, without using it up. Inputs are compared byte for byte where the SDK gave them.
  func find(
    _ text: String, _ family: Token.Family, account: String, operation: Operation, inputs: [String: String] = [:],
    at now: Int64
  ) throws(Problem) -> Token {
    guard let token = tokens[text], token.family == family, now <= token.expiresAt else { throw .unknown }
    guard token.account == account else { throw .otherAccount }
    guard token.operation == operation else { throw .otherOperation }
    for (name, expected) in token.inputs {
      guard let input = inputs[name], input.utf8.elementsEqual(expected.utf8) else { throw .otherInputs }
    }
    return token
  }

  /// Uses a token up. One whose fault breaks the connection before anything is done stays, but plays its fault once.
  /// Returns whether the token is gone.
  mutating func consume(_ token: Token) -> Bool {
    if token.fault?.connection == .resetBeforeProcessing {
      tokens[token.text]?.fault = nil
      return false
    }
    tokens[token.text] = nil
    return true
  }
}
