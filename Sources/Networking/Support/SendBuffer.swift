/// What a connection has to send, and how much of it is sent.
struct SendBuffer {
  var bytes: [UInt8] = []
  private var sent = 0
  /// A chunk that follows again and again, and how many bytes of repetitions are left.
  private var repeated: (chunk: [UInt8], remaining: Int)?

  /// Lets a chunk follow until this many bytes are sent.
  mutating func append(repeated chunk: [UInt8], limit: Int) { repeated = (chunk, limit) }

  /// Starts the next repetition if everything is sent. Returns false if nothing is left to send.
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
