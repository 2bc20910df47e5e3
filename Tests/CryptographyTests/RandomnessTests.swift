import Testing

@testable import Cryptography

@Suite("Randomness and comparison")
struct RandomnessTests {
  @Test("As many random bytes come as were asked for", arguments: [0, 1, 16, 100_000])
  func count(_ count: Int) {
    #expect(SecureRandom.bytes(count).count == count)
  }

  @Test("No nonce of sixteen bytes comes twice in ten thousand")
  func different() {
    #expect(Set((0..<10_000).map { _ in SecureRandom.bytes(16) }).count == 10_000)
  }

  @Test("Equal byte strings are equal, and a difference anywhere is seen")
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

  @Test("Byte strings of different lengths are not equal, even where one begins like the other")
  func lengths() {
    #expect(!constantTimeEqual([], [0]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    #expect(!constantTimeEqual([1, 2], [1, 2, 0]))
  }
}
