import Glibc
import Networking
import NumberAuth

/// One line of a bill.
struct BillRow {
  /// In the file, from 1.
  let line: Int
  /// nil: the column is not mapped, or the field is empty.
  let id: String?
  let time: WallTime?
  let operation: Operation?
  let amount: Money?
}

/// Reads a bill: CSV in UTF-8 or in GBK, GB2312 or GB18030. The file is read in pieces.
struct BillReader {
  enum Entry {
    case row(BillRow)
    /// A line that cannot be read. The reason contains no value.
    case invalid(line: Int, reason: String)
    /// The text of an operation that is not mapped. The row follows.
    case unknownOperation(String)
  }

  /// The header is expected within this number of lines: some statements begin with a title.
  private static let headerLimit = 20
  /// Maximum number of texts of the operation column whose meaning is kept.
  private static let knownTextLimit = 1000

  let path: String
  let mapping: BillMapping

  func readEntries(_ body: (Entry) -> Void) throws(BillError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
    defer { close(file) }
    var parser = CSVParser()
    var reading = Reading(mapping)
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(path: path, reason: String(cString: strerror(errno))) }
      if count == 0 { break }
      parser.parse(buffer[..<count]) { reading.take($0, body) }
      if reading.isWithoutHeader { break }
    }
    if !reading.isWithoutHeader { parser.finish { reading.take($0, body) } }
    if reading.columns == nil { throw .columns(missing: reading.missing, found: reading.header.map(BillValue.shown)) }
  }

  private struct Columns {
    let count: Int
    let id, time, operation, amount: Int?
  }

  private struct Reading {
    let mapping: BillMapping
    var columns: Columns?
    /// The first line with several fields.
    var header: [String] = []
    var missing: [String]
    private var records = 0
    /// nil: only ASCII so far.
    private var isUTF8: Bool?
    private var operations: [ArraySlice<UInt8>: Operation?] = [:]

    init(_ mapping: BillMapping) {
      self.mapping = mapping
      missing = mapping.columns
    }

    var isWithoutHeader: Bool { columns == nil && records >= BillReader.headerLimit }

    mutating func take(_ record: CSVRecord, _ body: (Entry) -> Void) {
      if isUTF8 == nil, record.bytes.contains(where: { $0 >= 0x80 }) { isUTF8 = Charset.isUTF8(record.bytes) }
      guard let columns else {
        records += 1
        if !isWithoutHeader || records == BillReader.headerLimit { readHeader(record) }
        return
      }
      switch record.problem {
      case .unterminated: return body(.invalid(line: record.line, reason: "a quoted field has no end"))
      case .tooLong: return body(.invalid(line: record.line, reason: "longer than \(CSVParser.longestRecord) bytes"))
      case nil: break
      }
      guard record.count == columns.count else {
        let fields = record.count == 1 ? "1 field" : "\(record.count) fields"
        return body(.invalid(line: record.line, reason: "\(fields), the header has \(columns.count)"))
      }
      readRow(record, columns, body)
    }

    private mutating func readHeader(_ record: CSVRecord) {
      guard record.problem == nil else { return }
      let names = (0..<record.count).map { text(record[$0]) }
      let missing = mapping.columns.filter { !names.contains($0) }
      if header.isEmpty, names.count > 1 || missing.isEmpty {
        header = Array(names.prefix(40))
        self.missing = missing
      }
      guard missing.isEmpty else { return }
      func index(_ name: String?) -> Int? { name.flatMap { names.firstIndex(of: $0) } }
      columns = Columns(
        count: names.count, id: index(mapping.id), time: index(mapping.time), operation: index(mapping.operation),
        amount: index(mapping.amount))
    }

    private mutating func readRow(_ record: CSVRecord, _ columns: Columns, _ body: (Entry) -> Void) {
      var (time, amount): (WallTime?, Money?) = (nil, nil)
      if let column = columns.time {
        time = BillValue.time(text(record[column]), mapping.timeZone)
        if time == nil { return body(.invalid(line: record.line, reason: "the time cannot be read")) }
      }
      if let column = columns.amount {
        amount = BillValue.amount(text(record[column]))
        if amount == nil { return body(.invalid(line: record.line, reason: "the amount cannot be read")) }
      }
      var operation: Operation?
      if let column = columns.operation {
        let field = record[column]
        if let known = operations[field] {
          operation = known
        } else {
          operation = mapping.operation(text(field))
          if operations.count < BillReader.knownTextLimit { operations[ArraySlice(Array(field))] = operation }
        }
        if operation == nil { body(.unknownOperation(text(field))) }
      }
      let id = columns.id.map { text(record[$0]) }
      body(
        .row(
          BillRow(
            line: record.line, id: id?.isEmpty == true ? nil : id, time: time, operation: operation, amount: amount)))
    }

    /// The text without spaces and tabs at its ends, which some statements add so that a spreadsheet shows all digits.
    private func text(_ field: ArraySlice<UInt8>) -> String {
      var field = field
      while let last = field.last, last == 0x20 || last == 0x09 { field.removeLast() }
      while let first = field.first, first == 0x20 || first == 0x09 { field.removeFirst() }
      if isUTF8 == false, field.contains(where: { $0 >= 0x80 }), let converted = Charset.decodeGB18030(Array(field)) {
        return String(decoding: converted, as: UTF8.self)
      }
      return String(decoding: field, as: UTF8.self)
    }
  }
}
