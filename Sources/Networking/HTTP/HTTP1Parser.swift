internal import CLinux
internal import Glibc

/// Maximum sizes of a message.
public struct HTTP1Limits: Sendable, Equatable {
  /// The request or status line, in bytes.
  public var startLine = Defaults.startLine
  /// All header fields together, in bytes.
  public var headers = Defaults.headers
  /// Number of header fields.
  public var fieldCount = Defaults.fieldCount
  /// The decoded body, in bytes.
  public var body = Defaults.body

  public init() {}
}

/// A strict parser of HTTP/1.1 requests and responses (RFC 9112). A value type without I/O: input bytes produce events.
///
/// It rejects messages that two implementations could interpret differently: more than one Content-Length, both
/// Content-Length and Transfer-Encoding, a line that ends in a bare LF, whitespace before the colon, folded fields, a
/// missing or second Host, and invalid characters.
struct HTTP1Parser: Sendable {
  enum Role: Sendable { case request, response }

  struct RequestHead: Sendable {
    var method: String
    /// A part of the storage of `fields`.
    var targetRange: Range<Int>
    var fields: HTTPFields
    var keepsAlive: Bool
    var expectsContinue: Bool
    var hasBody: Bool

    var target: String { fields.text(targetRange) }
  }

  struct ResponseHead: Sendable {
    var status: Int
    var fields: HTTPFields
    var keepsAlive: Bool
  }

  enum Event: Sendable {
    case request(RequestHead)
    case response(ResponseHead)
    /// A part of the body: a range of the input.
    case body(Range<Int>)
    case end
  }

  enum State {
    case startLine, fieldLines
    case body(remaining: Int)
    case bodyUntilClose
    case chunkSize
    case chunkData(remaining: Int)
    case chunkEnd, trailers
    case finished
  }

  /// RFC 9110 §15.2 sets no limit. Without one, the client would read an endless series of interim responses.
  static let largestInterimCount = 8

  let role: Role
  let limits: HTTP1Limits
  var state = State.startLine
  /// The head, then the lines inside a chunked body. The memory is reused for the next message, unless the fields of
  /// this message are still referenced.
  var buffer: [UInt8] = []
  /// Whether `buffer` and `fields` belong to the previous message.
  var isStale = false
  private var lineStart = 0
  var fields: [HTTPFields.Field] = []
  var startLine = 0..<0
  private var bodyCount = 0
  /// Interim responses (1xx) before the final one.
  var interimCount = 0
  var isMinor0 = false
  /// A response to HEAD has no body, independent of its fields (RFC 9112 §6.3).
  var answersHead = false

  init(_ role: Role, limits: HTTP1Limits) {
    self.role = role
    self.limits = limits
  }

  /// Whether no byte of a message has been read.
  var isAtStart: Bool {
    if case .startLine = state { return buffer.isEmpty || isStale }
    return false
  }

  /// Parses `input` from `position` and advances it. Returns nil at the end of `input` or of the message.
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
        guard line.isEmpty else { throw .malformed("a chunk is longer than its size") }
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

  /// The peer has closed the connection. Ends a body that lasts until then; throws `truncated` inside a message.
  mutating func close() throws(HTTP1Error) -> Event? {
    switch state {
    case .bodyUntilClose: return end()
    case .finished: return nil
    default:
      if isAtStart { return nil }
      throw .truncated
    }
  }

  /// Prepares for the next message on the connection.
  mutating func reset() {
    state = .startLine
    isStale = true
    lineStart = 0
    bodyCount = 0
    interimCount = 0
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

  /// Appends bytes up to and including the next LF; returns false if the input ends before it.
  private mutating func appendLine(_ input: UnsafeRawBufferPointer, _ position: inout Int, limit: Int) -> Bool {
    let rest = input.count - position
    guard rest > 0, let start = input.baseAddress?.advanced(by: position) else { return false }
    // One byte above the limit is enough to detect a line that is too long.
    let window = min(rest, max(limit - (buffer.count - lineStart), 0) + 1)
    let found = memchr(start, 0x0a, window)
    let length = found.map { start.distance(to: UnsafeRawPointer($0)) + 1 } ?? window
    buffer.append(contentsOf: UnsafeRawBufferPointer(start: start, count: length))
    position += length
    return found != nil
  }

  /// Reads one line of the head into the buffer; returns true when the line is complete.
  private mutating func readHeadLine(
    _ input: UnsafeRawBufferPointer, _ position: inout Int
  ) throws(HTTP1Error) -> Bool {
    if isStale { discardHead() }
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

  /// Removes the head of the previous message. Memory above the usual size of a head is released.
  private mutating func discardHead() {
    isStale = false
    buffer.removeAll(keepingCapacity: buffer.capacity <= 4096)
    fields.removeAll(keepingCapacity: fields.capacity <= 32)
  }

  private mutating func readChunkLine(
    _ input: UnsafeRawBufferPointer, _ position: inout Int
  ) throws(HTTP1Error) -> Range<Int>? {
    if isStale { discardHead() }
    let whole = appendLine(input, &position, limit: 4096)
    if buffer.count - lineStart > 4096 { throw .malformed("a chunk size or trailer line is too long") }
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
        // RFC 9112 §2.2: one empty line before a request line is skipped.
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

  /// RFC 9112 §5: name, colon, value; no whitespace before the colon, no folding.
  private func field(in line: Range<Int>) throws(HTTP1Error) -> HTTPFields.Field {
    try buffer.withUnsafeBufferPointer { bytes throws(HTTP1Error) in
      let lineStart = bytes.baseAddress! + line.lowerBound
      let nameLength = memchr(lineStart, Int32(UInt8(ascii: ":")), line.count).map {
        UnsafeRawPointer($0) - UnsafeRawPointer(lineStart)
      }
      guard let nameLength, nameLength > 0, numgate_count_no_token(lineStart, nameLength) == 0 else {
        let first = bytes[line.lowerBound]
        throw .malformed(
          first == 0x20 || first == 0x09 ? "a header field is folded" : "the name of a header field is not a token")
      }
      let colon = line.lowerBound + nameLength
      var start = colon + 1
      var end = line.upperBound
      while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
      while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
      if numgate_count_controls(bytes.baseAddress! + start, end - start) > 0 {
        throw .malformed("a header field contains a control character")
      }
      let name = line.lowerBound..<colon
      return HTTPFields.Field(
        name: name, value: start..<end,
        HTTPFields.Known(name: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[name]))))
    }
  }

  /// RFC 9112 §7.1: hexadecimal digits, then optional extensions, which are ignored.
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
      default: throw .malformed("the size of a chunk is not a hexadecimal number")
      }
      digits += 1
      if digits > 15 { throw .bodyTooLarge }
      size = size << 4 | Int(value)
    }
    guard digits > 0 else { throw .malformed("a chunk has no size") }
    guard buffer[line].allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw .malformed("a chunk extension contains a control character")
    }
    if size > limits.body { throw .bodyTooLarge }
    try count(size)
    return size
  }
}
