public import NumberAuth

/// The columns of a vendor's bill, by the names in the header of the file. `bill` of a provider file.
public struct BillMapping: Sendable, Equatable {
  /// The vendor's id of the call.
  public var id: String?
  /// Time or day of the call.
  public var time: String?
  /// The time zone of times without an offset.
  public var timeZone = WallTime.Zone.china
  /// The operation.
  public var operation: String?
  /// The price of the call.
  public var amount: String?
  /// The texts of the operation column, besides `login` and `verify`.
  public var operations: [String: Operation] = [:]

  public init() {}

  /// The names of the used columns.
  var columns: [String] { [id, time, operation, amount].compactMap(\.self) }

  func operation(_ text: String) -> Operation? { operations[text] ?? Operation(rawValue: text) }
}

/// Why a bill cannot be compared. The text contains no value of a row.
public enum BillError: Error, Sendable, CustomStringConvertible {
  case file(path: String, reason: String)
  /// No line at the beginning of the file has these columns. `found`: the names in the first line with several fields.
  case columns(missing: [String], found: [String])
  /// Neither the vendor's id nor the time is mapped.
  case mapping
  /// The bill has no times, and the period is not given.
  case period

  public var description: String {
    switch self {
    case .file(let path, let reason): "'\(path)' cannot be read: \(reason)"
    case .columns(let missing, let found):
      "the bill has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")); its columns are "
        + (found.isEmpty ? "empty" : found.map { "'\($0)'" }.joined(separator: ", "))
    case .mapping:
      "the columns of the bill are not known: use --id-column, --time-column, --operation-column and --amount-column, "
        + "or set `bill` in the provider's file"
    case .period: "the bill has no times that can be read: use --from and --to"
    }
  }
}

/// Reads the values of a bill.
enum BillValue {
  /// Reads an amount such as `0.06`, `-1,234.50`, `¥0.06` or `0.06元`. At most six digits after the point are not zero.
  static func amount(_ text: String) -> Money? {
    var digits = text.filter { !" ,¥￥元\t".contains($0) }
    if digits.hasSuffix("CNY") { digits.removeLast(3) } else if digits.hasPrefix("CNY") { digits.removeFirst(3) }
    let isNegative = digits.hasPrefix("-")
    if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
    if let point = digits.firstIndex(of: ".") {
      while digits.distance(from: point, to: digits.endIndex) > 7, digits.last == "0" { digits.removeLast() }
      if digits.last == "." { digits.removeLast() }
    }
    guard let money = Money(decimal: digits) else { return nil }
    return isNegative ? Money(micros: -money.micros) : money
  }

  /// Reads a time: year, month and day, with or without hour, minute, second and milliseconds, with any separators or
  /// none (8, 14 or 17 digits); seconds or milliseconds since 1970 (10 or 13 digits). `Z` and `+08:00` at the end
  /// replace `zone`.
  static func time(_ text: String, _ zone: WallTime.Zone) -> WallTime? {
    var (bytes, zone) = (text.utf8[...], zone)
    for (suffix, value) in [("Z", WallTime.Zone.utc), ("+08:00", .china), ("+0800", .china), ("+00:00", .utc)]
    where text.hasSuffix(suffix) {
      bytes = bytes.dropLast(suffix.utf8.count)
      zone = value
    }
    var groups = bytes.split { !(0x30...0x39).contains($0) }.map { String(decoding: $0, as: UTF8.self) }
    guard let first = groups.first else { return nil }
    if groups.count == 1 {
      func part(_ from: Int, _ length: Int) -> String { String(first.dropFirst(from).prefix(length)) }
      switch first.utf8.count {
      case 10, 13: return WallTime(vendorsText: first)
      case 8: groups = [part(0, 4), part(4, 2), part(6, 2)]
      case 14, 17:
        groups = [part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2)]
      default: return nil
      }
    }
    guard (3...7).contains(groups.count), groups[0].utf8.count == 4,
      groups.dropFirst().prefix(5).allSatisfy({ $0.utf8.count <= 2 })
    else { return nil }
    var parts = groups.prefix(6).map { $0.utf8.count == 1 ? "0" + $0 : $0 }
    while parts.count < 6 { parts.append("00") }
    let written = "\(parts[0])-\(parts[1])-\(parts[2])T\(parts[3]):\(parts[4]):\(parts[5])Z"
    guard let time = WallTime(iso8601: written) else { return nil }
    return zone == .china ? WallTime(milliseconds: time.milliseconds - ChinaDay.offset) : time
  }

  /// A text of a bill for a message: shortened, and not shown if it may be a phone number.
  static func shown(_ text: String) -> String {
    let runs = text.utf8.split { !(0x30...0x39).contains($0) }
    return runs.contains { $0.count >= 7 } ? "(digits)" : String(text.prefix(40))
  }
}

/// Days in China time, which is eight hours ahead of UTC all year.
enum ChinaDay {
  static let offset: Int64 = 8 * 3_600_000
  static let length: Int64 = 24 * 3_600_000

  /// Days since 1 January 1970.
  static func of(_ time: WallTime) -> Int64 {
    let (quotient, remainder) = (time.milliseconds + offset).quotientAndRemainder(dividingBy: length)
    return remainder < 0 ? quotient - 1 : quotient
  }

  static func start(_ day: Int64) -> WallTime { WallTime(milliseconds: day * length - offset) }

  /// `2026-11-28`.
  static func text(_ day: Int64) -> String { String(WallTime(milliseconds: day * length).iso8601.prefix(10)) }

  /// `2026-11-28 09:30:00`.
  static func text(_ time: WallTime) -> String {
    let text = WallTime(milliseconds: time.milliseconds + offset).iso8601
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
  }
}
