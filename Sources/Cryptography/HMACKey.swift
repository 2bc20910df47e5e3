private import COpenSSL

/// A key for HMAC (RFC 2104), prepared once for each thread that uses it and never shared between threads.
public final class HMACKey: @unchecked Sendable {
  private static let slots = 32

  public let algorithm: DigestAlgorithm
  private let key: [UInt8]
  /// One keyed context per thread slot; each thread touches its own place only.
  private let contexts: UnsafeMutablePointer<OpaquePointer?>

  public init(_ algorithm: DigestAlgorithm, key: [UInt8]) {
    self.algorithm = algorithm
    self.key = key
    contexts = .allocate(capacity: HMACKey.slots)
    contexts.initialize(repeating: nil, count: HMACKey.slots)
  }

  public convenience init(_ algorithm: DigestAlgorithm, key: String) {
    self.init(algorithm, key: Array(key.utf8))
  }

  deinit {
    for slot in 0..<HMACKey.slots { EVP_MAC_CTX_free(contexts[slot]) }
    contexts.deallocate()
  }

  public func authenticate(_ message: [UInt8]) -> [UInt8] {
    message.withUnsafeBytes { authenticate(bytes: $0) }
  }

  public func authenticate(_ message: String) -> [UInt8] {
    var message = message
    return message.withUTF8 { authenticate(bytes: UnsafeRawBufferPointer($0)) }
  }

  private func authenticate(bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let slot = Int(numgate_thread_slot(Int32(HMACKey.slots)))
    guard slot >= 0 else {
      let context = newContext()
      defer { EVP_MAC_CTX_free(context) }
      return finish(context, bytes)
    }
    if let context = contexts[slot] {
      // No key: the context goes back to its keyed start.
      precondition(EVP_MAC_init(context, nil, 0, nil) == 1, "OpenSSL cannot restart HMAC")
      return finish(context, bytes)
    }
    let context = newContext()
    contexts[slot] = context
    return finish(context, bytes)
  }

  private func newContext() -> OpaquePointer {
    guard let context = numgate_hmac_new(algorithm.name, key, key.count) else {
      preconditionFailure("OpenSSL cannot compute HMAC-\(algorithm.name)")
    }
    return context
  }

  private func finish(_ context: OpaquePointer, _ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: algorithm.size) { output, count in
      var length = 0
      let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let done =
        EVP_MAC_update(context, start, bytes.count) == 1
        && EVP_MAC_final(context, output.baseAddress, &length, algorithm.size) == 1
      precondition(done, "OpenSSL cannot compute HMAC-\(algorithm.name)")
      count = length
    }
  }
}
