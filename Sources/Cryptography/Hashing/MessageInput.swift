private import COpenSSL

/// Passes a message to OpenSSL in pieces, without joining the pieces first.
public struct MessageInput {
  /// Size in bytes of the buffer for short pieces: copying them is cheaper than a call of OpenSSL for each.
  static let collected = 512

  private let context: OpaquePointer
  private let update: (OpaquePointer, UnsafeRawBufferPointer) -> Bool
  /// The buffer, which must outlive this value. Its first `count` bytes have not been passed to OpenSSL yet.
  private let memory: UnsafeMutableRawBufferPointer
  private var count = 0
  private var isComplete = true

  init(
    _ context: OpaquePointer, collecting memory: UnsafeMutableRawBufferPointer,
    _ update: @escaping (OpaquePointer, UnsafeRawBufferPointer) -> Bool
  ) {
    self.context = context
    self.memory = memory
    self.update = update
  }

  /// Appends the UTF-8 bytes of a text to the message.
  public mutating func append(_ text: String) {
    let isContiguous: Void? = text.utf8.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
    if isContiguous == nil { append(Array(text.utf8)) }
  }

  /// Appends bytes to the message.
  public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count > memory.count - count { flush() }
    if bytes.count > memory.count {
      isComplete = update(context, bytes) && isComplete
    } else if let start = bytes.baseAddress {
      // The piece fits, as checked above.
      (memory.baseAddress! + count).copyMemory(from: start, byteCount: bytes.count)
      count += bytes.count
    }
  }

  private mutating func flush() {
    guard count > 0 else { return }
    isComplete = update(context, UnsafeRawBufferPointer(rebasing: memory[..<count])) && isComplete
    count = 0
  }

  /// Passes the rest of the buffer to OpenSSL. False if OpenSSL has rejected a part of the message.
  mutating func end() -> Bool {
    flush()
    return isComplete
  }
}

extension DigestAlgorithm {
  /// The digest in hexadecimal of the message that `body` appends in pieces.
  public func hex(_ letters: Hex.Case, _ body: (inout MessageInput) -> Void) -> String {
    withDigest(body) { Hex.encode($0, letters) }
  }

  /// Calls `use` with the digest of some bytes.
  public func withDigest<Result>(of bytes: UnsafeRawBufferPointer, _ use: (UnsafeRawBufferPointer) -> Result) -> Result
  {
    withDigest({ $0.append(bytes) }, use)
  }

  private func withDigest<Result>(
    _ body: (inout MessageInput) -> Void, _ use: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    let result = Algorithms.shared.contexts.withContext { context in
      withUnsafeTemporaryAllocation(byteCount: size + MessageInput.collected, alignment: 8) { memory in
        let output = UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
        let collected = UnsafeMutableRawBufferPointer(rebasing: memory[size...])
        var input = MessageInput(context, collecting: collected) { EVP_DigestUpdate($0, $1.baseAddress, $1.count) == 1 }
        var length: UInt32 = 0
        let hasBegun = EVP_DigestInit_ex2(context, Algorithms.shared.digest(self), nil) == 1
        body(&input)
        let isComplete = input.end()
        let hasEnded = EVP_DigestFinal_ex(context, output.baseAddress, &length) == 1
        precondition(hasBegun && isComplete && hasEnded, "OpenSSL cannot compute \(name)")
        return use(UnsafeRawBufferPointer(output))
      }
    }
    guard let result else { preconditionFailure("OpenSSL cannot compute \(name)") }
    return result
  }
}

extension HMACKey {
  /// The HMAC in hexadecimal of the message that `body` appends in pieces.
  public func hex(_ letters: Hex.Case, _ body: (inout MessageInput) -> Void) -> String {
    let result = contexts.withContext { context in
      withUnsafeTemporaryAllocation(byteCount: algorithm.size + MessageInput.collected, alignment: 8) { memory in
        let output = UnsafeMutableRawBufferPointer(rebasing: memory[..<algorithm.size])
        let collected = UnsafeMutableRawBufferPointer(rebasing: memory[algorithm.size...])
        var input = MessageInput(context, collecting: collected) {
          EVP_MAC_update($0, $1.baseAddress?.assumingMemoryBound(to: UInt8.self), $1.count) == 1
        }
        var length = 0
        // Without a key argument, the context is reset and keeps its key.
        let hasBegun = EVP_MAC_init(context, nil, 0, nil) == 1
        body(&input)
        let isComplete = input.end()
        let hasEnded = EVP_MAC_final(context, output.baseAddress, &length, output.count) == 1
        precondition(hasBegun && isComplete && hasEnded, "OpenSSL cannot compute HMAC-\(algorithm.name)")
        return Hex.encode(UnsafeRawBufferPointer(output), letters)
      }
    }
    guard let result else { preconditionFailure("OpenSSL cannot compute HMAC-\(algorithm.name)") }
    return result
  }
}
