@testable import Networking

/// HTTP/1.1 messages: the events do not depend on how the bytes are cut into pieces.
let httpRequest = FuzzTarget(name: "http-request") { parse($0, .request) }
let httpResponse = FuzzTarget(name: "http-response") { parse($0, .response) }

private func parse(_ input: UnsafeRawBufferPointer, _ role: HTTP1Parser.Role) {
  guard let first = input.first else { return }
  let bytes = Array(input.dropFirst())
  let cut = bytes.isEmpty ? 0 : Int(first) * bytes.count / 256
  let whole = events(of: [bytes], role)
  require(whole == events(of: [Array(bytes[..<cut]), Array(bytes[cut...])], role), "events do not depend on cuts")
}

private func events(of pieces: [[UInt8]], _ role: HTTP1Parser.Role) -> [String] {
  var limits = HTTP1Limits()
  limits.body = 4096
  limits.headers = 2048
  limits.startLine = 512
  var parser = HTTP1Parser(role, limits: limits)
  var lines: [String] = []
  var body: [UInt8] = []
  func note(_ line: String) {
    if !body.isEmpty { lines.append("body \(body)") }
    body = []
    lines.append(line)
  }
  /// Returns false after an error.
  func feed(_ input: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    do throws(HTTP1Error) {
      while let event = try parser.next(input, &position) {
        switch event {
        case .request(let head): note("request \(head.method) \(head.target)")
        case .response(let head):
          require((200...999).contains(head.status), "the status is that of a final response")
          note("response \(head.status)")
        case .body(let range):
          require(range.lowerBound >= 0 && range.upperBound <= input.count, "the body is within the input")
          body += input[range]
        case .end:
          note("end")
          parser.reset()
        }
      }
    } catch {
      // The part of a rejected body that is reported depends on the cut.
      body = []
      note("error \(error.status)")
      return false
    }
    require(position == input.count, "all input is read")
    return true
  }
  for piece in pieces where !piece.withUnsafeBytes(feed) { return lines }
  do throws(HTTP1Error) {
    if case .end = try parser.close() { note("closed") }
  } catch {
    note("error \(error.status)")
  }
  return lines
}
