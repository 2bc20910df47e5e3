/// A phone number. Its description is masked.
///
/// A mobile number of mainland China is `1`, a digit from 3 to 9, and nine digits. Other numbers that begin with 1 are
/// service numbers and machine numbers (106…). No vendor authenticates them, and some vendors charge for the attempt. A
/// number of another country has its calling code, and at most 15 digits (ITU-T E.164).
public struct PhoneNumber: Sendable, Hashable {
  /// The form of the API and of most vendors: the 11 digits of a number of mainland China, otherwise E.164 with `+`. Must
  /// not be written to logs, metrics, errors or URLs.
  public let text: String

  /// Reads a number as users enter it and as vendors return it: ASCII or full-width digits. Spaces, dashes and invisible
  /// characters are allowed anywhere, line ends only before and after the number. A number of mainland China can follow
  /// `+86`, `86` or `0086`, with or without parentheses; a number of another country must follow `+` or `00`. nil for
  /// anything else, and for a number of other countries than these.
  public init?(_ text: String, of countries: ServedCountries) {
    if Self.isPlain(text), countries.contains("86".utf8) {
      self.text = text
      return
    }
    var reader = Reader(countries: countries)
    guard Self.withoutLineEnds(text).allSatisfy({ reader.read($0) }), let number = reader.number else { return nil }
    self.text = number
  }

  /// Reads a number of mainland China.
  public init?(_ text: String) { self.init(text, of: .mainland) }

  /// The number with `+` and its calling code.
  public var e164: String { isMainland ? "+86" + text : text }

  /// Whether it is a number of mainland China.
  public var isMainland: Bool { text.utf8.first != UInt8(ascii: "+") }

  /// Whether the text consists of exactly the 11 digits, which is the usual case.
  private static func isPlain(_ text: String) -> Bool {
    var index = 0
    for byte in text.utf8 {
      let least: UInt8 = index == 0 ? 0x31 : index == 1 ? 0x33 : 0x30
      let most: UInt8 = index == 0 ? 0x31 : 0x39
      guard index < 11, byte >= least, byte <= most else { return false }
      index += 1
    }
    return index == 11
  }

  /// Removes line ends before and after the text. A line end inside the text separates two values and is not removed.
  private static func withoutLineEnds(_ text: String) -> Substring.UnicodeScalarView {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
    while let first = scalars.first, first == "\n" || first == "\r" { scalars.removeFirst() }
    return scalars
  }

  private struct Reader {
    private enum Parenthesis { case none, open, closed }

    let countries: ServedCountries

    init(countries: ServedCountries) { self.countries = countries }

    private var digits: [UInt8] = []
    private var hasPlus = false
    private var parenthesis = Parenthesis.none

    /// Returns false if the character cannot be part of a number.
    mutating func read(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case "0"..."9": return append(scalar.value - 0x30)
      case "\u{ff10}"..."\u{ff19}": return append(scalar.value - 0xff10)
      case "+", "\u{ff0b}":
        guard digits.isEmpty, !hasPlus, parenthesis != .closed else { return false }
        hasPlus = true
        return true
      case "(", "\u{ff08}":
        guard digits.isEmpty, !hasPlus, parenthesis == .none else { return false }
        parenthesis = .open
        return true
      case ")", "\u{ff09}":
        // Only the country code is written in parentheses.
        guard parenthesis == .open, digits.elementsEqual("86".utf8) || !hasPlus && digits.elementsEqual("0086".utf8)
        else { return false }
        parenthesis = .closed
        return true
      default: return Self.isSeparator(scalar)
      }
    }

    private mutating func append(_ digit: UInt32) -> Bool {
      digits.append(UInt8(ascii: "0") + UInt8(digit))
      return digits.count <= 17
    }

    /// Spaces, dashes, and the invisible characters of copied texts: zero-width characters and directional marks.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case " ", "\t", "\u{a0}", "\u{2000}"..."\u{200a}", "\u{202f}", "\u{205f}", "\u{3000}": true
      case "-", "\u{2010}"..."\u{2015}", "\u{2212}", "\u{ff0d}": true
      case "\u{ad}", "\u{200b}"..."\u{200f}", "\u{202a}"..."\u{202e}", "\u{2060}", "\u{2066}"..."\u{2069}", "\u{feff}":
        true
      default: false
      }
    }

    /// nil if the digits are not a number of these countries.
    var number: String? {
      guard parenthesis != .open else { return nil }
      let isInternational = hasPlus || digits.starts(with: "00".utf8)
      if let national = mainlandNumber {
        return countries.contains("86".utf8) ? String(decoding: national, as: UTF8.self) : nil
      }
      guard isInternational, parenthesis == .none else { return nil }
      let all = hasPlus ? digits[...] : digits.dropFirst(2)
      guard (7...15).contains(all.count), let first = all.first, first != UInt8(ascii: "0"),
        !all.starts(with: "86".utf8), countries.contains(all)
      else { return nil }
      return "+" + String(decoding: all, as: UTF8.self)
    }

    /// The 11 digits; nil if they are not a mainland mobile number.
    private var mainlandNumber: ArraySlice<UInt8>? {
      let hasCode = hasPlus || parenthesis == .closed
      let number: ArraySlice<UInt8>
      switch digits.count {
      case 15 where !hasPlus && digits.starts(with: "0086".utf8): number = digits.dropFirst(4)
      case 13 where digits.starts(with: "86".utf8): number = digits.dropFirst(2)
      case 11 where !hasCode: number = digits[...]
      default: return nil
      }
      guard number.first == UInt8(ascii: "1"),
        (UInt8(ascii: "3")...UInt8(ascii: "9")).contains(number[number.startIndex + 1])
      else { return nil }
      return number
    }
  }

  /// The first three and the last four characters: `138****0000`, `+44****0123`. At least four digits are hidden.
  public var masked: String { text.prefix(3) + "****" + text.suffix(min(4, text.utf8.count - 7)) }

  /// Whether a vendor's masked number, such as `188****1079`, can be this number. Masks of another form never match.
  public func agrees(withMask mask: String) -> Bool {
    guard mask.utf8.count == 11, isMainland else { return false }
    return zip(mask.utf8, text.utf8).allSatisfy { $0 == UInt8(ascii: "*") || $0 == $1 }
  }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { masked }
  public var debugDescription: String { masked }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
