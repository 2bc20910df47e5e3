internal import CLinux
internal import Glibc

/// The listening socket of one loop, and its accepted connections. Used only on its loop.
final class Listener: DescriptorHandler, @unchecked Sendable {
  let loop: EventLoop
  private let server: HTTPServer
  private let tasks: ResponderTasks
  private let descriptor: Int32
  private var connections: [ObjectIdentifier: ServerConnection] = [:]
  private var isOpen = true
  private lazy var pause = LoopTimer(loop)

  init(_ descriptor: Int32, _ loop: EventLoop, _ server: HTTPServer, _ responder: any HTTPResponder) {
    self.descriptor = descriptor
    self.loop = loop
    self.server = server
    tasks = ResponderTasks(responder, on: loop)
  }

  func start() {
    guard isOpen else { return }
    do {
      // Level-triggered: connections that are not accepted in this turn are accepted in the next one.
      try loop.register(descriptor, NUMGATE_EPOLLIN, self)
    } catch {
      fatalError(error.description)
    }
  }

  func stop() {
    guard isOpen else { return }
    isOpen = false
    pause.disarm()
    loop.unregister(descriptor)
    close(descriptor)
    for connection in connections.values { connection.drain() }
    tasks.close()
  }

  func ready(_ events: UInt32) {
    for _ in 0..<64 {
      var storage = sockaddr_in6()
      var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
      let accepted = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { numgate_accept(descriptor, $0, &length) }
      }
      guard accepted >= 0 else {
        switch errno {
        case EINTR, ECONNABORTED: continue
        case EAGAIN: return
        default:
          server.countLackOfResources()
          // Out of descriptors or memory: pause until connections have ended; otherwise epoll would spin.
          loop.unregister(descriptor)
          pause.onFire = { [weak self] in self?.start() }
          pause.arm(at: loop.now.advanced(by: .milliseconds(100)))
          return
        }
      }
      guard server.admit() else {
        close(accepted)
        continue
      }
      _ = numgate_set_option(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      let connection = ServerConnection(accepted, Listener.text(of: &storage), loop, server, tasks) {
        [weak self] closed in
        self?.connections[ObjectIdentifier(closed)] = nil
      }
      connections[ObjectIdentifier(connection)] = connection
      connection.start()
    }
  }

  private static func text(of address: inout sockaddr_in6) -> String {
    if Int32(address.sin6_family) == AF_UNIX { return "unix" }
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    if Int32(address.sin6_family) == AF_INET {
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { v4 in
          var host = v4.pointee.sin_addr
          _ = inet_ntop(AF_INET, &host, &buffer, socklen_t(buffer.count))
        }
      }
    } else {
      _ = inet_ntop(AF_INET6, &address.sin6_addr, &buffer, socklen_t(buffer.count))
    }
    let length = buffer.firstIndex(of: 0) ?? buffer.count
    return String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
