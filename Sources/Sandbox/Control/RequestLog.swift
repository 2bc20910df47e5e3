internal import JSON
internal import Networking

/// The last 200 requests to the vendor interfaces.
struct RequestLog: Sendable {
  struct Entry: Sendable {
    /// Milliseconds since 1970.
    let receivedAt: Int64
    let request: HTTPRequest
    /// nil if no response was sent.
    var status: Int?
    var resultCode: String?
  }

  static let capacity = 200
  /// Maximum length of a listed body, in bytes. The rest is omitted.
  static let largestBody = 65_536

  private var entries: [Entry] = []
  private var oldest = 0

  mutating func append(_ entry: Entry) {
    if entries.count < RequestLog.capacity {
      entries.append(entry)
    } else {
      entries[oldest] = entry
      oldest = (oldest + 1) % RequestLog.capacity
    }
  }

  mutating func removeAll() { self = RequestLog() }

  /// At most `limit` entries, newest first.
  func latest(_ limit: Int) -> [Entry] {
    let ordered = entries[oldest...] + entries[..<oldest]
    return Array(ordered.suffix(max(0, limit)).reversed())
  }

  static func write(_ entry: Entry, to writer: inout JSONWriter) {
    let request = entry.request
    writer.object { writer in
      writer.member("receivedAt", Int(entry.receivedAt))
      writer.member("method", request.method)
      writer.member("path", request.path + (request.query.map { "?" + $0 } ?? ""))
      writer.member("remoteAddress", request.remoteAddress)
      writer.array("headers") { writer in
        for (name, value) in request.headers.pairs {
          writer.array { writer in
            writer.value(name)
            writer.value(value)
          }
        }
      }
      writer.member("body", String(decoding: request.body.prefix(largestBody), as: UTF8.self))
      writer.key("status")
      if let status = entry.status { writer.value(status) } else { writer.null() }
      writer.key("resultCode")
      if let code = entry.resultCode { writer.value(code) } else { writer.null() }
    }
  }
}
