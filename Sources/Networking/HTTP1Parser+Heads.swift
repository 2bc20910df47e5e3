/// The start line, the fields that matter to HTTP itself, and what they say about the body.
extension HTTP1Parser {
  private mutating func takeFields() -> HTTPFields {
    let taken = HTTPFields(storage: buffer, fields: fields)
    buffer = []
    fields = []
    return taken
  }

  mutating func requestHead() throws(HTTP1Error) -> RequestHead {
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

  /// nil for an interim response (1xx), after which the final one follows; a few of them are accepted.
  mutating func responseHead() throws(HTTP1Error) -> ResponseHead? {
    let status = try statusLine()
    let fields = takeFields()
    if status < 200 {
      if status == 101 { throw .malformed("the server switches protocols unasked") }
      interimCount += 1
      if interimCount > Self.largestInterimCount { throw .malformed("there are too many interim responses (1xx)") }
      state = .startLine
      return nil
    }
    var keepsAlive = keepsAlive(fields)
    if status == 204 || status == 304 || answersHead {
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
    guard after.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw .malformed("the reason holds a control character")
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
