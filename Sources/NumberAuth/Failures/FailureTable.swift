/// What one provider's codes mean: the `failures` part of its file. A code is looked up by the stage and carrier it
/// was said at, never alone: the same code means different things (`specs/china-mobile.md §6.2`).
public final class FailureTable: Sendable {
  public enum Meaning: Sendable, Hashable {
    case failure(FailureReason, advice: Advice?)
    case success
    case verdict(Verdict)
  }

  /// One code at one place.
  public struct Row: Sendable, Hashable {
    public let meaning: Meaning
    public let billed: Billing
    /// The vendor's own description.
    public let text: String
    /// What the vendor's document says about the cause.
    public let hint: String?
    /// Where the row comes from, if not from the product's own document.
    public let source: String?
    /// Said to the carrier's own users only: the phone is this carrier's.
    public let tellsOwnCarrier: Bool

    public init(
      meaning: Meaning, billed: Billing, text: String, hint: String? = nil, source: String? = nil,
      tellsOwnCarrier: Bool = false
    ) {
      self.tellsOwnCarrier = tellsOwnCarrier
      self.meaning = meaning
      self.billed = billed
      self.text = text
      self.hint = hint
      self.source = source
    }
  }

  /// What a row answers to.
  public enum Pattern: Sendable, Hashable {
    case code(String)
    case prefix(String)
    case status(Int)
  }

  public struct Place: Sendable, Hashable {
    public let stage: Stage
    /// nil: whatever the carrier.
    public let carrier: Carrier?

    public init(stage: Stage, carrier: Carrier?) {
      self.stage = stage
      self.carrier = carrier
    }
  }

  public struct Entry: Sendable {
    public let place: Place
    public let pattern: Pattern
    public let row: Row

    public init(place: Place, pattern: Pattern, row: Row) {
      self.place = place
      self.pattern = pattern
      self.row = row
    }
  }

  private struct Key: Hashable {
    let place: Place
    let pattern: Pattern
  }

  public let provider: String
  /// In the order of the file.
  public let entries: [Entry]
  private let rows: [Key: Entry]
  /// Longest prefix first.
  private let prefixes: [Place: [(prefix: String, row: Row)]]

  /// A later entry for the same place and pattern replaces an earlier one.
  public init(provider: String, entries: [Entry]) {
    self.provider = provider
    self.entries = entries
    var rows: [Key: Entry] = [:]
    var prefixes: [Place: [(prefix: String, row: Row)]] = [:]
    for entry in entries {
      rows[Key(place: entry.place, pattern: entry.pattern)] = entry
      if case .prefix(let prefix) = entry.pattern {
        prefixes[entry.place]?.removeAll { $0.prefix == prefix }
        prefixes[entry.place, default: []].append((prefix, entry.row))
      }
    }
    self.rows = rows
    self.prefixes = prefixes.mapValues { $0.sorted { $0.prefix.utf8.count > $1.prefix.utf8.count } }
  }

  /// The row for a code, compared as trimmed text: the carrier's own, then any carrier's; an exact code before a prefix.
  /// The HTTP status speaks only where there is no code: an unlisted one stays unlisted. nil: no row knows it.
  public func row(_ code: String?, stage: Stage, carrier: Carrier? = nil, status: Int? = nil) -> Row? {
    let own = Place(stage: stage, carrier: carrier)
    if let row = row(code, status, at: own) { return row }
    return carrier == nil ? nil : row(code, status, at: Place(stage: stage, carrier: nil))
  }

  private func row(_ code: String?, _ status: Int?, at place: Place) -> Row? {
    guard let code, !code.isEmpty else {
      return status.flatMap { rows[Key(place: place, pattern: .status($0))]?.row }
    }
    // Byte for byte: to Swift's == a Kelvin sign is a K.
    if let entry = rows[Key(place: place, pattern: .code(code))], case .code(let known) = entry.pattern,
      known.hasSameBytes(as: code)
    {
      return entry.row
    }
    return prefixes[place]?.first(where: { code.utf8.starts(with: $0.prefix.utf8) })?.row
  }

  /// What the vendor answered at `stage`, by its code: the row of a success or a verdict. Throws the failure that the
  /// code means; a code that no row lists is `unmapped`, never a success.
  public func judge(
    _ code: String?, message: String?, stage: Stage, status: Int? = nil
  ) throws(Failure) -> Row {
    let code = code.map(FailureTable.trim)
    guard let row = row(code, stage: stage, status: status) else {
      guard let code, !code.isEmpty else {
        throw Failure(
          .vendorProtocolError, stage: stage, detail: "The answer holds no result code.", billed: .unknown,
          delivery: .answered)
      }
      throw unmapped(code, message: message, stage: stage, carrier: nil, delivery: .answered)
    }
    if let failure = failure(
      row, code: code.flatMap { $0.isEmpty ? nil : $0 } ?? status.map(String.init) ?? "", message: message,
      stage: stage, carrier: nil, delivery: .answered)
    {
      throw failure
    }
    return row
  }

  /// A row as a failure; nil where it is a success or a verdict.
  public func failure(
    _ row: Row, code: String, message: String?, stage: Stage, carrier: Carrier?, delivery: Delivery
  ) -> Failure? {
    guard case .failure(let reason, let advice) = row.meaning else { return nil }
    return Failure(
      reason, stage: stage, carrier: carrier,
      vendor: Failure.VendorWords(
        provider: provider, code: FailureTable.bounded(code), message: message.map(FailureTable.bounded) ?? row.text),
      billed: row.billed, delivery: delivery, adviceOverride: advice, hint: row.hint)
  }

  public func unmapped(
    _ code: String, message: String?, stage: Stage, carrier: Carrier?, delivery: Delivery
  ) -> Failure {
    Failure(
      .unmapped, stage: stage, carrier: carrier,
      vendor: Failure.VendorWords(
        provider: provider, code: FailureTable.bounded(code), message: message.map(FailureTable.bounded)),
      billed: delivery == .notSent ? .no : .unknown, delivery: delivery)
  }

  /// Codes are compared without the blanks that vendors print around them.
  public static func trim(_ code: String) -> String {
    let bytes = code.utf8
    guard let first = bytes.first, let last = bytes.last, isBlank(first) || isBlank(last) else { return code }
    // Scalar by scalar: a blank with a combining mark is one blank Character, and the mark belongs to the code.
    var scalars = code.unicodeScalars[...]
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return String(scalars)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x80 }

  /// A vendor may send anything: what is passed on stays short.
  public static func bounded(_ text: String) -> String {
    // One Character may be any number of scalars.
    text.utf8.count <= 256 ? text : String(text.unicodeScalars.prefix(80)) + "…"
  }
}
