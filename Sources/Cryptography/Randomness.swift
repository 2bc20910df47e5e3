private import COpenSSL

/// OpenSSL's cryptographically secure random number generator, for keys and nonces.
public enum SecureRandom {
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      precondition(RAND_bytes(output.baseAddress, Int32(count)) == 1, "OpenSSL has no randomness")
      initialized = count
    }
  }
}

/// Whether two byte strings are equal. The run time depends only on the lengths, not on the position of a difference.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  right.withUnsafeBytes { constantTimeEqual(left, $0) }
}

public func constantTimeEqual(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right.baseAddress, left.count) == 0
}
