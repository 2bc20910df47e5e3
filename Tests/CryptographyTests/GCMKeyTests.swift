import Testing

@testable import Cryptography

@Suite("GCM")
struct GCMKeyTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    var algorithm = GCMKey.Algorithm.aes
    let key: String
    let iv: String
    var message = Vector.longMessage
    var context = Vector.context
    let ciphertext: String
    let tag: String
    var testDescription: String { name }

    static let longMessage =
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
      + "b16aedf5aa0de657ba637b39"
    static let context = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
  }

  private static let key192 = "feffe9928665731c6d6a8f9467308308feffe9928665731c"
  private static let longIV =
    "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b"

  /// Appendix B of "The Galois/Counter Mode of Operation" by McGrew and Viega.
  static let vectors = [
    Vector(
      name: "2: AES-128", key: "00000000000000000000000000000000", iv: "000000000000000000000000",
      message: "00000000000000000000000000000000", context: "", ciphertext: "0388dace60b6a392f328c2b971b2fe78",
      tag: "ab6e47d42cec13bdf53a67b21257bddf"),
    Vector(
      name: "5: AES-128, an initialization vector of 8 bytes", key: "feffe9928665731c6d6a8f9467308308",
      iv: "cafebabefacedbad",
      ciphertext: "61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c742373806900e49f24b22b097544d4896b42"
        + "4989b5e1ebac0f07c23f4598",
      tag: "3612d2e79e3b0785561be14aaca2fccb"),
    Vector(
      name: "6: AES-128, an initialization vector of 60 bytes", key: "feffe9928665731c6d6a8f9467308308", iv: longIV,
      ciphertext: "8ce24998625615b603a033aca13fb894be9112a5c3a211a8ba262a3cca7e2ca701e4a9a4fba43c90ccdcb281d48c7c6f"
        + "d62875d2aca417034c34aee5",
      tag: "619cc5aefffe0bfa462af43c1699d050"),
    Vector(
      name: "10: AES-192", key: key192, iv: "cafebabefacedbaddecaf888",
      ciphertext: "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f47"
        + "18e2448b2fe324d9ccda2710",
      tag: "2519498e80f1478f37ba55bd6d27618c"),
    Vector(
      name: "16: AES-256", key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      iv: "cafebabefacedbaddecaf888",
      ciphertext: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
        + "c5f61e6393ba7a0abcc9f662",
      tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  /// RFC 8998, A.1.
  static let sm4 = Vector(
    name: "SM4", algorithm: .sm4, key: "0123456789abcdeffedcba9876543210", iv: "00001234567800000000abcd",
    message: "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffff"
      + "eeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    ciphertext: "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
      + "a56834cbcf98c397b4024a2691233b8d",
    tag: "83de3541e4c2b58177e065a9bf7b62ec")

  private func check(_ vector: Vector) throws {
    let key = try GCMKey(vector.algorithm, bytes(ofHex: vector.key))
    let (iv, context) = (bytes(ofHex: vector.iv), bytes(ofHex: vector.context))
    let message = bytes(ofHex: vector.message)
    let encrypted = try key.encrypt(message, iv: iv, context: context)
    #expect(hex(encrypted) == vector.ciphertext + vector.tag)
    #expect(try key.decrypt(encrypted, iv: iv, context: context) == message)
    let (ciphertext, tag) = (bytes(ofHex: vector.ciphertext), bytes(ofHex: vector.tag))
    #expect(try key.decrypt(ciphertext, tag: tag, iv: iv, context: context) == message)
  }

  @Test("The published test cases of AES", arguments: vectors)
  func published(_ vector: Vector) throws { try check(vector) }

  @Test("The published example of SM4, if OpenSSL provides it", .enabled(if: GCMKey.isAvailable(.sm4)))
  func publishedSM4() throws { try check(Self.sm4) }

  @Test("SM4 fails if OpenSSL does not provide it", .disabled(if: GCMKey.isAvailable(.sm4)))
  func missingSM4() throws {
    let key = try GCMKey(.sm4, bytes(ofHex: Self.sm4.key))
    let iv = bytes(ofHex: Self.sm4.iv)
    #expect(throws: CryptographyError.failed("encrypt")) { try key.encrypt([1], iv: iv) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt([1], tag: bytes(ofHex: Self.sm4.tag), iv: iv) }
  }

  @Test("A changed ciphertext, tag, context or initialization vector is rejected")
  func changes() throws {
    let key = try GCMKey(.aes, bytes(ofHex: Self.key192))
    let iv = [UInt8](repeating: 1, count: 12)
    let good = try key.encrypt([1, 2, 3], iv: iv, context: [4])
    for place in good.indices {
      var changed = good
      changed[place] ^= 1
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(changed, iv: iv, context: [4]) }
    }
    for length in [0, 1, 15, 16, good.count - 1] {
      #expect(throws: CryptographyError.cannotDecrypt) {
        try key.decrypt(Array(good.prefix(length)), iv: iv, context: [4])
      }
    }
    for length in [0, 4, 12, 15, 17] {
      let tag = [UInt8](repeating: 0, count: length)
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt([1], tag: tag, iv: iv) }
    }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(good, iv: iv, context: [5]) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(good, iv: iv + [0], context: [4]) }
  }

  @Test("An initialization vector has 1 to 64 bytes", arguments: [0, 1, 12, 16, 64, 65])
  func vectorLength(_ length: Int) throws {
    let key = try GCMKey(.aes, bytes(ofHex: Self.key192))
    let iv = [UInt8](repeating: 1, count: length)
    if GCMKey.ivSizes.contains(length) {
      #expect(try key.decrypt(key.encrypt([1], iv: iv), iv: iv) == [1])
    } else {
      #expect(throws: CryptographyError.failed("encrypt")) { try key.encrypt([1], iv: iv) }
    }
  }

  @Test("A key has 16, 24 or 32 bytes for AES and 16 for SM4", arguments: [0, 15, 17, 24, 32, 33])
  func keyLength(_ length: Int) {
    let key = [UInt8](repeating: 0, count: length)
    #expect(throws: CryptographyError.invalidKeySize(bytes: length)) { try GCMKey(.sm4, key) }
    #expect(((try? GCMKey(.aes, key)) != nil) == (length == 24 || length == 32))
  }
}
