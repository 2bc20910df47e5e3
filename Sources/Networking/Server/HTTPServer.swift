internal import CLinux
internal import Glibc
private import Synchronization

/// Responds to requests. `respond` runs in a task on the loop that accepted the connection.
public protocol HTTPResponder: Sendable {
  func respond(to request: HTTPRequest) async -> HTTPResponse
  /// The response to an invalid or unsupported request. The connection is closed after it.
  func reject(_ error: HTTP1Error) -> HTTPResponse
  /// A connection was closed because of a TLS failure, without a response.
  func tlsFailed(_ failure: TLSFailure)
}

extension HTTPResponder {
  public func tlsFailed(_ failure: TLSFailure) {}
}

/// Limits and timeouts of a server.
public struct HTTPServerOptions: Sendable {
  /// Maximum sizes of a request.
  public var limits = HTTP1Limits()
  /// Maximum number of connections on all loops together. Further connections are closed at once.
  public var connections = Defaults.connections
  /// Total time from the first byte of a request to the end of its header fields.
  public var headerTimeout = Defaults.headerTimeout
  /// Total time from the end of the header fields to the end of the body.
  public var bodyTimeout = Defaults.bodyTimeout
  /// Time between two requests on a connection.
  public var idleTimeout = Defaults.idleTimeout
  /// Total time for sending a response.
  public var writeTimeout = Defaults.writeTimeout
  /// TLS for all connections; nil: plain HTTP. `headerTimeout` also limits the handshake.
  public var tls: TLSContextSource?

  public init() {}
}

/// An HTTP/1.1 server on one or more loops. Each loop accepts its own connections (SO_REUSEPORT).
public final class HTTPServer: Sendable {
  /// The open connections and the counters, shared by all loops.
  struct Population {
    var connections = 0
    var isClosed = false
    var refusals = Refusals()
    var drained: [UnsafeContinuation<Void, Never>] = []
  }

  /// Connections that were not served.
  public struct Refusals: Sendable {
    /// Connections closed because the connection limit was reached.
    public var limit: UInt64 = 0
    /// Calls of `accept` that failed because of a lack of descriptors or memory.
    public var resources: UInt64 = 0
  }

  /// The bound address. If port 0 was requested, it contains the selected port.
  public let address: SocketAddress
  let options: HTTPServerOptions
  let population = Locked(Population())
  private let draining = Atomic(false)
  private let stopped = Atomic(false)
  private let listeners = Locked([Listener]())

  /// Binds the address and starts to accept connections. `responder` creates the responder of each loop. Port 0 selects
  /// a free port. Throws if the address cannot be bound; `isAddressInUse` of the error is true if another process
  /// listens on it.
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
        // With SO_REUSEPORT two gateways could share a port by mistake. A bind without it fails in that case.
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

  /// A Unix domain socket has one queue of connections; every loop gets a descriptor of it. A stale socket file
  /// (without a listener) is replaced.
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
    guard let result else { throw SystemError("the socket path '\(path)' is too long", code: ENAMETOOLONG) }
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
      // The port has the same offset in sockaddr_in and sockaddr_in6.
      return .success((descriptor, Int(UInt16(bigEndian: storage.sin6_port))))
    }
    guard let result else { throw SystemError("'\(address.host)' is not a numeric address", code: EINVAL) }
    return try result.get()
  }

  /// Number of open connections.
  public var connectionCount: Int { population.withLock { $0.connections } }

  /// The refused connections since the start.
  public var refusals: Refusals { population.withLock { $0.refusals } }

  func countLackOfResources() { population.withLock { $0.refusals.resources += 1 } }

  /// Starts to close each connection after its next response. New connections are still accepted.
  public func beginDraining() { draining.store(true, ordering: .relaxed) }

  /// Stops accepting, closes idle connections and waits until the requests in flight have finished and all connections
  /// are closed. Call from a task on one of the loops. The caller must limit the waiting time.
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

  /// Returns false if the connection limit is reached or the server is closed.
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

  /// Called when an admitted connection has been closed.
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
