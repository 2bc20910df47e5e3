internal import Glibc

/// A connection without TLS. It owns its socket.
final class SocketTransport: Transport {
  let descriptor: Int32
  private var isOpen = true

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  var isPlain: Bool { true }
  var clientCertificateFailure: ConnectionFailure? { nil }

  // SIGPIPE is ignored by the process; see `TCPConnector`.
  func send(_ bytes: [UInt8], from start: Int) -> TransportOutcome {
    bytes.withUnsafeBytes { outcome(of: Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start)) }
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransportOutcome {
    outcome(of: Glibc.read(descriptor, buffer.baseAddress!, buffer.count))
  }

  private func outcome(of count: Int) -> TransportOutcome {
    if count > 0 { return .bytes(count) }
    if count == 0 { return .closed }
    return errno == EAGAIN || errno == EINTR ? .wouldBlock : .broken
  }

  func close() {
    guard isOpen else { return }
    isOpen = false
    _ = Glibc.close(descriptor)
  }
}
