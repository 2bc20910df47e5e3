internal import Cryptography
internal import NumberAuth

/// Rows in the text format of COPY: fields separated by tabs, one line for each row.
struct CopyText {
  private(set) var bytes: [UInt8] = []

  /// The columns of `append(_:app:)`.
  static let columns = "at, seq, series, app, request, txn, vendor_id, code, price, latency, number_hash"

  mutating func append(_ outgoing: OutboxRow, app: Int32) {
    let row = outgoing.row
    text(Self.timestamp(row.time))
    number(outgoing.sequence)
    number(row.series.id)
    number(Int64(app))
    text(Self.identifier(row.requestId))
    text(Self.identifier(row.transaction))
    text(row.vendorId)
    text(row.vendorCode)
    number(row.price.micros)
    number(Int64(Int32(clamping: row.latency)))
    text(row.numberHash.map { "\\x" + Hex.encode($0) })
    bytes[bytes.count - 1] = UInt8(ascii: "\n")
  }

  private mutating func number(_ value: Int64) {
    bytes.append(contentsOf: String(value).utf8)
    bytes.append(UInt8(ascii: "\t"))
  }

  private mutating func text(_ value: String?) {
    guard let value else {
      bytes.append(contentsOf: "\\N\t".utf8)
      return
    }
    for byte in value.utf8 {
      switch byte {
      // PostgreSQL cannot store a NUL: U+FFFD instead.
      case 0: bytes.append(contentsOf: [0xef, 0xbf, 0xbd])
      case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
      case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\t"))
  }

  /// The bytes of 32 lower-case hexadecimal digits; otherwise the UTF-8 of the text, with a NUL if these are 16 bytes.
  /// Half the size of a text column.
  static func identifier(_ text: String) -> String {
    let utf8 = text.utf8
    if utf8.count == 32, utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }) {
      return "\\x" + text
    }
    return "\\x" + Hex.encode(Array(utf8)) + (utf8.count == 16 ? "00" : "")
  }

  /// `2026-11-28T05:22:46Z` with milliseconds.
  static func timestamp(_ time: WallTime) -> String {
    let remainder = ((time.milliseconds % 1000) + 1000) % 1000
    let seconds = WallTime(milliseconds: time.milliseconds - remainder).iso8601.dropLast()
    return "\(seconds).\(String(1000 + remainder).dropFirst())Z"
  }
}

/// The column by which a distributed database can spread rows.
enum AppKey {
  /// The first four bytes of the SHA-256 of an app's name.
  static func of(_ app: String) -> Int32 {
    let digest = DigestAlgorithm.sha256.hash(Array(app.utf8))
    return Int32(bitPattern: digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }
}
