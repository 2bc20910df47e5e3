private import COpenSSL

/// OpenSSL's random number generator, fit for keys and nonces.
public enum SecureRandom {
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      precondition(RAND_bytes(output.baseAddress, Int32(count)) == 1, "OpenSSL has no randomness")
      initialized = count
    }
  }
}

/// Whether two byte strings are equal, in a time that does not tell where they differ (their lengths are no secret).
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  right.withUnsafeBytes { constantTimeEqual(left, $0) }
}

public func constantTimeEqual(_ left: [UInt8], _ right: UnsafeRawBufferPointer) -> Bool {
  left.count == right.count && CRYPTO_memcmp(left, right.baseAddress, left.count) == 0
}
