/// The countries whose phone numbers a vendor can authenticate, by their calling codes (ITU-T E.164).
public struct ServedCountries: Sendable, Hashable {
  /// Without `+`; nil: all countries.
  private let codes: Set<String>?

  /// - Parameter codes: Calling codes with or without `+`.
  public init(callingCodes codes: some Sequence<String>) {
    self.codes = Set(codes.map { $0.hasPrefix("+") ? String($0.dropFirst()) : $0 })
  }

  private init() { codes = nil }

  /// Mainland China, which all vendors of this country serve.
  public static let mainland = ServedCountries(callingCodes: ["86"])
  public static let all = ServedCountries()

  /// Whether a number is one of these countries.
  /// - Parameter digits: The number with its calling code, without `+`.
  func contains(_ digits: some Collection<UInt8>) -> Bool {
    codes.map { $0.contains { digits.starts(with: $0.utf8) } } ?? true
  }

  /// The countries of both.
  public func union(_ other: ServedCountries) -> ServedCountries {
    guard let codes, let others = other.codes else { return .all }
    return ServedCountries(callingCodes: codes.union(others))
  }
}

extension ServedCountries: CustomStringConvertible {
  /// Such as `+34, +44`; `all countries`.
  public var description: String {
    codes.map { $0.sorted().map { "+" + $0 }.joined(separator: ", ") } ?? "all countries"
  }
}
