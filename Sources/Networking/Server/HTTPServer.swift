internal import CLinux
internal import Glibc
private import Synchronization

/// Answers requests. `respond` runs in a task on the loop that accepted the connection.
public protocol HTTPResponder: Sendable {
  func respond(to request: HTTPRequest) async -> HTTPResponse
  /// The answer to something that is not a request, or not one this server takes. The connection closes after it.
  func reject(_ error: HTTP1Error) -> HTTPResponse
  /// A connection ended because of TLS; there is nothing to answer.
  func tlsFailed(_ failure: TLSFailure)
}

extension HTTPResponder {
  public func tlsFailed(_ failure: TLSFailure) {}
}

/// Where and how a server listens.
public struct HTTPServerOptions: Sendable {
  public var limits = HTTP1Limits()
  /// Connections on all loops together; one more is closed at once.
  public var connections = 20_000
  /// From a request's first byte to the end of its header fields: a total, not a silence.
  public var headerTimeout = Duration.seconds(10)
  /// From the end of the header fields to the end of the body: a total.
  public var bodyTimeout = Duration.seconds(20)
  /// Between two requests on a connection.
  public var idleTimeout = Duration.seconds(75)
  /// From the start of writing a response to its last byte: a total.
  public var writeTimeout = Duration.seconds(20)
  /// TLS for every connection; nil: plain HTTP. The handshake is bounded by `headerTimeout`.
  public var tls: TLSContextSource?

  public init() {}
}

/// An HTTP/1.1 server on one or more loops; each loop accepts for itself (SO_REUSEPORT).
public final class HTTPServer: Sendable {
  struct Population {
    var connections = 0
    var isClosed = false
    var refusals = Refusals()
    var drained: [UnsafeContinuation<Void, Never>] = []
  }

  /// Connections that were not served.
  public struct Refusals: Sendable {
    /// Closed at once: the limit of connections was reached.
    public var limit: UInt64 = 0
    /// Attempts to accept that failed for lack of descriptors or memory.
    public var resources: UInt64 = 0
  }

  public let address: SocketAddress
  let options: HTTPServerOptions
  let population = Locked(Population())
  private let draining = Atomic(false)
  private let stopped = Atomic(false)
  private let listeners = Locked([Listener]())

  /// Binds and starts to accept; each loop gets the responder made for it. Port 0 takes a free one; `address` says
  /// which.
  /// Throws where the address cannot be bound, `isAddressInUse` where somebody else listens there.
  public static func start(
    on address: SocketAddress, loops: [EventLoop], options: HTTPServerOptions,
    responder: (EventLoop) -> any HTTPResponder
  ) throws(SystemError) -> HTTPServer {
    var bound = address
    var descriptors: [Int32] = []
    do throws(SystemError) {
      if let path = address.path {
        descriptors = try bind(path: path, address, count: loops.count)
      } else {
        // SO_REUSEPORT would let two gateways share a port by mistake: a bind without it fails in that case.
        if address.port != 0 { close(try bind(address, shared: false).descriptor) }
        for _ in loops {
          let (descriptor, port) = try bind(bound, shared: true)
          descriptors.append(descriptor)
          bound = SocketAddress(host: address.host, port: port)
        }
      }
      for descriptor in descriptors {
        guard listen(descriptor, 4096) == 0 else { throw SystemError("listen on \(bound)") }
      }
    } catch {
      for descriptor in descriptors { close(descriptor) }
      throw error
    }
    let server = HTTPServer(address: bound, options: options)
    for (loop, descriptor) in zip(loops, descriptors) {
      let listener = Listener(descriptor, loop, server, responder(loop))
      server.listeners.withLock { $0.append(listener) }
      loop.execute { listener.start() }
    }
    return server
  }

  private init(address: SocketAddress, options: HTTPServerOptions) {
    self.address = address
    self.options = options
  }

