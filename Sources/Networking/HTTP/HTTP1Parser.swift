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
    /// A piece of the body: these bytes of the input.
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

  /// RFC 9110 §15.2 sets no limit; a server that sends interim responses without end would be read for ever.
  static let largestInterimCount = 8

  let role: Role
  let limits: HTTP1Limits
  var state = State.startLine
  /// The head, later the lines inside a chunked body. The head's memory serves the next message too, unless a reader of
  /// this one still holds it.
  var buffer: [UInt8] = []
  /// Whether `buffer` and `fields` belong to the message before.
  var isStale = false
  private var lineStart = 0
  var fields: [HTTPFields.Field] = []
  var startLine = 0..<0
  private var bodyCount = 0
  /// Interim responses (1xx) before the final one.
  var interimCount = 0
  var isMinor0 = false
  /// The response to HEAD has no body, whatever its fields say (RFC 9112 §6.3).
  var answersHead = false

  init(_ role: Role, limits: HTTP1Limits) {
    self.role = role
    self.limits = limits
  }

  /// Whether nothing of a message has been read yet.
  var isAtStart: Bool {
    if case .startLine = state { return buffer.isEmpty || isStale }
    return false
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

  /// Removes the head of the message before. Memory above the usual size of a head is given back.
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
      let lineStart = bytes.baseAddress! + line.lowerBound
      let nameLength = memchr(lineStart, Int32(UInt8(ascii: ":")), line.count).map {
        UnsafeRawPointer($0) - UnsafeRawPointer(lineStart)
      }
      guard let nameLength, nameLength > 0, numgate_count_no_token(lineStart, nameLength) == 0 else {
        let first = bytes[line.lowerBound]
        throw .malformed(
          first == 0x20 || first == 0x09 ? "a header field is folded" : "a header field's name is not a token")
      }
      let colon = line.lowerBound + nameLength
      var start = colon + 1
      var end = line.upperBound
      while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
      while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
      if numgate_count_controls(bytes.baseAddress! + start, end - start) > 0 {
        throw .malformed("a header field holds a control character")
      }
      let name = line.lowerBound..<colon
      return HTTPFields.Field(
        name: name, value: start..<end,
        HTTPFields.Known(name: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[name]))))
    }
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
