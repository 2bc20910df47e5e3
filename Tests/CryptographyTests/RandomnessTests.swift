import Testing

@testable import Cryptography

@Suite("Randomness and comparison")
struct RandomnessTests {
  @Test("The requested number of random bytes is returned", arguments: [0, 1, 16, 100_000])
  func count(_ count: Int) {
    #expect(SecureRandom.bytes(count).count == count)
  }

  @Test("Ten thousand nonces of sixteen bytes are all different")
  func different() {
    #expect(Set((0..<10_000).map { _ in SecureRandom.bytes(16) }).count == 10_000)
  }

  @Test("Equal byte strings are equal, and a difference at any position is detected")
  func comparison() {
    let bytes = (0..<64).map { UInt8($0) }
    #expect(constantTimeEqual([], []))
    #expect(constantTimeEqual(bytes, Array(bytes)))
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 0x80
      #expect(!constantTimeEqual(bytes, other))
      #expect(!constantTimeEqual(other, bytes))
    }
  }

  @Test("Byte strings of different lengths are not equal, even if one is a prefix of the other")
  func lengths() {
    #expect(!constantTimeEqual([], [0]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    #expect(!constantTimeEqual([1, 2], [1, 2, 0]))
  }
}
