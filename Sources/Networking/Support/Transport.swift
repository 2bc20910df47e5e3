/// An open connection, plain or with TLS. It is closed by the first call of `close`, or when it is released.
protocol Transport: AnyObject {
  var descriptor: Int32 { get }
  /// Whether all readable bytes are in the socket, and none in a TLS buffer.
  var isPlain: Bool { get }
  func send(_ bytes: [UInt8], from start: Int) -> TransportOutcome
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> TransportOutcome
  func close()
  /// Why the server refused the client certificate, or its absence; nil for every other failure. The server has then
  /// processed no request.
  var clientCertificateFailure: ConnectionFailure? { get }
}

enum TransportOutcome {
  case bytes(Int)
  case wouldBlock
  /// The peer has ended its data in order: by FIN, or by close_notify on a TLS connection.
  case closed
  /// The connection ended in another way: the data may be incomplete.
  case broken
}
