/// The bytes that a connection has to send, and the number of bytes that have been sent.
struct SendBuffer {
  var bytes: [UInt8] = []
  private var sent = 0
  /// A chunk that is sent repeatedly, and the number of bytes of further repetitions.
  private var repeated: (chunk: [UInt8], remaining: Int)?

  /// Sends `chunk` repeatedly after `bytes`, until the repetitions have at least `limit` bytes.
  mutating func append(repeated chunk: [UInt8], limit: Int) { repeated = (chunk, limit) }

  /// Starts the next repetition if all bytes are sent. Returns false if no bytes are left to send.
  mutating func hasUnsent() -> Bool {
    if sent < bytes.count { return true }
    guard let (chunk, remaining) = repeated, remaining > 0 else { return false }
    repeated = (chunk, remaining - chunk.count)
    bytes = chunk
    sent = 0
    return true
  }

  func withUnsent<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
  }

  mutating func advance(by count: Int) { sent += count }

  /// Removes everything and returns the memory.
  mutating func takeMemory() -> [UInt8] {
    defer { self = SendBuffer() }
    return bytes
  }
}
