/// A complete request that a server has received.
public struct HTTPRequest: Sendable {
  public let method: String
  public let headers: HTTPFields
  public let body: [UInt8]
  /// The peer's address without its port.
  public let remoteAddress: String
  /// When the first byte of the request was read.
  public let receivedAt: MonotonicTime
  /// The loop that accepted the connection and runs the responder.
  public let loop: EventLoop
  /// The client's verified certificate; nil without one and on plain connections.
  public let peerCertificate: PeerCertificate?
  /// The request target in the storage of `headers`.
  private let target: Range<Int>
  /// Number of bytes of the target before the first `?`.
  private let pathCount: Int

  /// The request target without its query, not decoded.
  public var path: String { withPath { String(decoding: $0, as: UTF8.self) } }

  /// The part of the target after the first `?`, not decoded; nil if there is no `?`.
  public var query: String? {
    pathCount == target.count ? nil : headers.text((target.lowerBound + pathCount + 1)..<target.upperBound)
  }

  /// Calls `body` with the request target without its query, not decoded.
  public func withPath<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try headers.withBytes(target.lowerBound..<(target.lowerBound + pathCount), body)
  }

  public init(
    method: String, target: String, headers: HTTPFields, body: [UInt8], remoteAddress: String,
    receivedAt: MonotonicTime, loop: EventLoop, peerCertificate: PeerCertificate? = nil
  ) {
    var headers = headers
    let range = headers.appendLoose(target)
    self.init(
      method: method, target: range, headers: headers, body: body, remoteAddress: remoteAddress,
      receivedAt: receivedAt, loop: loop, peerCertificate: peerCertificate)
  }

  /// `target` is a range of the storage of `headers`.
  init(
    method: String, target: Range<Int>, headers: HTTPFields, body: [UInt8], remoteAddress: String,
    receivedAt: MonotonicTime, loop: EventLoop, peerCertificate: PeerCertificate?
  ) {
    self.method = method
    self.target = target
    pathCount = headers.withBytes(target) { bytes in bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count }
    self.headers = headers
    self.body = body
    self.remoteAddress = remoteAddress
    self.receivedAt = receivedAt
    self.loop = loop
    self.peerCertificate = peerCertificate
  }
}

/// A response for a server to send. The server adds `Content-Length`, `Connection` and `Date`.
public struct HTTPResponse: Sendable {
  /// How the response is sent. All cases except `whole` simulate a faulty server.
  public enum Transmission: Sendable, Equatable {
    case whole
    /// The connection is reset without a response.
    case reset
    /// The head announces the whole body; the connection is closed after this many bytes of the body.
    case cut(afterBodyBytes: Int)
    /// The body is repeated as chunks until the peer closes the connection or this many bytes are sent.
    case endless(limit: Int)
  }

  public var status: Int
  public var headers: HTTPFields
  public var body: [UInt8]
  public var transmission = Transmission.whole

  public init(status: Int, headers: HTTPFields = HTTPFields(), body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}
