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
  /// The peer has ended its data in order: by FIN, or by close_notify where the connection has TLS.
  case closed
  /// The connection ended in another way: what was read may be cut short.
  case broken
}
