private import COpenSSL

/// A key for HMAC (RFC 2104). Its context is prepared once for each thread.
public struct HMACKey: Sendable {
  public let algorithm: DigestAlgorithm
  let contexts: PerThread

  public init(_ algorithm: DigestAlgorithm, key: [UInt8]) {
    self.algorithm = algorithm
    contexts = PerThread(
      make: { numgate_hmac_new(algorithm.name, key, key.count) }, free: { EVP_MAC_CTX_free($0) })
  }

  public init(_ algorithm: DigestAlgorithm, key: String) {
    self.init(algorithm, key: Array(key.utf8))
  }

  public func authenticate(_ message: [UInt8]) -> [UInt8] {
    message.withUnsafeBytes { authenticate(bytes: $0) }
  }

  public func authenticate(_ message: String) -> [UInt8] {
    var message = message
    return message.withUTF8 { authenticate(bytes: UnsafeRawBufferPointer($0)) }
  }

  private func authenticate(bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let tag = contexts.withContext { context in
      [UInt8](unsafeUninitializedCapacity: algorithm.size) { output, count in
        // Without a key argument, the context is reset and keeps its key.
        let done =
          EVP_MAC_init(context, nil, 0, nil) == 1
          && EVP_MAC_update(context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count) == 1
          && EVP_MAC_final(context, output.baseAddress, &count, algorithm.size) == 1
        precondition(done, "OpenSSL cannot compute HMAC-\(algorithm.name)")
      }
    }
    guard let tag else { preconditionFailure("OpenSSL cannot compute HMAC-\(algorithm.name)") }
    return tag
  }
}

extension HMACKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "HMAC-\(algorithm.name) key" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
