/// The settings that an adapter is created from: one account's fields, already checked against the declarations of the
/// provider file.
public struct AccountSettings: Sendable {
  /// Name of the account.
  public let account: String
  /// Host and optional port of the endpoint, as in a Host header field.
  public let authority: String
  /// The meanings of the provider's codes.
  public let table: FailureTable
  /// The countries whose numbers the vendor authenticates.
  public let countries: ServedCountries
  private let fields: [String: Secret]

  public init(
    account: String, authority: String, table: FailureTable, countries: ServedCountries = .mainland,
    fields: [String: Secret]
  ) {
    self.countries = countries
    self.account = account
    self.authority = authority
    self.table = table
    self.fields = fields
  }

  /// The value of a field, which may be empty; nil if it is missing.
  public func field(_ name: String) -> Secret? { fields[name] }

  /// The value of an optional field; nil if it is missing or empty.
  public func optional(_ name: String) -> Secret? {
    fields[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The value of a required field. Throws if it is missing or empty.
  public func required(_ name: String, because: String? = nil) throws(AccountFault) -> Secret {
    guard let value = optional(name) else {
      throw AccountFault(field: name, "'\(name)' is missing" + (because.map { "; " + $0 } ?? ""))
    }
    return value
  }

  /// A field with a fixed set of values; `fallback` if it is missing or empty.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, default fallback: Choice
  ) throws(AccountFault) -> Choice where Choice.RawValue == String {
    guard let value = optional(name)?.revealed else { return fallback }
    guard let choice = Choice(rawValue: value) else {
      let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw AccountFault(field: name, "'\(name)' must be one of \(known)")
    }
    return choice
  }
}

/// An account's field that an adapter cannot use. The message never contains the value.
public struct AccountFault: Error, Sendable, Hashable {
  /// Name of the field; `provider` for an error of the provider file.
  public let field: String
  public let message: String

  public init(field: String, _ message: String) {
    self.field = field
    self.message = message
  }
}
