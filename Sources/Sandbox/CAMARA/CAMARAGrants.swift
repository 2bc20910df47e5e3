/// What an operator has issued for users: authorisations (CIBA) and access tokens. Each is used once.
struct CAMARAGrants: Sendable {
  struct Grant: Sendable {
    let clientId: String
    let operation: Operation
    let phoneNumber: String
    let fault: Fault?
    /// Milliseconds since 1970.
    let expiresAt: Int64
  }

  /// Milliseconds.
  static let life: Int64 = 300 * 1000
  private static let capacity = 100_000

  private var grants: [String: Grant] = [:]

  mutating func issue(_ grant: Grant, at now: Int64) -> String {
    if grants.count >= Self.capacity { grants = grants.filter { $0.value.expiresAt > now } }
    let text = RandomText.alphanumeric(40)
    grants[text] = grant
    return text
  }

  /// The grant of a text; nil if it is unknown, used or expired.
  mutating func use(_ text: String, at now: Int64) -> Grant? {
    guard let grant = grants.removeValue(forKey: text), grant.expiresAt > now else { return nil }
    return grant
  }
}
