extension HTTPResponse {
  /// Writes the status line and the fields, without the empty line after them.
  func serializeHead(into output: inout [UInt8], isChunked: Bool) {
    output.reserveCapacity(output.count + 256 + headers.storage.count + body.count)
    output.append("HTTP/1.1 ")
    output.append(contentsOf: String(status).utf8)
    output.append(UInt8(ascii: " "))
    output.append(reasonPhrase(status))
    output.append("\r\n")
    headers.serialize(into: &output)
    if isChunked {
      output.append("Transfer-Encoding: chunked\r\n")
    } else if status != 204 {
      output.append("Content-Length: ")
      output.append(contentsOf: String(body.count).utf8)
      output.append("\r\n")
    }
  }
}

extension HTTP1Parser.RequestHead {
  /// Whether the client requests a persistent connection with `keep-alive`, as clients of HTTP/1.0 do.
  var asksToKeepAlive: Bool {
    fields.withValue(of: .connection) { value in value.map { equalsIgnoringCase($0, "keep-alive") } ?? false }
  }
}

/// Reason phrases (RFC 9110 §15) of the statuses that this project sends.
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
