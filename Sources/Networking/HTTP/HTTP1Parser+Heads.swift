internal import CLinux

/// Parses start lines, and the header fields that define the framing of the body and the use of the connection.
extension HTTP1Parser {
  /// Moves the fields out of the parser: a chunked body needs the buffer for its own lines.
  private mutating func takeFields() -> HTTPFields {
    isStale = true
    return HTTPFields(storage: buffer, fields: fields)
  }

  mutating func requestHead() throws(HTTP1Error) -> RequestHead {
    let (method, target) = try requestLine()
    let fields = takeFields()
    let known = try KnownFields(fields, .request)
    if known.hosts > 1 { throw .malformed("there is more than one Host") }
    if known.hosts == 0, !isMinor0 { throw .malformed("Host is missing") }
    let framing = try framing(known)
    let expectsContinue = known.expectsContinue && !isMinor0
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
      method: method, targetRange: target, fields: fields, keepsAlive: known.keepsAlive ?? !isMinor0,
      expectsContinue: expectsContinue && hasBody, hasBody: hasBody)
  }

  /// Returns nil for an interim response (1xx): the final response follows it. A limited number of them is accepted.
  mutating func responseHead() throws(HTTP1Error) -> ResponseHead? {
    let status = try statusLine()
    let fields = takeFields()
    if status < 200 {
      if status == 101 { throw .malformed("the server switched protocols, which was not requested") }
      interimCount += 1
      if interimCount > Self.largestInterimCount { throw .malformed("there are too many interim responses (1xx)") }
      state = .startLine
      return nil
    }
    let known = try KnownFields(fields, .response)
    var keepsAlive = known.keepsAlive ?? !isMinor0
    if status == 204 || status == 304 || answersHead {
      state = .body(remaining: 0)
    } else {
      switch try framing(known) {
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

  private mutating func requestLine() throws(HTTP1Error) -> (method: String, target: Range<Int>) {
    let line = buffer[startLine]
    guard let first = line.firstIndex(of: 0x20), first > line.startIndex,
      line[..<first].withUnsafeBufferPointer({ numgate_count_no_token($0.baseAddress, $0.count) }) == 0
    else { throw .malformed("the request line has no method") }
    let afterMethod = line[(first + 1)...]
    guard let second = afterMethod.firstIndex(of: 0x20), second > afterMethod.startIndex else {
      throw .malformed("the request line is not 'method target version'")
    }
    try version(afterMethod[(second + 1)...])
    let target = afterMethod[..<second]
    // Visible ASCII only: all other characters must be percent-encoded.
    guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw .malformed("the target contains an invalid character")
    }
    let method = String(decoding: line[..<first], as: UTF8.self)
    if target.first == UInt8(ascii: "/") { return (method, target.indices) }
    return (method, try pathOfAbsolute(target, method))
  }

  /// RFC 9112 §3.2.2: returns the path and query of an absolute target. Its authority is ignored.
  private mutating func pathOfAbsolute(
    _ target: ArraySlice<UInt8>, _ method: String
  ) throws(HTTP1Error) -> Range<Int> {
    let text = String(decoding: target, as: UTF8.self)
    guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
      if method == "OPTIONS", text == "*" { return target.indices }
      throw .malformed("the target is neither a path nor an absolute URL")
    }
    let rest = target.dropFirst(scheme.utf8.count)
    guard let start = rest.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }),
      rest[start] == UInt8(ascii: "/")
    else {
      // The target has no path: the path is "/".
      let query = rest.drop { $0 != UInt8(ascii: "?") }
      let position = buffer.count
      buffer.append(UInt8(ascii: "/"))
      buffer.append(contentsOf: query)
      return position..<buffer.count
    }
    return start..<rest.endIndex
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
    guard after.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw .malformed("the reason phrase contains a control character")
    }
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

  /// RFC 9112 §6.3. Rejects every head that two implementations could interpret differently.
  private func framing(_ known: KnownFields) throws(HTTP1Error) -> Framing {
    if known.lengths > 1 { throw .malformed("there is more than one Content-Length") }
    if known.codings > 1 { throw .malformed("there is more than one Transfer-Encoding") }
    if known.codings == 1 {
      if known.lengths > 0 { throw .malformed("both Content-Length and Transfer-Encoding are given") }
      if isMinor0 { throw .malformed("Transfer-Encoding is not allowed in HTTP/1.0") }
      guard known.isChunked else { throw .unsupportedTransferCoding }
      return .chunked
    }
    if known.lengths == 0 { return .none }
    guard let length = known.length else { throw .malformed("Content-Length is not a number") }
    return .length(length)
  }
}

/// The header fields that HTTP/1.1 itself uses, collected in one pass.
private struct KnownFields {
  var hosts = 0
  var lengths = 0
  /// nil if Content-Length is not a number.
  var length: Int?
  var codings = 0
  var isChunked = false
  var expectsContinue = false
  /// nil: the default of the HTTP version applies.
  var keepsAlive: Bool?

  init(_ fields: HTTPFields, _ role: HTTP1Parser.Role) throws(HTTP1Error) {
    for field in fields.fields where field.known != .other {
      try fields.withBytes(field.value) { (value: UnsafeRawBufferPointer) throws(HTTP1Error) in
        try read(field.known, value, role)
      }
    }
  }

  private mutating func read(
    _ known: HTTPFields.Known, _ value: UnsafeRawBufferPointer, _ role: HTTP1Parser.Role
  ) throws(HTTP1Error) {
    switch known {
    case .host where role == .request:
      hosts += 1
      guard value.allSatisfy(isHostCharacter) else { throw .malformed("Host contains an invalid character") }
    case .contentLength:
      lengths += 1
      length = Self.length(value)
    case .transferEncoding:
      codings += 1
      isChunked = equalsIgnoringCase(value, "chunked")
    case .expect where role == .request:
      guard equalsIgnoringCase(value, "100-continue") else { throw .unsupportedExpectation }
      expectsContinue = true
    case .connection:
      if keepsAlive != false, let keeps = Self.keepsAlive(value) { keepsAlive = keeps }
    default: break
    }
  }

  private static func length(_ value: UnsafeRawBufferPointer) -> Int? {
    guard (1...18).contains(value.count), value.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The options of a Connection field: `close` has priority; nil if it contains neither `close` nor `keep-alive`.
  private static func keepsAlive(_ value: UnsafeRawBufferPointer) -> Bool? {
    var keeps: Bool?
    var rest = value[...]
    while !rest.isEmpty {
      let name = rest.drop { $0 == 0x20 || $0 == 0x09 }
      func begins(_ text: StaticString) -> Bool {
        equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: name.prefix(text.utf8CodeUnitCount)), text)
      }
      if begins("close") { return false }
      if begins("keep-alive") { keeps = true }
      rest = rest.drop { $0 != UInt8(ascii: ",") }.dropFirst()
    }
    return keeps
  }
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
