/// A text that somebody else fills in, as a file declares it: a field of an account, or an extra input of a call.
public struct DeclaredField: Sendable {
  public let name: String
  public let isSecret: Bool
  public let isRequired: Bool
  public let choices: [String]?
  /// The name of its form, as the file has it.
  public let pattern: String?
  public let form: Shape.Form?
  /// The operations that it belongs to, by name; nil: all of them.
  public let operations: [String]?
  /// What it is where nobody gives it.
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

  /// What the value must be instead; nil where nothing is wrong with it.
  public func expectation(unmetBy text: String) -> String? {
    if let choices, !choices.contains(text) { return "one of " + choices.joined(separator: ", ") }
    if let form, !form.isValid(text) {
      return form.expectation + (form.finding?(text).map { "; it " + $0 } ?? "")
    }
    return nil
  }
}
