import Testing

@testable import Networking

/// One byte per character below U+0100, so that the tables can contain bytes that are not UTF-8.
func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

struct ParserCase: Sendable, CustomTestStringConvertible {
  let name: String
  let role: HTTP1Parser.Role
  let input: [UInt8]
  let expected: [String]
  let limits: HTTP1Limits

  init(
    _ name: String, _ role: HTTP1Parser.Role, _ text: String, _ expected: [String], limits: HTTP1Limits = HTTP1Limits()
  ) {
    self.name = name
    self.role = role
    input = latin1(text)
    self.expected = expected
    self.limits = limits
  }

  var testDescription: String { name }
}

@Suite("The HTTP/1.1 parser (RFC 9112)")
struct HTTP1ParserTests {
  private static func get(_ fields: String, _ line: String = "GET / HTTP/1.1") -> String {
    "\(line)\r\nHost: a\r\n\(fields)\r\n"
  }

  private static func post(_ fields: String, _ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)"
  }

  private static func limits(_ change: (inout HTTP1Limits) -> Void) -> HTTP1Limits {
    var limits = HTTP1Limits()
    change(&limits)
    return limits
  }

  // MARK: Accepted messages

  static let accepted: [ParserCase] = [
    ParserCase(
      "a request", .request, "GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /a?b=c (keeps)", "Host=a", "end"]),
    ParserCase("no bytes", .request, "", []),
    ParserCase(
      "whitespace around a value", .request, get("A:b\r\nC:  d\t \r\nE: \r\nF: g \t h\r\n"),
      ["GET / (keeps)", "Host=a", "A=b", "C=d", "E=", "F=g \t h", "end"]),
    ParserCase("an empty line before the request", .request, "\r\n" + get(""), ["GET / (keeps)", "Host=a", "end"]),
    ParserCase(
      "an unusual method", .request, get("", "M-SEARCH! /x HTTP/1.1"), ["M-SEARCH! /x (keeps)", "Host=a", "end"]),
    ParserCase(
      "every token character in a name", .request, get("!#$%&'*+-.^_`|~09azAZ: x\r\n"),
      ["GET / (keeps)", "Host=a", "!#$%&'*+-.^_`|~09azAZ=x", "end"]),
    ParserCase(
      "a body", .request, post("Content-Length: 5\r\n", "hello"),
      ["POST / (keeps, has a body)", "Host=a", "Content-Length=5", "body hello", "end"]),
    ParserCase(
      "an empty body", .request, post("Content-Length: 0\r\n", ""),
      ["POST / (keeps)", "Host=a", "Content-Length=0", "end"]),
    ParserCase(
      "a length with leading zeros", .request, post("Content-Length: 005\r\n", "hello"),
      ["POST / (keeps, has a body)", "Host=a", "Content-Length=005", "body hello", "end"]),
    ParserCase(
      "no length, no body", .request, post("", ""), ["POST / (keeps)", "Host=a", "end"]),
    ParserCase(
      "chunks", .request,
      post("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n1\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n"),
      ["POST / (keeps, has a body)", "Host=a", "Transfer-Encoding=chunked", "body hello 0123456789", "end"]),
    ParserCase(
      "chunks, in another case", .request, post("transfer-encoding: CHUNKED\r\n", "a\r\n0123456789\r\n00\r\n\r\n"),
      ["POST / (keeps, has a body)", "Host=a", "transfer-encoding=CHUNKED", "body 0123456789", "end"]),
    ParserCase(
      "chunks with extensions and trailers", .request,
      post("Transfer-Encoding: chunked\r\n", "3;a=b;c=\"d e\"\r\nabc\r\n0;last\r\nDigest: x\r\nOther: y\r\n\r\n"),
      ["POST / (keeps, has a body)", "Host=a", "Transfer-Encoding=chunked", "body abc", "end"]),
    ParserCase(
      "a body without chunks", .request, post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      ["POST / (keeps, has a body)", "Host=a", "Transfer-Encoding=chunked", "end"]),
    ParserCase(
      "100-continue", .request, post("Expect: 100-Continue\r\nContent-Length: 2\r\n", "ok"),
      ["POST / (keeps, expects, has a body)", "Host=a", "Expect=100-Continue", "Content-Length=2", "body ok", "end"]),
    ParserCase(
      "100-continue without a body", .request, get("Expect: 100-continue\r\n"),
      ["GET / (keeps)", "Host=a", "Expect=100-continue", "end"]),
    ParserCase(
      "100-continue in HTTP/1.0", .request, "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
      ["POST / (closes, has a body)", "Expect=100-continue", "Content-Length=1", "body x", "end"]),
    ParserCase(
      "Connection: close", .request, get("Connection: close\r\n"),
      ["GET / (closes)", "Host=a", "Connection=close", "end"]),
    ParserCase(
      "Connection: close with another option", .request, get("Connection: foo, Close\r\n"),
      ["GET / (closes)", "Host=a", "Connection=foo, Close", "end"]),
    ParserCase(
      "Connection: close in a second field", .request, get("Connection: keep-alive\r\nConnection: close\r\n"),
      ["GET / (closes)", "Host=a", "Connection=keep-alive", "Connection=close", "end"]),
    ParserCase("HTTP/1.0", .request, "GET / HTTP/1.0\r\n\r\n", ["GET / (closes)", "end"]),
    ParserCase(
      "HTTP/1.0 with keep-alive", .request, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
      ["GET / (keeps)", "Connection=Keep-Alive", "end"]),
    ParserCase(
      "three requests", .request,
      get("", "GET /1 HTTP/1.1") + post("Content-Length: 1\r\n", "x") + get("", "GET /3 HTTP/1.1"),
      [
        "GET /1 (keeps)", "Host=a", "end", "POST / (keeps, has a body)", "Host=a", "Content-Length=1", "body x", "end",
        "GET /3 (keeps)", "Host=a", "end",
      ]),
    ParserCase(
      "HTTP/1.1 after HTTP/1.0", .request, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get(""),
      ["GET / (keeps)", "Connection=keep-alive", "end", "GET / (keeps)", "Host=a", "end"]),
    ParserCase(
      "the absolute form", .request, get("", "GET http://b:80/x?y HTTP/1.1"), ["GET /x?y (keeps)", "Host=a", "end"]),
    ParserCase(
      "the absolute form without a path", .request, get("", "GET HTTPS://b HTTP/1.1"),
      ["GET / (keeps)", "Host=a", "end"]),
    ParserCase(
      "the absolute form with a query only", .request, get("", "GET http://b?y HTTP/1.1"),
      ["GET /?y (keeps)", "Host=a", "end"]),
    ParserCase("the asterisk form", .request, get("", "OPTIONS * HTTP/1.1"), ["OPTIONS * (keeps)", "Host=a", "end"]),
    ParserCase(
      "Host with a port", .request, "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
      ["GET / (keeps)", "Host=[::1]:8080", "end"]),
    ParserCase(
      "non-ASCII bytes in a value", .request, get("A: \u{e4}\u{b8}\u{ad}\r\n"),
      ["GET / (keeps)", "Host=a", "A=中", "end"]),
    ParserCase(
      "the maximum number of fields", .request, get(String(repeating: "A: b\r\n", count: 99)),
      ["GET / (keeps)", "Host=a"] + [String](repeating: "A=b", count: 99) + ["end"]),
    ParserCase(
      "a body of the maximum size", .request, post("Content-Length: 4\r\n", "1234"),
      ["POST / (keeps, has a body)", "Host=a", "Content-Length=4", "body 1234", "end"], limits: limits { $0.body = 4 }),
    ParserCase(
      "chunks of the maximum size", .request,
      post("Transfer-Encoding: chunked\r\n", "2\r\n12\r\n2\r\n34\r\n0\r\n\r\n"),
      ["POST / (keeps, has a body)", "Host=a", "Transfer-Encoding=chunked", "body 1234", "end"],
      limits: limits { $0.body = 4 }),
    ParserCase(
      "a line of the maximum size", .request, get("", "GET /23456789 HTTP/1.1"),
      ["GET /23456789 (keeps)", "Host=a", "end"],
      limits: limits { $0.startLine = 24 }),

    ParserCase(
      "a response", .response, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      ["200 (keeps)", "Content-Length=2", "body ok", "end"]),
    ParserCase(
      "a response with non-ASCII bytes in the reason", .response,
      "HTTP/1.1 200 \u{e5}\u{a5}\u{bd}\tx\r\nContent-Length: 0\r\n\r\n",
      ["200 (keeps)", "Content-Length=0", "end"]),
    ParserCase(
      "a response without a reason", .response, "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
      ["404 (keeps)", "Content-Length=0", "end"]),
    ParserCase(
      "a response without a space after the status", .response, "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
      ["404 (keeps)", "Content-Length=0", "end"]),
    ParserCase(
      "a response that lasts until the end of the connection", .response,
      "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nall of it", ["200 (closes)", "Server=x", "body all of it", "end"]),
    ParserCase(
      "an empty response that lasts until the end of the connection", .response, "HTTP/1.1 200 OK\r\n\r\n",
      ["200 (closes)", "end"]),
    ParserCase(
      "a chunked response", .response,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: x\r\n\r\n",
      ["200 (keeps)", "Transfer-Encoding=chunked", "body ok", "end"]),
    ParserCase(
      "interim responses", .response,
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
      ["200 (keeps)", "Content-Length=1", "body x", "end"]),
    ParserCase(
      "8 interim responses before each of two responses", .response,
      String(repeating: interim(8) + "HTTP/1.1 204 x\r\n\r\n", count: 2),
      ["204 (keeps)", "end", "204 (keeps)", "end"]),
    ParserCase(
      "no content", .response, "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      ["204 (keeps)", "end", "200 (keeps)", "Content-Length=0", "end"]),
    ParserCase(
      "not modified", .response, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
      ["304 (keeps)", "Content-Length=9", "end", "204 (keeps)", "end"]),
    ParserCase(
      "a response of HTTP/1.0", .response, "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
      ["200 (closes)", "Content-Length=1", "body x", "end"]),
    ParserCase(
      "a response that closes", .response, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
      ["200 (closes)", "Connection=close", "Content-Length=0", "end"]),
  ]

  // MARK: Rejected messages

  private static func interim(_ count: Int) -> String {
    String(repeating: "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n", count: count)
  }

  private static func refused(
    _ name: String, _ text: String, _ expected: String..., limits: HTTP1Limits = HTTP1Limits()
  )
    -> ParserCase
  {
    ParserCase(name, .request, text, expected, limits: limits)
  }

  private static let badSize = "400 the size of a chunk is not a hexadecimal number"
  private static let chunkedHead = ["POST / (keeps, has a body)", "Host=a", "Transfer-Encoding=chunked"]

  private static func chunks(_ name: String, _ body: String, _ expected: String..., limits: HTTP1Limits = HTTP1Limits())
    -> ParserCase
  {
    ParserCase(
      name, .request, post("Transfer-Encoding: chunked\r\n", body), chunkedHead + expected, limits: limits)
  }

  static let refusedRequests: [ParserCase] = [
    refused(
      "two lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
      "400 there is more than one Content-Length"),
    refused(
      "two different lengths", post("Content-Length: 5\r\ncontent-length: 6\r\n", "hello"),
      "400 there is more than one Content-Length"),
    refused(
      "a length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "400 both Content-Length and Transfer-Encoding are given"),
    refused(
      "chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      "400 both Content-Length and Transfer-Encoding are given"),
    refused(
      "two codings", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
      "400 there is more than one Transfer-Encoding"),
    refused(
      "another coding", post("Transfer-Encoding: gzip, chunked\r\n", ""),
      "501 only the transfer coding 'chunked' is supported"),
    refused(
      "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", ""),
      "501 only the transfer coding 'chunked' is supported"),
    refused(
      "identity", post("Transfer-Encoding: identity\r\n", ""), "501 only the transfer coding 'chunked' is supported"),
    refused(
      "an empty coding", post("Transfer-Encoding:\r\n", ""), "501 only the transfer coding 'chunked' is supported"),
    refused(
      "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
      "400 Transfer-Encoding is not allowed in HTTP/1.0"),
    refused("a length with a sign", post("Content-Length: +5\r\n", "hello"), "400 Content-Length is not a number"),
    refused("a negative length", post("Content-Length: -1\r\n", ""), "400 Content-Length is not a number"),
    refused("a hexadecimal length", post("Content-Length: 0x5\r\n", "hello"), "400 Content-Length is not a number"),
    refused("a list of lengths", post("Content-Length: 5, 5\r\n", "hello"), "400 Content-Length is not a number"),
    refused("an empty length", post("Content-Length:\r\n", ""), "400 Content-Length is not a number"),
    refused("a length with a space", post("Content-Length: 5 0\r\n", ""), "400 Content-Length is not a number"),
    refused(
      "a length that overflows", post("Content-Length: 99999999999999999999\r\n", ""),
      "400 Content-Length is not a number"),
    refused("a fraction", post("Content-Length: 5.0\r\n", ""), "400 Content-Length is not a number"),

    refused("a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400 a line ends in a bare LF"),
    refused("a bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", "400 a line ends in a bare LF"),
    refused("a bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400 a line ends in a bare LF"),
    refused("a bare LF before the request", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 a line ends in a bare LF"),
    refused("two empty lines before the request", "\r\n\r\n" + get(""), "400 the start line is empty"),
    refused("a bare CR in a value", get("A: b\rc\r\n"), "400 a header field contains a control character"),
    refused("two CRs", get("A: b\r\r\n"), "400 a header field contains a control character"),
    refused("a space before the colon", get("A : b\r\n"), "400 the name of a header field is not a token"),
    refused("a tab before the colon", get("A\t: b\r\n"), "400 the name of a header field is not a token"),
    refused("a folded field", get("A: b\r\n c\r\n"), "400 a header field is folded"),
    refused("a field folded with a tab", get("A: b\r\n\tc\r\n"), "400 a header field is folded"),
    refused("a fold before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 a header field is folded"),
    refused("a field without a colon", get("A\r\n"), "400 the name of a header field is not a token"),
    refused("a field without a name", get(": b\r\n"), "400 the name of a header field is not a token"),
    refused("a quoted name", get("\"A\": b\r\n"), "400 the name of a header field is not a token"),
    refused("a name with a slash", get("A/B: c\r\n"), "400 the name of a header field is not a token"),
    refused("a non-ASCII name", get("\u{e9}: c\r\n"), "400 the name of a header field is not a token"),
    refused("NUL in a name", get("A\0: c\r\n"), "400 the name of a header field is not a token"),
    refused("NUL in a value", get("A: \0\r\n"), "400 a header field contains a control character"),
    refused("DEL in a value", get("A: b\u{7f}\r\n"), "400 a header field contains a control character"),
    refused("ESC in a value", get("A: \u{1b}[0m\r\n"), "400 a header field contains a control character"),

    refused("no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "400 Host is missing"),
    refused("two Hosts", get("Host: a\r\n"), "400 there is more than one Host"),
    refused("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", "400 there is more than one Host"),
    refused("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 Host contains an invalid character"),
    refused("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "400 Host contains an invalid character"),
    refused("a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400 Host contains an invalid character"),

    refused("HTTP/2", get("", "GET / HTTP/2.0"), "505 only HTTP/1.0 and HTTP/1.1 are supported"),
    refused(
      "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are supported"),
    refused("HTTP/1.2", get("", "GET / HTTP/1.2"), "505 only HTTP/1.0 and HTTP/1.1 are supported"),
    refused("HTTP/0.9", "GET /\r\n\r\n", "400 the request line is not 'method target version'"),
    refused("a version in lower case", get("", "GET / http/1.1"), "400 the HTTP version is missing or malformed"),
    refused("a version that is too long", get("", "GET / HTTP/1.10"), "400 the HTTP version is missing or malformed"),
    refused("a version with a comma", get("", "GET / HTTP/1,1"), "400 the HTTP version is missing or malformed"),
    refused("no version", get("", "GET / "), "400 the HTTP version is missing or malformed"),
    refused("a space after the version", get("", "GET / HTTP/1.1 "), "400 the HTTP version is missing or malformed"),
    refused("two spaces", get("", "GET  / HTTP/1.1"), "400 the request line is not 'method target version'"),
    refused(
      "two spaces before the version", get("", "GET /  HTTP/1.1"), "400 the HTTP version is missing or malformed"),
    refused("a tab instead of a space", get("", "GET\t/ HTTP/1.1"), "400 the request line has no method"),
    refused("a space before the method", get("", " GET / HTTP/1.1"), "400 the request line has no method"),
    refused("a method that is not a token", get("", "GE(T / HTTP/1.1"), "400 the request line has no method"),
    refused("a target with a space", get("", "GET /a b HTTP/1.1"), "400 the HTTP version is missing or malformed"),
    refused("a non-ASCII target", get("", "GET /\u{e9} HTTP/1.1"), "400 the target contains an invalid character"),
    refused(
      "a target with a control character", get("", "GET /\u{1} HTTP/1.1"),
      "400 the target contains an invalid character"),
    refused("a target with a CR", get("", "GET /\r HTTP/1.1"), "400 the target contains an invalid character"),
    refused(
      "a target that is not a path", get("", "GET a HTTP/1.1"), "400 the target is neither a path nor an absolute URL"),
    refused(
      "the authority form", get("", "CONNECT a:80 HTTP/1.1"), "400 the target is neither a path nor an absolute URL"),
    refused("an asterisk for GET", get("", "GET * HTTP/1.1"), "400 the target is neither a path nor an absolute URL"),
    refused("another scheme", get("", "GET ftp://a/ HTTP/1.1"), "400 the target is neither a path nor an absolute URL"),
    refused(
      "TLS on a plain port", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\n", "400 a line ends in a bare LF"),
    refused(
      "another expectation", post("Expect: 200-ok\r\nContent-Length: 1\r\n", "x"),
      "417 only the expectation '100-continue' is supported"),

    refused(
      "a line that is too long", get("", "GET /\(String(repeating: "x", count: 9000)) HTTP/1.1"),
      "414 the request line is too long"),
    refused(
      "a line one byte too long", get("", "GET /23456789 HTTP/1.1"), "414 the request line is too long",
      limits: limits { $0.startLine = 23 }),
    refused("a line without an end", "GET /" + String(repeating: "x", count: 9000), "414 the request line is too long"),
    refused(
      "a field that is too long", get("A: \(String(repeating: "x", count: 33000))\r\n"),
      "431 there are too many header fields, or they are too long"),
    refused(
      "fields that are too long in total",
      get(String(repeating: "A: \(String(repeating: "x", count: 1000))\r\n", count: 40)),
      "431 there are too many header fields, or they are too long"),
    refused(
      "a field without an end", "GET / HTTP/1.1\r\nA" + String(repeating: "x", count: 33000),
      "431 there are too many header fields, or they are too long"),
    refused(
      "101 fields", get(String(repeating: "A: b\r\n", count: 100)),
      "431 there are too many header fields, or they are too long"),
    refused("a body that is too long", post("Content-Length: 1048577\r\n", ""), "413 the body is too long"),
    refused(
      "a body that is much too long", post("Content-Length: 999999999999999999\r\n", ""), "413 the body is too long"),

    refused("an end in the request line", "GET / HT", "400 the message ended too early"),
    refused("an end in the fields", "GET / HTTP/1.1\r\nHost: a\r\n", "400 the message ended too early"),
    ParserCase(
      "an end in the body", .request, post("Content-Length: 5\r\n", "hel"),
      ["POST / (keeps, has a body)", "Host=a", "Content-Length=5", "body hel", "400 the message ended too early"]),

    chunks("a chunk without a size", "\r\n", "400 a chunk has no size"),
    chunks("a chunk with extensions only", ";a\r\n", "400 a chunk has no size"),
    chunks("a size that is not a number", "x\r\n", badSize),
    chunks("a negative size", "-1\r\n", badSize),
    chunks("a size with a sign", "+1\r\nx\r\n", badSize),
    chunks("a size with 0x", "0x1\r\nx\r\n", badSize),
    chunks("a space before the size", " 1\r\nx\r\n", badSize),
    chunks("a space after the size", "1 \r\nx\r\n", badSize),
    chunks("a size that overflows", "ffffffffffffffffffff\r\n", "413 the body is too long"),
    chunks("a size that would be negative", "8000000000000000\r\n", "413 the body is too long"),
    chunks("a size above the limit", "100001\r\n", "413 the body is too long"),
    chunks(
      "chunks above the limit in total", "3\r\nabc\r\n2\r\n", "body abc", "413 the body is too long",
      limits: limits { $0.body = 4 }),
    chunks("a bare LF after a size", "1\nx\r\n", "400 a line ends in a bare LF"),
    chunks("a bare LF after a chunk", "1\r\nx\n0\r\n\r\n", "body x", "400 a line ends in a bare LF"),
    chunks(
      "a chunk longer than its size", "1\r\nxy\r\n0\r\n\r\n", "body x", "400 a chunk is longer than its size"),
    chunks("a chunk shorter than its size", "3\r\nxy\r\n0\r\n\r\n", "body xy\r", "400 a line ends in a bare LF"),
    chunks(
      "a control character in an extension", "1;a\u{1}\r\nx\r\n", "400 a chunk extension contains a control character"),
    chunks("a CR in an extension", "1;a\rb\r\nx\r\n", "400 a chunk extension contains a control character"),
    chunks(
      "an extension without an end", "1;" + String(repeating: "x", count: 5000),
      "400 a chunk size or trailer line is too long"),
    chunks(
      "an extension that is too long", "1;" + String(repeating: "x", count: 5000) + "\r\n",
      "400 a chunk size or trailer line is too long"),
    chunks("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", "400 a header field is folded"),
    chunks("a trailer that is not a field", "0\r\nA\r\n\r\n", "400 the name of a header field is not a token"),
    chunks("a trailer with a bare LF", "0\r\nA: b\n\r\n", "400 a line ends in a bare LF"),
    chunks(
      "trailers that are too long in total",
      "0\r\n" + String(repeating: "A: \(String(repeating: "x", count: 1000))\r\n", count: 40),
      "431 there are too many header fields, or they are too long"),
    chunks("an end in a size", "1", "400 the message ended too early"),
    chunks("an end in a chunk", "5\r\nhe", "body he", "400 the message ended too early"),
    chunks("an end after a chunk", "2\r\nhe", "body he", "400 the message ended too early"),
    chunks("an end before the last chunk", "2\r\nhe\r\n", "body he", "400 the message ended too early"),
    chunks("an end in the trailers", "0\r\nA: b\r\n", "400 the message ended too early"),
  ]

  private static func response(
    _ name: String, _ text: String, _ expected: String..., limits: HTTP1Limits = HTTP1Limits()
  )
    -> ParserCase
  {
    ParserCase(name, .response, text, expected, limits: limits)
  }

  static let refusedResponses: [ParserCase] = [
    response(
      "two lengths in a response", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      "400 there is more than one Content-Length"),
    response(
      "a length and chunks in a response", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "400 both Content-Length and Transfer-Encoding are given"),
    response(
      "another coding in a response", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "501 only the transfer coding 'chunked' is supported"),
    response("a bare LF in a response", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "400 a line ends in a bare LF"),
    response(
      "a space before the colon in a response", "HTTP/1.1 200 OK\r\nServer : x\r\n\r\n",
      "400 the name of a header field is not a token"),
    response("an empty line before a response", "\r\nHTTP/1.1 200 OK\r\n\r\n", "400 the start line is empty"),
    response("no version", "200 OK\r\n\r\n", "400 the status line is too short"),
    response("HTML", "<html><body>hello</body></html>\r\n\r\n", "400 the HTTP version is missing or malformed"),
    response("HTTP/2 in a response", "HTTP/2 200 OK\r\n\r\n", "400 the HTTP version is missing or malformed"),
    response("HTTP/3.0 in a response", "HTTP/3.0 200 OK\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are supported"),
    response("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "400 the status line is not 'version status reason'"),
    response(
      "a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "400 the status line is not 'version status reason'"),
    response("a status of letters", "HTTP/1.1 abc OK\r\n\r\n", "400 the status line is not 'version status reason'"),
    response("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "400 the status is not between 100 and 599"),
    response("a status above 599", "HTTP/1.1 600 OK\r\n\r\n", "400 the status is not between 100 and 599"),
    response(
      "a switch of protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
      "400 the server switched protocols, which was not requested"),
    response("9 interim responses", interim(9), "400 there are too many interim responses (1xx)"),
    ParserCase(
      "endless interim responses after a complete response", .response,
      "HTTP/1.1 204 x\r\n\r\n" + interim(1000),
      ["204 (keeps)", "end", "400 there are too many interim responses (1xx)"]),
    response("an end in the status line", "HTTP/1.1 200", "400 the message ended too early"),
    response("an end in the fields of a response", "HTTP/1.1 200 OK\r\nA: b", "400 the message ended too early"),
    ParserCase(
      "an end in the body of a response", .response, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
      ["200 (keeps)", "Content-Length=5", "body hel", "400 the message ended too early"]),
    response(
      "a response that is too long", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "413 the body is too long",
      limits: limits { $0.body = 4 }),
  ]

  @Test("accepts messages that RFC 9112 allows", arguments: accepted)
  func accepts(_ item: ParserCase) {
    #expect(ParserTranscript.of(item.input, item.role, limits: item.limits) == item.expected)
  }

  @Test("rejects invalid and ambiguous messages, with the violated rule", arguments: refusedRequests + refusedResponses)
  func refuses(_ item: ParserCase) {
    #expect(ParserTranscript.of(item.input, item.role, limits: item.limits) == item.expected)
  }

  @Test("applies the limit to a response that lasts until the end of the connection, for all cuts of the input")
  func endless() throws {
    let limits = HTTP1ParserTests.limits { $0.body = 4 }
    let input = latin1("HTTP/1.1 200 OK\r\n\r\nhello")
    for cuts in [Array(0..<0), Array(1..<input.count)] {
      #expect(ParserTranscript.of(input, .response, limits: limits, cuts: cuts).last == "413 the body is too long")
    }
  }

  @Test(
    "has the same result for single bytes as for a whole message",
    arguments: accepted + refusedRequests + refusedResponses)
  func byteByByte(_ item: ParserCase) {
    let cuts = item.input.isEmpty ? 0..<0 : 1..<item.input.count
    #expect(ParserTranscript.of(item.input, item.role, limits: item.limits, cuts: cuts) == item.expected)
  }

  @Test(
    "has the same result for a message in two parts as for a whole message",
    arguments: accepted + refusedRequests + refusedResponses)
  func everySplit(_ item: ParserCase) {
    // Long messages are cut near the limits and at about every hundredth byte.
    let places = (0...item.input.count).filter {
      item.input.count < 2000 || $0 % 101 == 0 || (8180..<8200).contains($0)
    }
    for place in places {
      let transcript = ParserTranscript.of(item.input, item.role, limits: item.limits, cuts: [place])
      if transcript != item.expected {
        Issue.record("cut at \(place): \(transcript)")
        return
      }
    }
  }

  // MARK: Mutations

  private struct Dice {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
      state &+= 0x9e37_79b9_7f4a_7c15
      var word = state
      word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
      word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
      return Int((word ^ (word >> 31)) >> 1) % bound
    }
  }

  private static let pieces = [
    "\r\n", "\n", "\r", " ", "\t", ":", ";", "0", "5", "f", "\0", "\u{7f}", "\u{ff}", "Content-Length: 3\r\n",
    "Host: b\r\n",
    "Transfer-Encoding: chunked\r\n", "HTTP/1.1", "HTTP/1.0", "GET ", "Connection: close\r\n", "\r\n\r\n", "0\r\n\r\n",
    "Expect: 100-continue\r\n", "99999999999999999999", "ffffffffffffffff", "-", "+", "http://", "*", "?", "%",
    "HTTP/1.1 100 x\r\n\r\n",
  ].map(latin1)

  /// The part of a body that is reported before the limit is exceeded depends on the cuts, so it is not compared.
  private func read(_ input: [UInt8], _ role: HTTP1Parser.Role, _ limits: HTTP1Limits, _ cuts: [Int]) -> [String] {
    let lines = ParserTranscript.of(input, role, limits: limits, cuts: cuts)
    guard lines.last?.hasPrefix("413") == true else { return lines }
    return lines.filter { !$0.hasPrefix("body ") }
  }

  @Test("has the same result for 12,000 mutated messages whole, in single bytes and in random parts", arguments: 0..<12)
  func mutations(_ seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    let all = (HTTP1ParserTests.accepted + HTTP1ParserTests.refusedRequests + HTTP1ParserTests.refusedResponses)
      .filter { $0.input.count < 600 }
    let limits = HTTP1ParserTests.limits {
      $0.startLine = 60
      $0.headers = 200
      $0.fieldCount = 6
      $0.body = 64
    }
    var events = 0
    for _ in 0..<1000 {
      let item = all[dice.next(all.count)]
      var input = item.input
      for _ in 0...dice.next(4) {
        let place = dice.next(input.count + 1)
        switch dice.next(5) {
        case 0: input.insert(contentsOf: HTTP1ParserTests.pieces[dice.next(HTTP1ParserTests.pieces.count)], at: place)
        case 1 where place < input.count: input.remove(at: place)
        case 2 where place < input.count: input[place] = UInt8(dice.next(256))
        case 3: input.removeSubrange(place..<min(input.count, place + dice.next(8)))
        default: input.insert(contentsOf: all[dice.next(all.count)].input.prefix(dice.next(80)), at: place)
        }
      }
      let whole = read(input, item.role, limits, [])
      let bytes = read(input, item.role, limits, input.isEmpty ? [] : Array(1..<input.count))
      var cuts: [Int] = []
      while let last = Optional((cuts.last ?? 0) + 1 + dice.next(20)), last < input.count { cuts.append(last) }
      let random = read(input, item.role, limits, cuts)
      if whole != bytes || whole != random {
        Issue.record("\(String(decoding: input, as: UTF8.self).debugDescription): \(whole), \(bytes), \(random)")
      }
      events += whole.count
    }
    #expect(events > 1000)
  }
}
