/// A point in time, in milliseconds since the Unix epoch, with conversions for the vendors' formats.
public struct WallTime: Sendable, Hashable, Comparable {
  public let milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Whole seconds since the Unix epoch, rounded towards zero.
  public var seconds: Int64 { milliseconds / 1000 }

  public static func < (left: WallTime, right: WallTime) -> Bool { left.milliseconds < right.milliseconds }

  public func advanced(by duration: Duration) -> WallTime {
    let parts = duration.components
    return WallTime(milliseconds: milliseconds + parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000)
  }

  /// 17 digits `yyyyMMddHHmmssSSS` in China Standard Time, UTC+8: the format of China Mobile's timestamps.
  public var chinaTime17: String {
    let local = CivilTime(milliseconds: milliseconds + 8 * 3_600_000)
    return String(unsafeUninitializedCapacity: 17) { output in
      local.write(into: output, [(local.year, 4), (local.month, 2), (local.day, 2)], separator: nil, at: 0)
      local.write(into: output, [(local.hour, 2), (local.minute, 2), (local.second, 2)], separator: nil, at: 8)
      local.write(into: output, [(local.millisecond, 3)], separator: nil, at: 14)
      return 17
    }
  }

  /// `2024-01-02T03:04:05Z`, in UTC (ISO 8601, the format of Aliyun's signatures).
  public var iso8601: String {
    let utc = CivilTime(milliseconds: milliseconds)
    return String(unsafeUninitializedCapacity: 20) { output in
      utc.write(into: output, [(utc.year, 4), (utc.month, 2), (utc.day, 2)], separator: UInt8(ascii: "-"), at: 0)
      output[10] = UInt8(ascii: "T")
      utc.write(into: output, [(utc.hour, 2), (utc.minute, 2), (utc.second, 2)], separator: UInt8(ascii: ":"), at: 11)
      output[19] = UInt8(ascii: "Z")
      return 20
    }
  }
}

extension WallTime {
  /// Reads `2024-01-02T03:04:05Z`, with or without milliseconds; nil for anything else.
  public init?(iso8601 text: String) {
    let digits = text.utf8.filter { (0x30...0x39).contains($0) }.map { Int($0 - 0x30) }
    guard digits.count == 14 || digits.count == 17 else { return nil }
    func number(_ range: Range<Int>) -> Int { digits[range].reduce(0) { $0 * 10 + $1 } }
    let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
    // Days since 1970. Years are counted from 1 March.
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    let seconds = days * 86_400 + number(8..<10) * 3600 + number(10..<12) * 60 + number(12..<14)
    self.init(milliseconds: Int64(seconds) * 1000 + (digits.count == 17 ? Int64(number(14..<17)) : 0))
    // Formatting the time must return the same text. This rejects dates such as 31 February and other separators.
    let written =
      digits.count == 14 ? iso8601 : iso8601.dropLast() + "." + self.text(.compactMilliseconds).suffix(3) + "Z"
    guard written == text else { return nil }
  }

  /// Reads a time in the formats of vendors' documents: `2024-01-02T03:04:05Z`, seconds or milliseconds since 1970 (10
  /// or 13 digits), `yyyyMMddHHmmss` or `yyyyMMddHHmmssSSS` in China time; nil for anything else.
  public init?(vendorsText text: String) {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      self.init(iso8601: text)
      return
    }
    switch text.utf8.count {
    case 10: self.init(milliseconds: (Int64(text) ?? 0) * 1000)
    case 13: self.init(milliseconds: Int64(text) ?? 0)
    case 14, 17:
      func part(_ from: Int, _ length: Int) -> Substring { text.dropFirst(from).prefix(length) }
      let date = "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))"
      guard let local = WallTime(iso8601: date + (text.utf8.count == 17 ? ".\(part(14, 3))Z" : "Z")) else { return nil }
      self.init(milliseconds: local.milliseconds - 8 * 3_600_000)
    default: return nil
    }
  }

  /// A vendor's time format.
  public enum Form: String, Sendable, CaseIterable {
    case seconds
    case milliseconds
    case iso8601
    case date = "yyyyMMdd"
    case compact = "yyyyMMddHHmmss"
    case compactMilliseconds = "yyyyMMddHHmmssSSS"
    case basic = "yyyyMMdd'T'HHmmss'Z'"

    /// Whether the text depends on the time zone. The other formats count from the Unix epoch or are always in UTC.
    public var needsZone: Bool {
      switch self {
      case .date, .compact, .compactMilliseconds: true
      case .seconds, .milliseconds, .iso8601, .basic: false
      }
    }
  }

  /// The time zone of a format that needs one.
  public enum Zone: String, Sendable, CaseIterable {
    case utc
    /// China Standard Time, UTC+8 all year.
    case china
  }

  /// The time as text. `zone` is used only if the format needs one.
  public func text(_ form: Form, _ zone: Zone = .utc) -> String {
    let local = zone == .china ? WallTime(milliseconds: milliseconds + 8 * 3_600_000) : self
    switch form {
    case .seconds: return String(seconds)
    case .milliseconds: return String(milliseconds)
    case .iso8601: return iso8601
    case .date: return String(local.compactUTC.prefix(8))
    case .compact: return String(local.compactUTC.prefix(14))
    case .compactMilliseconds: return local.compactUTC
    case .basic:
      let digits = compactUTC
      return digits.prefix(8) + "T" + digits.dropFirst(8).prefix(6) + "Z"
    }
  }

  /// 17 digits `yyyyMMddHHmmssSSS` in UTC.
  private var compactUTC: String { WallTime(milliseconds: milliseconds - 8 * 3_600_000).chinaTime17 }
}

/// Year to millisecond of a time without a zone, in the proleptic Gregorian calendar.
private struct CivilTime {
  let year, month, day, hour, minute, second, millisecond: Int

  init(milliseconds: Int64) {
    let day = Int(milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds - 86_399_999) / 86_400_000)
    let rest = Int(milliseconds - Int64(day) * 86_400_000)
    hour = rest / 3_600_000
    minute = rest / 60_000 % 60
    second = rest / 1000 % 60
    millisecond = rest % 1000
    // The inverse of the conversion from a date to days: eras of 400 years that begin on 1 March.
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  func write(
    into output: UnsafeMutableBufferPointer<UInt8>, _ parts: [(value: Int, digits: Int)], separator: UInt8?,
    at start: Int
  ) {
    var at = start
    for (index, part) in parts.enumerated() {
      if index > 0, let separator {
        output[at] = separator
        at += 1
      }
      var rest = part.value
      for place in stride(from: at + part.digits - 1, through: at, by: -1) {
        output[place] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      at += part.digits
    }
  }
}
