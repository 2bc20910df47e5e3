/// One record of a CSV file: its fields as bytes, without quotes.
struct CSVRecord {
  /// The line on which the record begins, from 1.
  fileprivate(set) var line = 1
  fileprivate(set) var bytes: [UInt8] = []
  /// The end of each field in `bytes`.
  fileprivate(set) var ends: [Int] = []
  fileprivate(set) var problem: Problem?

  enum Problem: Equatable {
    /// The file ends inside a quoted field.
    case unterminated
    /// The record is longer than `CSVParser.longestRecord`. Its fields are not available.
    case tooLong
  }

  var count: Int { ends.count }

  subscript(field: Int) -> ArraySlice<UInt8> { bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]] }
}

/// Splits CSV (RFC 4180) into records. The file is passed in pieces of any size. Lines end with CR LF, LF or CR; empty
/// lines and a byte order mark are skipped. The delimiters are never a part of another character in UTF-8 and GB18030.
struct CSVParser {
  /// In bytes. The memory of the parser is bounded by this.
  static let longestRecord = 65_536

  private enum State { case fieldStart, unquoted, quoted, quoteInQuoted }

  private var state = State.fieldStart
  private var record = CSVRecord()
  private var line = 1
  private var isAfterCR = false
  /// Bytes of the byte order mark that may still follow.
  private var mark: ArraySlice<UInt8> = [0xef, 0xbb, 0xbf]

  mutating func parse(_ bytes: some Sequence<UInt8>, _ body: (CSVRecord) -> Void) {
    for byte in bytes {
      if let expected = mark.first {
        if byte == expected {
          mark.removeFirst()
          continue
        }
        mark = []
      }
      take(byte, body)
    }
  }

  /// Ends the file.
  mutating func finish(_ body: (CSVRecord) -> Void) {
    if state == .quoted { record.problem = record.problem ?? .unterminated }
    if state != .fieldStart || record.count > 0 { endRecord(body) }
  }

  private mutating func take(_ byte: UInt8, _ body: (CSVRecord) -> Void) {
    let isLineFeedOfCR = isAfterCR && byte == 0x0a
    isAfterCR = byte == 0x0d
    if byte == 0x0a || byte == 0x0d, !isLineFeedOfCR { line += 1 }
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _): append(byte)
    case (.quoteInQuoted, UInt8(ascii: "\"")):
      append(byte)
      state = .quoted
    case (.fieldStart, UInt8(ascii: "\"")): state = .quoted
    case (_, UInt8(ascii: ",")):
      record.ends.append(record.bytes.count)
      state = .fieldStart
    case (_, 0x0a) where isLineFeedOfCR: record.line = line
    case (_, 0x0a), (_, 0x0d):
      if state == .fieldStart, record.count == 0 { record.line = line } else { endRecord(body) }
    default:
      append(byte)
      state = .unquoted
    }
  }

  private mutating func append(_ byte: UInt8) {
    if record.bytes.count < Self.longestRecord { record.bytes.append(byte) } else { record.problem = .tooLong }
  }

  private mutating func endRecord(_ body: (CSVRecord) -> Void) {
    record.ends.append(record.bytes.count)
    body(record)
    record.bytes.removeAll(keepingCapacity: true)
    record.ends.removeAll(keepingCapacity: true)
    record.problem = nil
    record.line = line
    state = .fieldStart
  }
}
