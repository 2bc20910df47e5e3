import Glibc
import Networking

/// A listening socket. It does not accept connections.
final class RawListener: Sendable {
  let descriptor: Int32
  let port: Int

  init() {
    descriptor = RawSocket.make()
    let descriptor = descriptor
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = RawSocket.withAddress(0) { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 128) == 0
    precondition(bound, "no free port")
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &size) }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  static let hasIPv6: Bool = {
    let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
      }
    }
  }()
}

/// A server that runs a script for each connection, each on a new thread.
final class ScriptedServer: Sendable {
  /// One connection: its socket, its number from 0, and the server.
  typealias Script = @Sendable (_ socket: RawSocket, _ number: Int, _ server: ScriptedServer) throws -> Void

  struct Log {
    var connections = 0
    var open = 0
    var mostOpen = 0
    var requests: [RawMessage] = []
  }

  private let listener = RawListener()
  private let log = Locked(Log())
  var port: Int { listener.port }

  init(_ script: @escaping Script) {
    let descriptor = listener.descriptor
    startThread { [weak self] in
      while true {
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { return }
        let socket = RawSocket(adopting: accepted)
        guard let server = self else { return }
        let number = server.log.withLock { log in
          log.connections += 1
          log.open += 1
          log.mostOpen = max(log.mostOpen, log.open)
          return log.connections - 1
        }
        startThread {
          try? script(socket, number, server)
          server.log.withLock { $0.open -= 1 }
        }
      }
    }
  }

  deinit { _ = shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

  var connections: Int { log.withLock { $0.connections } }
  var mostOpen: Int { log.withLock { $0.mostOpen } }
  var requests: [RawMessage] { log.withLock { $0.requests } }

  /// Reads and records a request; nil if the client has closed.
  func request(on socket: RawSocket) throws -> RawMessage? {
    guard let request = try socket.receiveMessage() else { return nil }
    log.withLock { $0.requests.append(request) }
    return request
  }

  /// Responds to each request with the number of its connection, its start line and its body.
  static let echo: Script = { socket, number, server in
    while let request = try server.request(on: socket) {
      let body = "\(number) \(request.startLine) \(request.text)"
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
  }

  /// Responds to each request with `text`. `closes`: closes the connection after the first response.
  static func answering(_ text: String, closes: Bool) -> Script {
    { socket, _, server in
      while try server.request(on: socket) != nil {
        socket.send(text)
        if closes { return }
      }
    }
  }

  /// A proxy that connects all tunnels to `port` of this machine, and records the requests.
  static func tunnelling(to port: Int) -> ScriptedServer {
    ScriptedServer { socket, _, server in
      guard try server.request(on: socket) != nil else { return }
      let target = try RawSocket(connectingTo: port)
      socket.send("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
      startThread {
        while let bytes = try? target.receive(), !bytes.isEmpty { socket.send(bytes) }
        socket.end()
      }
      while let bytes = try? socket.receive(), !bytes.isEmpty { target.send(bytes) }
      target.end()
    }
  }
}
