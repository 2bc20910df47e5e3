/// An amount of money in millionths of the currency's unit: CNY 0.06 is 60,000. Integer arithmetic only.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
  public var micros: Int64

  public static let zero = Money(micros: 0)

  public init(micros: Int64) { self.micros = micros }

  /// Parses a decimal number without sign or exponent, such as `0.06`: at most nine digits before and six after the
  /// point. Returns nil for anything else.
  public init?(decimal text: some StringProtocol) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    func isDigits(_ part: some StringProtocol, _ count: ClosedRange<Int>) -> Bool {
      count.contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard isDigits(parts[0], 1...9), parts.count == 1 || isDigits(parts[1], 1...6), let whole = Int64(parts[0]) else {
      return nil
    }
    let fraction = parts.count == 1 ? "" : String(parts[1])
    micros = whole * 1_000_000 + (Int64(fraction + String(repeating: "0", count: 6 - fraction.utf8.count)) ?? 0)
  }

  /// The amount as a decimal number with at least two digits after the point: `0.06`, `12.345`.
  public var description: String {
    let magnitude = micros.magnitude
    var fraction = String(magnitude % 1_000_000 + 1_000_000).dropFirst()
    while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
    return (micros < 0 ? "-" : "") + "\(magnitude / 1_000_000).\(fraction)"
  }

  public static func < (left: Money, right: Money) -> Bool { left.micros < right.micros }

  /// Sums saturate: an overflow must not stop the gateway.
  public static func + (left: Money, right: Money) -> Money {
    let (sum, overflow) = left.micros.addingReportingOverflow(right.micros)
    return Money(micros: overflow ? (left.micros < 0 ? .min : .max) : sum)
  }

  public static func += (left: inout Money, right: Money) { left = left + right }
}
