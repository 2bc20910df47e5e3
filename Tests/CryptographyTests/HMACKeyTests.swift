import Glibc
import JSON
import Testing

@testable import Cryptography

@Suite("HMAC")
struct HMACKeyTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let algorithm: DigestAlgorithm
    let key: [UInt8]
    let message: [UInt8]
    let tag: String

    init(_ name: String, _ algorithm: DigestAlgorithm, _ key: [UInt8], _ message: [UInt8], _ tag: String) {
      self.name = name
      self.algorithm = algorithm
      self.key = key
      self.message = message
      self.tag = tag
    }

    var testDescription: String { name }
  }

  private static func times(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }
  private static let larger = "Test Using Larger Than Block-Size Key"
  private static let counting = bytes(ofHex: "0102030405060708090a0b0c0d0e0f10111213141516171819")

  /// RFC 2202 §2 and §3, RFC 4231 §4.2–4.8 (without case 5, which truncates the tag).
  static let vectors: [Vector] = [
    Vector("RFC 2202 MD5 1", .md5, times(0x0b, 16), Array("Hi There".utf8), "9294727a3638bb1c13f48ef8158bfc9d"),
    Vector(
      "RFC 2202 MD5 2", .md5, Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "750c783e6ab0b503eaa86e310a5db738"),
    Vector("RFC 2202 MD5 3", .md5, times(0xaa, 16), times(0xdd, 50), "56be34521d144c88dbb8c733f0e8b3f6"),
    Vector("RFC 2202 MD5 4", .md5, counting, times(0xcd, 50), "697eaf0aca3a3aea3a75164746ffaa79"),
    Vector(
      "RFC 2202 MD5 6", .md5, times(0xaa, 80), Array((larger + " - Hash Key First").utf8),
      "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
    Vector(
      "RFC 2202 SHA1 1", .sha1, times(0x0b, 20), Array("Hi There".utf8), "b617318655057264e28bc0b6fb378c8ef146be00"),
    Vector(
      "RFC 2202 SHA1 2", .sha1, Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    Vector("RFC 2202 SHA1 3", .sha1, times(0xaa, 20), times(0xdd, 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
    Vector("RFC 2202 SHA1 4", .sha1, counting, times(0xcd, 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
    Vector(
      "RFC 2202 SHA1 6", .sha1, times(0xaa, 80), Array((larger + " - Hash Key First").utf8),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
    Vector(
      "RFC 4231 1", .sha256, times(0x0b, 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Vector(
      "RFC 4231 2", .sha256, Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Vector(
      "RFC 4231 3", .sha256, times(0xaa, 20), times(0xdd, 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Vector(
      "RFC 4231 4", .sha256, counting, times(0xcd, 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Vector(
      "RFC 4231 6", .sha256, times(0xaa, 131), Array((larger + " - Hash Key First").utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
  ]

  @Test("The examples of the RFCs", arguments: vectors)
  func published(_ vector: Vector) {
    #expect(hex(HMACKey(vector.algorithm, key: vector.key).authenticate(vector.message)) == vector.tag)
  }

  @Test("A message in pieces has the tag of the complete message", arguments: vectors)
  func pieces(_ vector: Vector) {
    let tag = HMACKey(vector.algorithm, key: vector.key).hex(.lower) { input in
      for byte in vector.message { input.append([byte]) }
    }
    #expect(tag == vector.tag)
  }

  @Test("Empty, short, block-sized and long keys agree with Python, on first and second use")
  func keyLengths() {
    for fixture in Fixtures.list("/hmacs") {
      let key = HMACKey(fixture.digest("algorithm"), key: fixture.bytes("key"))
      let message = fixture.bytes("message")
      #expect(hex(key.authenticate(message)) == fixture.text("tag"))
      #expect(hex(key.authenticate(message)) == fixture.text("tag"))
    }
  }

  @Test("A key as text is its UTF-8")
  func textKey() {
    let key = HMACKey(.sha256, key: "Jefe")
    #expect(
      hex(key.authenticate("what do ya want for nothing?"))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test("Ten thousand messages with one key do not influence each other")
  func reuse() {
    let vectors = HMACKeyTests.vectors.filter { $0.key == HMACKeyTests.counting }
    let keys = vectors.map { HMACKey($0.algorithm, key: $0.key) }
    let noise = (0..<300).map { UInt8($0 & 255) }
    var wrong = 0
    for round in 0..<10_000 {
      let index = round % vectors.count
      _ = keys[index].authenticate(Array(noise.prefix(round % 300)))
      if hex(keys[index].authenticate(vectors[index].message)) != vectors[index].tag { wrong += 1 }
    }
    #expect(wrong == 0)
  }

  /// More threads than slots for contexts, so that both code paths are tested.
  @Test("One key is usable on a hundred threads, each with a hundred messages")
  func threads() {
    final class Work: Sendable {
      let keys = HMACKeyTests.vectors.map { HMACKey($0.algorithm, key: $0.key) }

      func wrongTags() -> Int {
        (0..<100).count { round in
          let vector = HMACKeyTests.vectors[round % keys.count]
          return hex(keys[round % keys.count].authenticate(vector.message)) != vector.tag
        }
      }
    }
    let work = Work()
    let threads = (0..<100).map { _ in
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(work).toOpaque()
      let result = pthread_create(
        &thread, nil,
        { argument in
          let work = Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue()
          return UnsafeMutableRawPointer(bitPattern: work.wrongTags())
        }, argument)
      precondition(result == 0, "no thread")
      return thread
    }
    for thread in threads {
      var wrong: UnsafeMutableRawPointer?
      pthread_join(thread, &wrong)
      #expect(Int(bitPattern: wrong) == 0)
    }
  }
}
