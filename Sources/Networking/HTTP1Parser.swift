internal import CLinux
internal import Glibc

/// How much of a message is taken before it is refused.
public struct HTTP1Limits: Sendable, Equatable {
  /// The request or status line, in bytes.
  public var startLine = 8192
  /// All header fields together, in bytes.
  public var headers = 32768
  /// How many header fields.
  public var fieldCount = 100
  /// The body after the chunked coding is undone, in bytes.
  public var body = 1 << 20

  public init() {}
}

/// HTTP/1.1 (RFC 9112) read strictly, for requests and for responses. A value without I/O: bytes in, events out.
///
/// Refused, because two readers may understand them differently: two Content-Lengths, Content-Length beside
/// Transfer-Encoding, a line that ends in a bare LF, a blank before the colon, folded fields, a missing or second
/// Host, and characters that do not belong.
struct HTTP1Parser: Sendable {
  enum Role: Sendable { case request, response }

  struct RequestHead: Sendable {
    var method: String
    var target: String
    var fields: HTTPFields
    var keepsAlive: Bool
    var expectsContinue: Bool
    var hasBody: Bool
  }

  struct ResponseHead: Sendable {
    var status: Int
    var fields: HTTPFields
    var keepsAlive: Bool
  }

  enum Event: Sendable {
    case request(RequestHead)
    case response(ResponseHead)
    /// A piece of the body: these bytes of the input.
    case body(Range<Int>)
    case end
  }

  private enum State {
    case startLine, fieldLines
    case body(remaining: Int)
    case bodyUntilClose
    case chunkSize
    case chunkData(remaining: Int)
    case chunkEnd, trailers
    case finished
  }

  let role: Role
  let limits: HTTP1Limits
  private var state = State.startLine
  private var buffer: [UInt8] = []
  private var lineStart = 0
  private var fields: [HTTPFields.Field] = []
  private var startLine = 0..<0
  private var bodyCount = 0
  private var isMinor0 = false

  init(_ role: Role, limits: HTTP1Limits) {
    self.role = role
    self.limits = limits
  }

  /// Whether nothing of a message has been read yet.
  var isAtStart: Bool {
    if case .startLine = state { return buffer.isEmpty }
    return false
  }

  var isReadingHead: Bool {
    switch state {
    case .startLine, .fieldLines: true
    default: false
    }
  }

  /// Reads on from `position` and moves it. nil: all of `input` is used up, or the message is at its end.
  mutating func next(_ input: UnsafeRawBufferPointer, _ position: inout Int) throws(HTTP1Error) -> Event? {
    while true {
      switch state {
      case .startLine, .fieldLines:
        guard try readHeadLine(input, &position) else { return nil }
        if let event = try headLineDone() { return event }
      case .body(let remaining):
        guard remaining > 0 else { return end() }
        guard let range = take(remaining, input, &position) else { return nil }
        state = .body(remaining: remaining - range.count)
        return .body(range)
      case .bodyUntilClose:
        guard let range = take(.max, input, &position) else { return nil }
        try count(range.count)
        return .body(range)
      case .chunkSize:
        guard let line = try readChunkLine(input, &position) else { return nil }
        let size = try chunkSize(line)
        buffer.removeAll(keepingCapacity: true)
        state = size == 0 ? .trailers : .chunkData(remaining: size)
      case .chunkData(let remaining):
        guard remaining > 0 else {
          state = .chunkEnd
          continue
        }
        guard let range = take(remaining, input, &position) else { return nil }
        state = .chunkData(remaining: remaining - range.count)
        return .body(range)
      case .chunkEnd:
        guard let line = try readChunkLine(input, &position) else { return nil }
        guard line.isEmpty else { throw .malformed("a chunk is longer than its size says") }
        buffer.removeAll(keepingCapacity: true)
        state = .chunkSize
      case .trailers:
        guard let line = try readChunkLine(input, &position) else { return nil }
        if line.isEmpty { return end() }
        _ = try field(in: line)
        lineStart = buffer.count
        if buffer.count > limits.headers { throw .headersTooLarge }
      case .finished:
        return nil
      }
    }
  }

  /// The peer has closed. Ends a body that lasts until then; throws `truncated` in the middle of a message.
  mutating func close() throws(HTTP1Error) -> Event? {
    switch state {
    case .bodyUntilClose: return end()
    case .finished: return nil
    default:
      if isAtStart { return nil }
      throw .truncated
    }
  }

