@testable import Networking

/// The events of a parser as text. Parts of a body are joined, so that the text does not depend on the cuts of the
/// input.
struct ParserTranscript {
  private var parser: HTTP1Parser
  private var lines: [String] = []
  private var body: [UInt8] = []
  private var hasFailed = false

  init(_ role: HTTP1Parser.Role, limits: HTTP1Limits = HTTP1Limits()) {
    parser = HTTP1Parser(role, limits: limits)
  }

  /// Parses all messages of `bytes`, passed in pieces that end at `cuts`, followed by the end of the connection.
  static func of(
    _ bytes: [UInt8], _ role: HTTP1Parser.Role, limits: HTTP1Limits = HTTP1Limits(), cuts: some Sequence<Int> = []
  ) -> [String] {
    var transcript = ParserTranscript(role, limits: limits)
    var start = 0
    for cut in cuts {
      transcript.feed(Array(bytes[start..<cut]))
      start = cut
    }
    transcript.feed(Array(bytes[start...]))
    transcript.close()
    return transcript.lines
  }

  private mutating func feed(_ piece: [UInt8]) {
    piece.withUnsafeBytes { input in
      var position = 0
      while !hasFailed {
        do throws(HTTP1Error) {
          guard let event = try parser.next(input, &position) else { break }
          note(event, input)
        } catch {
          fail(error)
        }
      }
      precondition(hasFailed || position == input.count, "the parser left bytes unread")
    }
  }

  private mutating func close() {
    guard !hasFailed else { return }
    do throws(HTTP1Error) {
      if let event = try parser.close() { note(event, UnsafeRawBufferPointer(start: nil, count: 0)) }
    } catch {
      fail(error)
    }
  }

  private mutating func fail(_ error: HTTP1Error) {
    hasFailed = true
    endBody()
    lines.append("\(error.status) \(error.explanation)")
  }

  private mutating func endBody() {
    if !body.isEmpty { lines.append("body " + String(decoding: body, as: UTF8.self)) }
    body = []
  }

  private mutating func note(_ event: HTTP1Parser.Event, _ input: UnsafeRawBufferPointer) {
    switch event {
    case .request(let head):
      let notes = [
        head.keepsAlive ? "keeps" : "closes", head.expectsContinue ? "expects" : nil, head.hasBody ? "has a body" : nil,
      ].compactMap { $0 }
      lines.append("\(head.method) \(head.target) (\(notes.joined(separator: ", ")))")
      note(head.fields)
    case .response(let head):
      lines.append("\(head.status) (\(head.keepsAlive ? "keeps" : "closes"))")
      note(head.fields)
    case .body(let range):
      body += input[range]
    case .end:
      endBody()
      lines.append("end")
      parser.reset()
    }
  }

  private mutating func note(_ fields: HTTPFields) {
    for (name, value) in fields.pairs { lines.append("\(name)=\(value)") }
  }
}
