/// A text field that a provider file declares: a field of an account, or an additional input of a call.
public struct DeclaredField: Sendable {
  public let name: String
  public let isSecret: Bool
  public let isRequired: Bool
  public let choices: [String]?
  /// The name of its form, as written in the file.
  public let pattern: String?
  public let form: Shape.Form?
  /// Names of the operations that it belongs to; nil: all.
  public let operations: [String]?
  /// The value of an absent field.
  public let fallback: String?
  public let about: String?

  public init(
    name: String, isSecret: Bool = false, isRequired: Bool = false, choices: [String]? = nil,
    pattern: String? = nil, form: Shape.Form? = nil, operations: [String]? = nil, fallback: String? = nil,
    about: String? = nil
  ) {
    self.name = name
    self.isSecret = isSecret
    self.isRequired = isRequired
    self.choices = choices
    self.pattern = pattern
    self.form = form
    self.operations = operations
    self.fallback = fallback
    self.about = about
  }

  /// Describes the expected value; nil if `text` is valid.
  public func expectation(unmetBy text: String) -> String? {
    if let choices, !choices.contains(text) { return "one of " + choices.joined(separator: ", ") }
    if let form, !form.isValid(text) {
      return form.expectation + (form.finding?(text).map { "; it " + $0 } ?? "")
    }
    return nil
  }
}