  /// A Unix domain socket has one queue of connections; every loop gets a descriptor of it. A stale
  /// socket file, without a listener, is replaced.
  private static func bind(
    path: String, _ address: SocketAddress, count: Int
  ) throws(SystemError) -> [Int32] {
    let result: Result<Int32, SystemError>? = address.withSocketAddress { family, pointer, length in
      let descriptor = numgate_stream_socket(family)
      guard descriptor >= 0 else { return .failure(SystemError("socket")) }
      if Glibc.bind(descriptor, pointer, length) == 0 { return .success(descriptor) }
      let failure = SystemError("listen on \(address)")
      guard failure.isAddressInUse, isSocket(path), connect(descriptor, pointer, length) != 0, errno == ECONNREFUSED,
        unlink(path) == 0, Glibc.bind(descriptor, pointer, length) == 0
      else {
        close(descriptor)
        return .failure(failure)
      }
      return .success(descriptor)
    }
    guard let result else { throw SystemError("'\(path)' is too long for the path of a socket", code: ENAMETOOLONG) }
    var descriptors = [try result.get()]
    for _ in 1..<max(1, count) {
      let copy = fcntl(descriptors[0], F_DUPFD_CLOEXEC, 0)
      guard copy >= 0 else {
        for descriptor in descriptors { close(descriptor) }
        throw SystemError("dup")
      }
      descriptors.append(copy)
    }
    return descriptors
  }

  private static func isSocket(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  private static func bind(
    _ address: SocketAddress, shared: Bool
  ) throws(SystemError) -> (descriptor: Int32, port: Int) {
    let result: Result<(Int32, Int), SystemError>? = address.withSocketAddress { family, pointer, length in
      let descriptor = numgate_stream_socket(family)
      guard descriptor >= 0 else { return .failure(SystemError("socket")) }
      _ = numgate_set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
      if shared { _ = numgate_set_option(descriptor, SOL_SOCKET, SO_REUSEPORT, 1) }
      guard Glibc.bind(descriptor, pointer, length) == 0 else {
        defer { close(descriptor) }
        return .failure(SystemError("listen on \(address)"))
      }
      var storage = sockaddr_in6()
      var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
      _ = withUnsafeMutablePointer(to: &storage) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
      }
      // The port stands at the same place in IPv4 and IPv6 addresses.
      return .success((descriptor, Int(UInt16(bigEndian: storage.sin6_port))))
    }
    guard let result else { throw SystemError("'\(address.host)' is not a numeric address", code: EINVAL) }
    return try result.get()
  }

  /// How many connections are open.
  public var connectionCount: Int { population.withLock { $0.connections } }

  public var refusals: Refusals { population.withLock { $0.refusals } }

  func countLackOfResources() { population.withLock { $0.refusals.resources += 1 } }

  /// From now on every response closes its connection; new connections are still accepted.
  public func beginDraining() { draining.store(true, ordering: .relaxed) }

  /// Stops accepting, closes idle connections, lets requests in flight finish. Returns once all are gone.
  /// Call from a task on one of the loops, and put a limit of your own on the wait.
  public func drain() async {
    beginDraining()
    stopped.store(true, ordering: .relaxed)
    population.withLock { $0.isClosed = true }
    for listener in listeners.withLock({ $0 }) { listener.loop.execute { listener.stop() } }
    await withUnsafeContinuation { continuation in
      let isEmpty = population.withLock { population in
        if population.connections > 0 { population.drained.append(continuation) }
        return population.connections == 0
      }
      if isEmpty { continuation.resume() }
    }
    if let path = address.path { unlink(path) }
  }

  /// Whether the listeners are closed.
  var isStopped: Bool { stopped.load(ordering: .relaxed) }

  var isDraining: Bool { draining.load(ordering: .relaxed) }

  /// False where the limit is reached.
  func admit() -> Bool {
    population.withLock { population in
      guard !population.isClosed else { return false }
      guard population.connections < options.connections else {
        population.refusals.limit += 1
        return false
      }
      population.connections += 1
      return true
    }
  }

  func left() {
    let waiting = population.withLock { population in
      population.connections -= 1
      guard population.connections == 0 else { return [UnsafeContinuation<Void, Never>]() }
      defer { population.drained = [] }
      return population.drained
    }
    for continuation in waiting { continuation.resume() }
  }
}
