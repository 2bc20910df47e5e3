/// The result of one check of an account.
public struct CheckResult: Sendable, Hashable {
  /// The raw value is printed before the topic.
  public enum Mark: String, Sendable, Hashable {
    case passed = "ok"
    case failed = "!!"
    /// A warning, or a check without a result. Does not make the account fail.
    case warning = "--"
  }

  public let mark: Mark
  /// The subject of the check: `keys`, `host`, `clock`, `login h5`.
  public let topic: String
  /// A short sentence. Contains no phone number, token, key or signature.
  public let text: String
  /// The suggested fix.
  public let advice: String?

  init(_ mark: Mark, _ topic: String, _ text: String, advice: String? = nil) {
    self.mark = mark
    self.topic = topic
    self.text = text
    self.advice = advice
  }
}

/// All check results of one account.
public struct AccountHealth: Sendable {
  public let account: String
  public let provider: String
  /// The endpoint, such as `https://host:port`.
  public let origin: String
  public let results: [CheckResult]

  /// Whether no check has failed. Warnings do not count.
  public var isOK: Bool { !results.contains { $0.mark == .failed } }
}
