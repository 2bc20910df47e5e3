import Glibc
import Networking
import NumberAuth

@testable import Store

/// A TCP proxy on 127.0.0.1 before the Unix socket of a cluster. It can delay each piece of data, or close a connection
/// instead of forwarding a message of the server.
final class TestProxy: Sendable {
  private let listener: Int32
  private let target: String
  private let delayMicroseconds: UInt32
  private let cutAt: Locked<[UInt8]?>
  let port: Int

  /// `cutAt`: the first message of the server with these bytes is not forwarded, and its connection is closed.
  init(to folder: String, delayMicroseconds: UInt32 = 0, cutAt: String? = nil) throws {
    target = folder + "/.s.PGSQL.5432"
    self.delayMicroseconds = delayMicroseconds
    self.cutAt = Locked(cutAt.map { Array($0.utf8) })
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard isListening else { throw TestFailure(description: "no free port") }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    let thread = PostgresThread()
    try thread.start(name: "proxy") { [weak self] in
      while case let client = accept(listener, nil, nil), client >= 0 {
        guard let self else { return }
        self.serve(client)
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// The connection string of a database, by this proxy.
  func connectionString(_ database: Secret) -> Secret {
    Secret(database.revealed + " host=127.0.0.1 port=\(port)")
  }

  private func serve(_ client: Int32) {
    let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: target.utf8) }
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    let (delay, cutAt) = (delayMicroseconds, cutAt)
    // Without a cluster, the connection remains open and no data is sent.
    guard connected == 0 else { return }
    for (from, to) in [(client, server), (server, client)] {
      try? PostgresThread().start(name: "proxy") {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = read(from, &buffer, buffer.count), count > 0 {
          let isCut =
            from == server
            && cutAt.withLock { pattern in
              guard let bytes = pattern, buffer[..<count].contains(bytes) else { return false }
              pattern = nil
              return true
            }
          if isCut { break }
          if delay > 0 { usleep(delay) }
          guard send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        // The other thread sees the end too. The descriptors remain open: another socket must not get their numbers.
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
      }
    }
  }
}
