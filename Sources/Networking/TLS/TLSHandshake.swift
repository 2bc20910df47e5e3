internal import CLinux

/// The client's handshake on a new connection. Lives on its loop.
final class TLSHandshake: DescriptorHandler {
  private let connection: TLSConnection
  private let loop: EventLoop
  private let completion: (Result<TLSConnection, HTTPClientError>) -> Void
  private var isDone = false

  /// `completion` is called once, unless the handshake is cancelled.
  init(
    _ connection: TLSConnection, on loop: EventLoop,
    completion: @escaping (Result<TLSConnection, HTTPClientError>) -> Void
  ) {
    self.connection = connection
    self.loop = loop
    self.completion = completion
  }

  func start() {
    do throws(SystemError) {
      try loop.register(
        connection.descriptor, NUMGATE_EPOLLIN | NUMGATE_EPOLLOUT | NUMGATE_EPOLLRDHUP | NUMGATE_EPOLLET, self)
    } catch {
      return finish(.failure(.notConnected("epoll")))
    }
    proceed()
  }

  func ready(_ events: UInt32) { proceed() }

  /// Closes the connection.
  func cancel() {
    guard !isDone else { return }
    isDone = true
    loop.unregister(connection.descriptor)
    connection.close()
  }

  private func proceed() {
    guard !isDone else { return }
    switch connection.handshake() {
    case .wantRead, .wantWrite: return
    case .bytes:
      // What came with the end of the handshake is in OpenSSL's buffer, where epoll does not see it: session tickets, or
      // the words of a server that speaks first and so does not speak HTTP.
      switch connection.read(into: loop.readBuffer) {
      case .wantRead, .wantWrite: finish(.success(connection))
      case .bytes, .closed, .failed: finish(.failure(.closedBeforeSending))
      }
    case .closed: finish(.failure(.notConnected(ConnectionObstacle.tlsFailed.rawValue)))
    case .failed(let failure):
      let unsupportedReason = failure == .untrustedCertificate ? connection.certificateObstacle : .tlsFailed
      finish(.failure(.notConnected(unsupportedReason.rawValue)))
    }
  }

  private func finish(_ result: Result<TLSConnection, HTTPClientError>) {
    isDone = true
    loop.unregister(connection.descriptor)
    if case .failure = result { connection.close() }
    completion(result)
  }
}
