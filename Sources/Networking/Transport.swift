internal import CCurl

/// An open connection: bytes in and out, through TLS where the origin asks for it. Closed once by `close`, or when it is
/// released.
protocol Transport: AnyObject {
  var descriptor: Int32 { get }
  /// Whether every readable byte is in the socket, none in a buffer of TLS.
  var isPlain: Bool { get }
  func send(_ bytes: [UInt8], from start: Int) -> TransportOutcome
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransportOutcome
  func close()
}

enum TransportOutcome {
  case bytes(Int)
  case wouldBlock
  case closed
}

/// A TLS connection, owned and spoken by libcurl.
final class CurlTransport: Transport {
  private var easy: UnsafeMutableRawPointer?
  let descriptor: Int32
  private let dialer: Dialer

  init(easy: UnsafeMutableRawPointer, descriptor: Int32, dialer: Dialer) {
    self.easy = easy
    self.descriptor = descriptor
    self.dialer = dialer
  }

  deinit { close() }

  var isPlain: Bool { false }

  func send(_ bytes: [UInt8], from start: Int) -> TransportOutcome {
    var count = 0
    let result = bytes.withUnsafeBytes { curl_easy_send(easy, $0.baseAddress! + start, $0.count - start, &count) }
    switch result {
    case CURLE_OK: return .bytes(count)
    case CURLE_AGAIN: return .wouldBlock
    default: return .closed
    }
  }

  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransportOutcome {
    var count = 0
    switch curl_easy_recv(easy, buffer.baseAddress, buffer.count, &count) {
    case CURLE_OK: return count > 0 ? .bytes(count) : .closed
    case CURLE_AGAIN: return .wouldBlock
    default: return .closed
    }
  }

  func close() {
    guard let easy else { return }
    self.easy = nil
    dialer.dispose(easy)
  }
}
