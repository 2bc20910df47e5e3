/// The valid tokens. Vendors do not distinguish used, expired and unknown tokens.
struct TokenStore: Sendable {
  /// Why a token is rejected.
  enum Problem: Error, Equatable {
    case unknown
    case otherAccount
    case otherOperation
    /// The inputs are not those that the SDK returned with the token.
    case otherInputs
  }

  private var tokens: [String: Token] = [:]
  private var sweep = SweepSchedule()

  var count: Int { tokens.count }

  mutating func add(_ token: Token, at now: Int64) {
    sweep.sweepIfDue(tokens.count) {
      tokens = tokens.filter { $0.value.expiresAt >= now }
      return tokens.count
    }
    tokens[token.text] = token
  }

  /// Returns a token without consuming it. The inputs that the SDK returned are compared byte by byte.
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

  /// Consumes a token. If its fault resets the connection before processing, the token remains valid and the fault is
  /// removed. Returns whether the token has been removed.
  mutating func consume(_ token: Token) -> Bool {
    if token.fault?.connection == .resetBeforeProcessing {
      tokens[token.text]?.fault = nil
      return false
    }
    tokens[token.text] = nil
    return true
  }
}
