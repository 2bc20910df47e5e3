import Glibc
import Networking

/// A plain blocking TCP socket, so that the peer of the tested code does not use that code. Time-outs of one minute
/// make a test fail instead of hang.
final class RawSocket: Sendable {
  struct Failure: Error {
    let what: String
  }

  let descriptor: Int32

  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { Glibc.close(descriptor) }

  static func make() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }

  static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    return address
  }

  static func withAddress<Result>(
    _ port: Int, _ host: String = "127.0.0.1", _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = address(port)
    inet_pton(AF_INET, host, &address.sin_addr)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  /// Connects to this machine. A small `receiveBuffer` blocks the sending peer early.
  convenience init(connectingTo port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws(Failure) {
    self.init(adopting: RawSocket.make())
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    let descriptor = descriptor
    guard RawSocket.withAddress(port, host, { connect(descriptor, $0, $1) }) == 0 else {
      throw Failure(what: "connect: \(String(cString: strerror(errno)))")
    }
  }

  /// Returns false if the peer has closed the connection.
  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      sent += count
    }
    return true
  }

  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Receives at most `limit` bytes; empty if the peer has closed. Throws if the connection was reset.
  func receive(atMost limit: Int = 65_536) throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      let count = read(descriptor, &buffer, limit)
      if count >= 0 { return Array(buffer[..<count]) }
      if errno == EINTR { continue }
      throw Failure(what: errno == EAGAIN ? "no data for one minute" : String(cString: strerror(errno)))
    }
  }

  func receive(exactly count: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try receive(atMost: count - bytes.count)
      if more.isEmpty { throw Failure(what: "ended after \(bytes.count) of \(count) bytes") }
      bytes += more
    }
    return bytes
  }

  /// Receives all bytes until the peer closes.
  func receiveAll() throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = try receive()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// Receives a head, including its empty line; nil if the peer closes before its first byte.
  func receiveHead() throws(Failure) -> String? {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([0x0d, 0x0a, 0x0d, 0x0a]) {
      let more = try receive(atMost: 1)
      if more.isEmpty {
        if bytes.isEmpty { return nil }
        throw Failure(what: "ended inside a head")
      }
      bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Receives a message with a body of Content-Length bytes; nil if the peer closes before its first byte.
  func receiveMessage(hasBody: Bool = true) throws(Failure) -> RawMessage? {
    guard let head = try receiveHead() else { return nil }
    var message = RawMessage(head)
    if hasBody { message.body = try receive(exactly: Int(message["content-length"] ?? "0") ?? 0) }
    return message
  }

  func halfClose() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Shuts down both directions. `deinit` closes the descriptor.
  func end() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Makes the next close send a reset.
  func resetOnClose() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }
}

/// A message, parsed without the tested code.
struct RawMessage {
  let startLine: String
  let fields: [(name: String, value: String)]
  var body: [UInt8] = []

  init(_ head: String) {
    let lines = head.split(separator: "\r\n")
    startLine = lines.first.map(String.init) ?? ""
    fields = lines.dropFirst().map {
      let parts = $0.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts[0].lowercased(), parts.count > 1 ? String(parts[1]) : "")
    }
  }

  subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

  /// The status of a response; 0 for a request.
  var status: Int {
    let parts = startLine.split(separator: " ")
    return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  }

  var text: String { String(decoding: body, as: UTF8.self) }
}
