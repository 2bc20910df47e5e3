/// A mainland mobile number: 11 digits that begin with 1. It cannot print itself; only its mask shows.
public struct PhoneNumber: Sendable, Hashable {
  /// The 11 digits, as every vendor takes them. Never goes into a log, a metric, an error or a URL of ours.
  public let digits: String

  /// Reads 11 digits, also behind `+86`, `86` or `0086`, with blanks or dashes between; nil for anything else.
  public init?(_ text: String) {
    var digits: [UInt8] = []
    var hasPlus = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: " "), UInt8(ascii: "-"): continue
      case UInt8(ascii: "+"):
        guard digits.isEmpty, !hasPlus else { return nil }
        hasPlus = true
      default: return nil
      }
      if digits.count > 15 { return nil }
    }
    if hasPlus {
      guard digits.count == 13, digits.starts(with: "86".utf8) else { return nil }
      digits.removeFirst(2)
    } else if digits.count == 15, digits.starts(with: "0086".utf8) {
      digits.removeFirst(4)
    } else if digits.count == 13, digits.starts(with: "86".utf8) {
      digits.removeFirst(2)
    }
    guard digits.count == 11, digits[0] == UInt8(ascii: "1") else { return nil }
    self.digits = String(decoding: digits, as: UTF8.self)
  }

  /// `138****0000`.
  public var masked: String { digits.prefix(3) + "****" + digits.suffix(4) }

  /// Whether a vendor's mask, such as `188****1079`, can be this number's. A mask of another form agrees with nothing.
  public func agrees(withMask mask: String) -> Bool {
    guard mask.utf8.count == 11 else { return false }
    return zip(mask.utf8, digits.utf8).allSatisfy { $0 == UInt8(ascii: "*") || $0 == $1 }
  }
}

extension PhoneNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { masked }
  public var debugDescription: String { masked }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
