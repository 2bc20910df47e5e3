import Cryptography

/// Identifiers from OpenSSL's random generator, read in batches: a call for 16 bytes costs as much as one for 2048
/// bytes. Used on one loop only.
struct RandomPool {
  private var bytes: [UInt8] = []
  private var next = 0

  private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
    if next + count > bytes.count {
      bytes = SecureRandom.bytes(2048)
      next = 0
    }
    defer { next += count }
    return bytes[next..<(next + count)]
  }

  /// 32 lower-case hexadecimal digits: 128 bits.
  mutating func identifier() -> String {
    take(16).withUnsafeBytes { Hex.encode($0) }
  }

  mutating func number() -> UInt64 { take(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
