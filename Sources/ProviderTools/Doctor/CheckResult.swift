/// One thing that was looked at before an account goes live.
public struct CheckResult: Sendable, Hashable {
  public enum Mark: String, Sendable, Hashable {
    case well = "ok"
    case wrong = "!!"
    /// Cannot be told, or worth a thought: no reason to stop.
    case doubtful = "--"
  }

  public let mark: Mark
  /// What was looked at: `keys`, `host`, `clock`, `login h5`.
  public let topic: String
  /// A short sentence; holds no number, token, key or signature.
  public let text: String
  /// What to do about it.
  public let advice: String?

  init(_ mark: Mark, _ topic: String, _ text: String, advice: String? = nil) {
    self.mark = mark
    self.topic = topic
    self.text = text
    self.advice = advice
  }
}

/// Everything that was found about one account.
public struct AccountHealth: Sendable {
  public let account: String
  public let provider: String
  public let origin: String
  public let findings: [CheckResult]

  /// Whether nothing is wrong; openQuestions are no wrong.
  public var isWell: Bool { !findings.contains { $0.mark == .wrong } }
}
