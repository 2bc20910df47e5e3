/// Header or trailer fields (RFC 9110 §5), kept as the bytes they came in; names compare without regard to case.
public struct HTTPFields: Sendable {
  struct Field {
    var name: Range<Int>
    var value: Range<Int>
  }

  var storage: [UInt8]
  var fields: [Field]

  public init() {
    storage = []
    fields = []
  }

  public init(_ pairs: KeyValuePairs<String, String>) {
    self.init()
    for (name, value) in pairs { append(name, value) }
  }

  init(storage: [UInt8], fields: [Field]) {
    self.storage = storage
    self.fields = fields
  }

  public var count: Int { fields.count }

  /// The first field of this name.
  public subscript(name: String) -> String? {
    for field in fields where matches(field, name) { return text(field.value) }
    return nil
  }

  /// Every field of this name, in order.
  public func all(_ name: String) -> [String] {
    fields.filter { matches($0, name) }.map { text($0.value) }
  }

  public mutating func append(_ name: String, _ value: String) {
    let start = storage.count
    storage.append(contentsOf: name.utf8)
    let middle = storage.count
    storage.append(contentsOf: value.utf8)
    fields.append(Field(name: start..<middle, value: middle..<storage.count))
  }

  /// Names as they were written, with their values.
  public var pairs: [(name: String, value: String)] {
    fields.map { (text($0.name), text($0.value)) }
  }

  func text(_ range: Range<Int>) -> String {
    storage.withUnsafeBufferPointer { String(decoding: $0[range], as: UTF8.self) }
  }

  func matches(_ field: Field, _ name: String) -> Bool {
    guard field.name.count == name.utf8.count else { return false }
    var at = field.name.lowerBound
    for byte in name.utf8 {
      if lowercased(storage[at]) != lowercased(byte) { return false }
      at += 1
    }
    return true
  }

  /// Writes the fields as HTTP/1.1 has them, each with its line end.
  func serialize(into output: inout [UInt8]) {
    for field in fields {
      output.append(contentsOf: storage[field.name])
      output.append(UInt8(ascii: ":"))
      output.append(UInt8(ascii: " "))
      output.append(contentsOf: storage[field.value])
      output.append(UInt8(ascii: "\r"))
      output.append(UInt8(ascii: "\n"))
    }
  }
}

@inline(__always) func lowercased(_ byte: UInt8) -> UInt8 {
  byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}

/// A request as a server received it, whole.
public struct HTTPRequest: Sendable {
  public let method: String
  /// The request target without its query, as it was sent.
  public let path: String
  /// What follows the first `?`, as it was sent; nil where there is no `?`.
  public let query: String?
  public let headers: HTTPFields
  public let body: [UInt8]
  /// The peer's address without its port.
  public let remoteAddress: String
  /// When the first byte of the request was read.
  public let receivedAt: MonotonicTime
  /// The loop that accepted the connection and runs the responder.
  public let loop: EventLoop
  /// The client's verified certificate; nil without one and on plain connections.
  public let peerCertificate: PeerCertificate?

  public init(
    method: String, target: String, headers: HTTPFields, body: [UInt8], remoteAddress: String,
    receivedAt: MonotonicTime, loop: EventLoop, peerCertificate: PeerCertificate? = nil
  ) {
    self.method = method
    if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
      path = String(target[..<mark])
      query = String(target[target.utf8.index(after: mark)...])
    } else {
      path = target
      query = nil
    }
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.receivedAt = receivedAt
    self.loop = loop
    self.peerCertificate = peerCertificate
  }
}

/// A response for a server to send. `Content-Length`, `Connection` and `Date` are the server's business.
public struct HTTPResponse: Sendable {
  /// How the response goes over the wire; all but `whole` imitate a server that is ill.
  public enum Transmission: Sendable, Equatable {
    case whole
    /// Nothing is sent and the connection is reset.
    case reset
    /// The head announces the whole body, then the connection closes after this many bytes of it.
    case cut(afterBodyBytes: Int)
    /// The body is repeated in chunks until the peer closes or this many bytes are sent.
    case endless(limit: Int)
  }

  public var status: Int
  public var headers: HTTPFields
  public var body: [UInt8]
  public var transmission = Transmission.whole

  public init(status: Int, headers: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Reason phrases (RFC 9110 §15) of the statuses this project sends.
func reasonPhrase(_ status: Int) -> StaticString {
  switch status {
  case 200: "OK"
  case 201: "Created"
  case 204: "No Content"
  case 400: "Bad Request"
  case 401: "Unauthorized"
  case 403: "Forbidden"
  case 404: "Not Found"
  case 405: "Method Not Allowed"
  case 408: "Request Timeout"
  case 409: "Conflict"
  case 413: "Content Too Large"
  case 414: "URI Too Long"
  case 415: "Unsupported Media Type"
  case 417: "Expectation Failed"
  case 422: "Unprocessable Content"
  case 429: "Too Many Requests"
  case 431: "Request Header Fields Too Large"
  case 500: "Internal Server Error"
  case 501: "Not Implemented"
  case 502: "Bad Gateway"
  case 503: "Service Unavailable"
  case 504: "Gateway Timeout"
  case 505: "HTTP Version Not Supported"
  default: "Status"
  }
}
