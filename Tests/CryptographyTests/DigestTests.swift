import Testing

@testable import Cryptography

@Suite("Digests")
struct DigestTests {
  /// RFC 1321 A.5, RFC 3174 §7.3 and FIPS 180-2 B.1–B.3.
  static let vectors: [(DigestAlgorithm, String, String)] = [
    (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
    (.md5, "a", "0cc175b9c0f1b6a831c399e269772661"),
    (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
    (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (.md5, "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    (
      .md5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "d174ab98d277d9f5a5611c2c9f419d9f"
    ),
    (.md5, String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (
      .sha1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
    ),
    (.sha1, String(repeating: "01234567", count: 80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"),
    (.sha1, String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      .sha256, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      .sha256, String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
    // FIPS 180-4, examples of NIST.
    (
      .sha384, "abc",
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512, "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
    // GB/T 32905-2016, A.1 and A.2.
    (.sm3, "abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    (
      .sm3, String(repeating: "abcd", count: 16), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    ),
  ]

  @Test("The examples of the RFCs and NIST, as text and as bytes", arguments: vectors)
  func published(_ algorithm: DigestAlgorithm, _ message: String, _ digest: String) {
    #expect(hex(algorithm.hash(message)) == digest)
    #expect(hex(algorithm.hash(Array(message.utf8))) == digest)
  }

  @Test("Lengths around a block agree with Python")
  func lengths() {
    for fixture in Fixtures.list("/digests") {
      let message = (0..<(fixture["length"]?.int ?? 0)).map { UInt8($0 % 251) }
      #expect(hex(fixture.digest("algorithm").hash(message)) == fixture.text("digest"))
    }
  }

  @Test("A message in pieces has the digest of the complete message", arguments: vectors, [1, 7, 511, 512, 513, 5000])
  func pieces(_ vector: (algorithm: DigestAlgorithm, message: String, digest: String), _ length: Int) {
    let bytes = Array(vector.message.utf8)
    let digest = vector.algorithm.hex(.lower) { input in
      // Pieces of different lengths, so that each length occurs with every fill level of the buffer.
      var (start, next) = (0, length)
      while start < bytes.count {
        let end = min(start + next, bytes.count)
        input.append(Array(bytes[start..<end]))
        input.append("")
        (start, next) = (end, next == length ? 100 : length)
      }
    }
    #expect(digest == vector.digest)
  }

  @Test("A digest has the size of its algorithm", arguments: DigestAlgorithm.allCases)
  func sizes(_ algorithm: DigestAlgorithm) {
    #expect(algorithm.hash("numgate").count == algorithm.size)
  }

  @Test("Digests of concurrent tasks are correct")
  func concurrent() async {
    let wrong = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<16 {
        group.addTask { @concurrent in
          (0..<200).count {
            let (algorithm, message, digest) = DigestTests.vectors[$0 % 10]
            return hex(algorithm.hash(message)) != digest
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
