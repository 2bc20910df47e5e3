/// Serializes a request as HTTP/1.1.
public struct HTTPRequestWriter {
  private var bytes: [UInt8]

  /// - Parameters:
  ///   - buffer: An empty array, whose memory is used.
  ///   - host: nil if the caller appends a Host field.
  init(_ buffer: [UInt8], _ method: String, _ target: String, host: String?) {
    bytes = buffer
    bytes.reserveCapacity(1024)
    bytes.append(contentsOf: method.utf8)
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: target.utf8)
    bytes.append(" HTTP/1.1\r\n")
    if let host { append("Host", host) }
  }

  /// Appends a header field. Name and value must not contain line ends.
  public mutating func append(_ name: String, _ value: String) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(": ")
    bytes.append(contentsOf: value.utf8)
    bytes.append("\r\n")
  }

  mutating func append(contentsOf fields: HTTPFields) { fields.serialize(into: &bytes) }

  /// Appends Content-Length and the body, and returns the message without a copy.
  mutating func finish(_ method: String, _ body: [UInt8]) -> [UInt8] {
    if !body.isEmpty || method == "POST" || method == "PUT" {
      bytes.append("Content-Length: ")
      bytes.append(contentsOf: String(body.count).utf8)
      bytes.append("\r\n")
    }
    bytes.append("\r\n")
    bytes.append(contentsOf: body)
    var message: [UInt8] = []
    swap(&message, &bytes)
    return message
  }
}
