/// The meanings of one provider's codes: `failures` of its file. A code is looked up with its stage and carrier,
/// because the same code has different meanings at different stages and carriers.
public final class FailureTable: Sendable {
  /// The result that a code means.
  public enum Meaning: Sendable, Hashable {
    case failure(FailureReason, advice: Advice?)
    case success
    case verdict(Verdict)
  }

  /// The meaning of a code and its properties.
  public struct Row: Sendable, Hashable {
    public let meaning: Meaning
    public let billed: Billing
    /// The vendor's description of the code.
    public let text: String
    /// The cause, according to the vendor's document.
    public let hint: String?
    /// The source of the entry, if it is not the product's document.
    public let source: String?
    /// True if the carrier returns the code only to its own users, so that it reveals the user's carrier.
    public let revealsCarrier: Bool
    /// nil: the code does not concern a credential.
    public let rejection: CredentialRejection?

    public init(
      meaning: Meaning, billed: Billing, text: String, hint: String? = nil, source: String? = nil,
      revealsCarrier: Bool = false, rejection: CredentialRejection? = nil
    ) {
      self.revealsCarrier = revealsCarrier
      self.rejection = rejection
      self.meaning = meaning
      self.billed = billed
      self.text = text
      self.hint = hint
      self.source = source
    }
  }

  /// The codes or the HTTP status that an entry matches.
  public enum Pattern: Sendable, Hashable {
    case code(String)
    case prefix(String)
    case status(Int)
  }

  /// Where a code is returned.
  public struct Place: Sendable, Hashable {
    public let stage: Stage
    /// nil: any carrier.
    public let carrier: Carrier?
    /// nil: any channel.
    public let channel: Channel?

    public init(stage: Stage, carrier: Carrier?, channel: Channel? = nil) {
      self.stage = stage
      self.carrier = carrier
      self.channel = channel
    }
  }

  /// A row, with the place and the pattern that it applies to.
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

  /// Name of the provider file.
  public let provider: String
  /// In the order of the file.
  public let entries: [Entry]
  /// Where the SDK's error callback has its codes, by channel.
  public let forms: [Channel: ReportForm]
  /// The codes of the carriers' own SDKs, which the vendor's SDK passes through.
  public let carriers: [FailureTable]
  /// The tables of other products whose SDK is used on a channel.
  public let sdks: [Channel: FailureTable]
  private let hasChannels: Bool
  private let rows: [Key: Entry]
  /// Longest prefix first.
  private let prefixes: [Place: [(prefix: String, row: Row)]]

  /// A later entry for the same place and pattern replaces an earlier one.
  public init(
    provider: String, entries: [Entry], forms: [Channel: ReportForm] = [:], carriers: [FailureTable] = [],
    sdks: [Channel: FailureTable] = [:]
  ) {
    self.provider = provider
    self.entries = entries
    self.forms = forms
    self.carriers = carriers
    self.sdks = sdks
    hasChannels = entries.contains { $0.place.channel != nil }
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

  /// The entry for a code: that of the carrier, otherwise that of the carrier's own SDK, otherwise that of any carrier; an
  /// entry for the channel before one for any channel; an exact code before a prefix. The HTTP status is used only if there
  /// is no code. nil: the code is not listed.
  public func row(
    _ code: String?, stage: Stage, carrier: Carrier? = nil, channel: Channel? = nil, status: Int? = nil
  ) -> Row? {
    if let channel, stage == .acquire || stage == .token,
      let row = sdks[channel]?.row(code, stage: stage, carrier: carrier)
    {
      return row
    }
    if let row = row(code, status, stage, carrier, channel) { return row }
    guard carrier != nil else { return nil }
    if stage == .acquire, let row = carriers.lazy.compactMap({ $0.row(code, nil, stage, carrier, nil) }).first {
      return row
    }
    return row(code, status, stage, nil, channel)
  }

  private func row(
    _ code: String?, _ status: Int?, _ stage: Stage, _ carrier: Carrier?, _ channel: Channel?
  ) -> Row? {
    if hasChannels, let channel,
      let row = row(code, status, at: Place(stage: stage, carrier: carrier, channel: channel))
    {
      return row
    }
    return row(code, status, at: Place(stage: stage, carrier: carrier))
  }

  private func row(_ code: String?, _ status: Int?, at place: Place) -> Row? {
    guard let code, !code.isEmpty else {
      return status.flatMap { rows[Key(place: place, pattern: .status($0))]?.row }
    }
    // Compared by bytes: Swift's == treats canonically equivalent characters as equal, such as K and the Kelvin sign.
    if let entry = rows[Key(place: place, pattern: .code(code))], case .code(let known) = entry.pattern,
      known.hasSameBytes(as: code)
    {
      return entry.row
    }
    return prefixes[place]?.first(where: { code.utf8.starts(with: $0.prefix.utf8) })?.row
  }

  /// Interprets the vendor's code at `stage`. Returns the entry of a success or a verdict, and throws the failure that
  /// the code means. A code that is not listed is `unmapped`, never a success.
  public func judge(
    _ code: String?, message: String?, stage: Stage, status: Int? = nil
  ) throws(Failure) -> Row {
    let code = code.map(FailureTable.trim)
    guard let row = row(code, stage: stage, status: status) else {
      guard let code, !code.isEmpty else {
        throw Failure(
          .vendorProtocolError, stage: stage, detail: "The vendor's response has no result code.", billed: .unknown,
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

  /// The failure that an entry means; nil if it is a success or a verdict.
  public func failure(
    _ row: Row, code: String, message: String?, stage: Stage, carrier: Carrier?, delivery: Delivery
  ) -> Failure? {
    guard case .failure(let reason, let advice) = row.meaning else { return nil }
    var failure = Failure(
      reason, stage: stage, carrier: carrier,
      vendor: Failure.VendorMessage(
        provider: provider, code: FailureTable.bounded(code), message: message.map(FailureTable.bounded) ?? row.text),
      billed: row.billed, delivery: delivery, adviceOverride: advice, hint: row.hint)
    failure.rejection = row.rejection
    return failure
  }

  /// The failure for a code that the table does not list. Its billing is unknown, unless nothing was sent.
  public func unmapped(
    _ code: String, message: String?, stage: Stage, carrier: Carrier?, delivery: Delivery
  ) -> Failure {
    Failure(
      .unmapped, stage: stage, carrier: carrier,
      vendor: Failure.VendorMessage(
        provider: provider, code: FailureTable.bounded(code), message: message.map(FailureTable.bounded)),
      billed: delivery == .notSent ? .no : .unknown, delivery: delivery)
  }

  /// Removes white space around a code, which some vendors send.
  public static func trim(_ code: String) -> String {
    let bytes = code.utf8
    guard let first = bytes.first, let last = bytes.last, isBlank(first) || isBlank(last) else { return code }
    // By scalars: a space with a combining mark is one white-space Character, but the mark belongs to the code.
    var scalars = code.unicodeScalars[...]
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return String(scalars)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte >= 0x80 }

  /// Truncates a vendor's text of more than 256 bytes to 80 Unicode scalars.
  public static func bounded(_ text: String) -> String {
    // Counts scalars: a Character can consist of any number of them.
    text.utf8.count <= 256 ? text : String(text.unicodeScalars.prefix(80)) + "…"
  }
}
