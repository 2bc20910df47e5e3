internal import CLinux

/// The client's TLS handshake on a new connection. Used only on its loop.
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
      // Bytes that arrived with the end of the handshake are in OpenSSL's buffer, for which epoll reports no event.
      // They are session tickets, or data of a server that sends first and therefore is not an HTTP server.
      switch connection.read(into: loop.readBuffer) {
      case .wantRead, .wantWrite: finish(.success(connection))
      case .bytes, .closed, .failed:
        let refusal = connection.clientCertificateFailure
        finish(.failure(refusal.map { .notConnected($0.rawValue) } ?? .closedBeforeSending))
      }
    case .closed: finish(.failure(.notConnected(ConnectionFailure.tlsFailed.rawValue)))
    case .failed(let failure):
      let obstacle =
        failure == .untrustedCertificate
        ? connection.certificateFailure : connection.clientCertificateFailure ?? .tlsFailed
      finish(.failure(.notConnected(obstacle.rawValue)))
    }
  }

  private func finish(_ result: Result<TLSConnection, HTTPClientError>) {
    isDone = true
    loop.unregister(connection.descriptor)
    if case .failure = result { connection.close() }
    completion(result)
  }
}