  /// Makes ready for the next message on the connection.
  mutating func reset() {
    state = .startLine
    buffer = []
    lineStart = 0
    fields = []
    bodyCount = 0
  }

  private mutating func end() -> Event {
    state = .finished
    return .end
  }

  private func take(_ limit: Int, _ input: UnsafeRawBufferPointer, _ position: inout Int) -> Range<Int>? {
    let available = min(limit, input.count - position)
    guard available > 0 else { return nil }
    defer { position += available }
    return position..<(position + available)
  }

  private mutating func count(_ bytes: Int) throws(HTTP1Error) {
    bodyCount += bytes
    if bodyCount > limits.body { throw .bodyTooLarge }
  }

  // MARK: Lines

  /// Appends bytes up to and including the next LF; false where the input ends first.
  private mutating func appendLine(_ input: UnsafeRawBufferPointer, _ position: inout Int, limit: Int) -> Bool {
    let rest = input.count - position
    guard rest > 0, let start = input.baseAddress?.advanced(by: position) else { return false }
    // One byte over the limit is enough to know.
    let window = min(rest, max(limit - (buffer.count - lineStart), 0) + 1)
    let found = memchr(start, 0x0a, window)
    let length = found.map { start.distance(to: UnsafeRawPointer($0)) + 1 } ?? window
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: start, count: length))
    position += length
    return found != nil
  }

  /// Reads one line of the head into the buffer; true once it is whole.
  private mutating func readHeadLine(
    _ input: UnsafeRawBufferPointer, _ position: inout Int
  ) throws(HTTP1Error) -> Bool {
    if buffer.isEmpty {
      fields.reserveCapacity(8)
      buffer.reserveCapacity(min(1024, input.count - position))
    }
    var isStart = false
    if case .startLine = state { isStart = true }
    let limit = isStart ? limits.startLine : limits.headers
    let whole = appendLine(input, &position, limit: limit)
    if isStart, buffer.count - lineStart > limits.startLine { throw .lineTooLong }
    if !isStart, buffer.count - startLine.upperBound > limits.headers { throw .headersTooLarge }
    return whole
  }

  private mutating func readChunkLine(
    _ input: UnsafeRawBufferPointer, _ position: inout Int
  ) throws(HTTP1Error) -> Range<Int>? {
    let whole = appendLine(input, &position, limit: 4096)
    if buffer.count - lineStart > 4096 { throw .malformed("a line inside the body is too long") }
    return whole ? try lineWithoutEnd() : nil
  }

  /// The line just completed, without its CRLF.
  private func lineWithoutEnd() throws(HTTP1Error) -> Range<Int> {
    guard buffer.count - lineStart >= 2, buffer[buffer.count - 2] == 0x0d else {
      throw .malformed("a line ends in a bare LF")
    }
    return lineStart..<(buffer.count - 2)
  }

  private mutating func headLineDone() throws(HTTP1Error) -> Event? {
    let line = try lineWithoutEnd()
    if case .startLine = state {
      if line.isEmpty {
        // RFC 9112 §2.2: an empty line before a request line is skipped; one is enough.
        guard role == .request, lineStart == 0 else { throw .malformed("the start line is empty") }
        lineStart = buffer.count
        return nil
      }
      startLine = line
      state = .fieldLines
      lineStart = buffer.count
      return nil
    }
    if line.isEmpty {
      lineStart = 0
      return role == .request ? .request(try requestHead()) : try responseHead().map(Event.response)
    }
    guard fields.count < limits.fieldCount else { throw .headersTooLarge }
    fields.append(try field(in: line))
    lineStart = buffer.count
    return nil
  }

  /// RFC 9112 §5: name, colon, value; no blank before the colon, no folding.
  private func field(in line: Range<Int>) throws(HTTP1Error) -> HTTPFields.Field {
    try buffer.withUnsafeBufferPointer { bytes throws(HTTP1Error) in
      var colon = line.lowerBound
      while colon < line.upperBound, isTokenCharacter(bytes[colon]) { colon += 1 }
      guard colon < line.upperBound, bytes[colon] == UInt8(ascii: ":"), colon > line.lowerBound else {
        let first = bytes[line.lowerBound]
        throw .malformed(
          first == 0x20 || first == 0x09 ? "a header field is folded" : "a header field's name is not a token")
      }
      var start = colon + 1
      var end = line.upperBound
      while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
      while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
      for at in start..<end where bytes[at] < 0x20 && bytes[at] != 0x09 || bytes[at] == 0x7f {
        throw .malformed("a header field holds a control character")
      }
      return HTTPFields.Field(name: line.lowerBound..<colon, value: start..<end)
    }
  }

  // MARK: Heads

  private mutating func takeFields() -> HTTPFields {
    let taken = HTTPFields(storage: buffer, fields: fields)
    buffer = []
    fields = []
    return taken
  }

  private mutating func requestHead() throws(HTTP1Error) -> RequestHead {
    let (method, target) = try requestLine()
    let fields = takeFields()
    let hosts = fields.fields.count { fields.matches($0, "Host") }
    if hosts > 1 { throw .malformed("there is more than one Host") }
    if hosts == 0, !isMinor0 { throw .malformed("there is no Host") }
    if let host = fields["Host"], !host.utf8.allSatisfy(isHostCharacter) { throw .malformed("Host is not a host") }
    let framing = try framing(of: fields)
    var expectsContinue = false
    if let expectation = fields["Expect"] {
      guard expectation.lowercased() == "100-continue" else { throw .unsupportedExpectation }
      expectsContinue = !isMinor0
    }
    var hasBody = true
    switch framing {
    case .chunked: state = .chunkSize
    case .length(let length):
      if length > limits.body { throw .bodyTooLarge }
      state = .body(remaining: length)
      hasBody = length > 0
    case .none:
      state = .body(remaining: 0)
      hasBody = false
    }
    return RequestHead(
      method: method, target: target, fields: fields, keepsAlive: keepsAlive(fields),
      expectsContinue: expectsContinue && hasBody, hasBody: hasBody)
  }

  /// nil for an interim response (1xx), after which the final one follows.
  private mutating func responseHead() throws(HTTP1Error) -> ResponseHead? {
    let status = try statusLine()
    let fields = takeFields()
    if status < 200 {
      if status == 101 { throw .malformed("the server switches protocols unasked") }
      state = .startLine
      return nil
    }
    var keepsAlive = keepsAlive(fields)
    if status == 204 || status == 304 {
      state = .body(remaining: 0)
    } else {
      switch try framing(of: fields) {
      case .chunked: state = .chunkSize
      case .length(let length):
        if length > limits.body { throw .bodyTooLarge }
        state = .body(remaining: length)
      case .none:
        state = .bodyUntilClose
        keepsAlive = false
      }
    }
    return ResponseHead(status: status, fields: fields, keepsAlive: keepsAlive)
  }

  private mutating func requestLine() throws(HTTP1Error) -> (method: String, target: String) {
    let line = buffer[startLine]
    guard let first = line.firstIndex(of: 0x20), first > line.startIndex, line[..<first].allSatisfy(isTokenCharacter)
    else { throw .malformed("the request line has no method") }
    let afterMethod = line[(first + 1)...]
    guard let second = afterMethod.firstIndex(of: 0x20), second > afterMethod.startIndex else {
      throw .malformed("the request line is not 'method target version'")
    }
    try version(afterMethod[(second + 1)...])
    let target = afterMethod[..<second]
    // Visible ASCII only: everything else must be percent-encoded.
    guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .malformed("the target holds a bad character") }
    let method = String(decoding: line[..<first], as: UTF8.self)
    var text = String(decoding: target, as: UTF8.self)
    if target.first != UInt8(ascii: "/") {
      // RFC 9112 §3.2.2: the absolute form is taken apart; its authority must not differ from Host's use here.
      if let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) {
        let rest = text.dropFirst(scheme.count)
        text = rest.firstIndex(where: { $0 == "/" || $0 == "?" }).map { String(rest[$0...]) } ?? "/"
        if text.hasPrefix("?") { text = "/" + text }
      } else if !(method == "OPTIONS" && text == "*") {
        throw .malformed("the target is neither a path nor an absolute URL")
      }
    }
    return (method, text)
  }

  private mutating func statusLine() throws(HTTP1Error) -> Int {
    let line = buffer[startLine]
    guard line.count >= 12 else { throw .malformed("the status line is too short") }
    try version(line.prefix(8))
    let digits = line.dropFirst(9).prefix(3)
    let after = line.dropFirst(12)
    guard line[line.startIndex + 8] == 0x20, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      after.isEmpty || after.first == 0x20
    else { throw .malformed("the status line is not 'version status reason'") }
    let status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard (100...599).contains(status) else { throw .malformed("the status is not between 100 and 599") }
    return status
  }

  private mutating func version(_ text: ArraySlice<UInt8>) throws(HTTP1Error) {
    guard text.count == 8, text.starts(with: "HTTP/".utf8), text[text.startIndex + 6] == UInt8(ascii: ".") else {
      throw .malformed("the HTTP version is missing or malformed")
    }
    guard text[text.startIndex + 5] == UInt8(ascii: "1"),
      text[text.startIndex + 7] == UInt8(ascii: "1") || text[text.startIndex + 7] == UInt8(ascii: "0")
    else { throw .unsupportedVersion }
    isMinor0 = text[text.startIndex + 7] == UInt8(ascii: "0")
  }

  // MARK: Framing

  private enum Framing {
    case none
    case length(Int)
    case chunked
  }

  /// RFC 9112 §6.3, refusing whatever could be read in two ways.
  private func framing(of fields: HTTPFields) throws(HTTP1Error) -> Framing {
    var length: String?
    var coding: String?
    for field in fields.fields {
      if fields.matches(field, "Content-Length") {
        if length != nil { throw .malformed("there is more than one Content-Length") }
        length = fields.text(field.value)
      } else if fields.matches(field, "Transfer-Encoding") {
        if coding != nil { throw .malformed("there is more than one Transfer-Encoding") }
        coding = fields.text(field.value)
      }
    }
    if let coding {
      if length != nil { throw .malformed("Content-Length stands beside Transfer-Encoding") }
      if isMinor0 { throw .malformed("HTTP/1.0 has no Transfer-Encoding") }
      guard coding.lowercased() == "chunked" else { throw .unsupportedTransferCoding }
      return .chunked
    }
    guard let length else { return .none }
    guard !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let count = Int(length)
    else { throw .malformed("Content-Length is not a number") }
    return .length(count)
  }

  private func keepsAlive(_ fields: HTTPFields) -> Bool {
    var keeps = !isMinor0
    for field in fields.fields where fields.matches(field, "Connection") {
      for option in fields.text(field.value).split(separator: ",") {
        let name = option.drop { $0 == " " || $0 == "\t" }.lowercased()
        if name.hasPrefix("close") { return false }
        if name.hasPrefix("keep-alive") { keeps = true }
      }
    }
    return keeps
  }

  /// RFC 9112 §7.1: hexadecimal digits, then perhaps extensions, which are not looked at.
  private mutating func chunkSize(_ line: Range<Int>) throws(HTTP1Error) -> Int {
    var size = 0
    var digits = 0
    loop: for byte in buffer[line] {
      let value: UInt8
      switch byte {
      case 0x30...0x39: value = byte - 0x30
      case 0x41...0x46: value = byte - 0x41 + 10
      case 0x61...0x66: value = byte - 0x61 + 10
      case UInt8(ascii: ";"): break loop
      default: throw .malformed("a chunk's size is not a hexadecimal number")
      }
      digits += 1
      if digits > 15 { throw .bodyTooLarge }
      size = size << 4 | Int(value)
    }
    guard digits > 0 else { throw .malformed("a chunk has no size") }
    guard buffer[line].allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw .malformed("a chunk's extension holds a control character")
    }
    if size > limits.body { throw .bodyTooLarge }
    try count(size)
    return size
  }
}

/// RFC 9110 §5.6.2, as two words of bits.
@inline(__always) private func isTokenCharacter(_ byte: UInt8) -> Bool {
  // 0-63: ! # $ % & ' * + - . 0-9; 64-127: A-Z ^ _ ` a-z | ~
  let low: UInt64 = 0x03ff_6cfa_0000_0000
  let high: UInt64 = 0x57ff_ffff_c7ff_fffe
  return byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
}

private func isHostCharacter(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
  case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["),
    UInt8(ascii: "]"), UInt8(ascii: "%"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"),
    UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
    UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
    true
  default: false
  }
}
