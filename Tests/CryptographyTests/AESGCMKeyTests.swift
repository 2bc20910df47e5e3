import Testing

@testable import Cryptography

@Suite("AES-256-GCM")
struct AESGCMKeyTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    var key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    var nonce = "cafebabefacedbaddecaf888"
    var message = ""
    var context = ""
    var ciphertext = ""
    let tag: String
    var testDescription: String { name }
  }

  private static let zeros = String(repeating: "0", count: 64)
  private static let message =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
    + "b16aedf5aa0de657ba637b391aafd255"
  private static let ciphertext =
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
    + "c5f61e6393ba7a0abcc9f662898015ad"

  /// Appendix B of "The Galois/Counter Mode of Operation" by McGrew and Viega: the cases with a key of 256 bits and a
  /// nonce of 96 bits.
  static let vectors = [
    Vector(
      name: "13", key: zeros, nonce: String(zeros.prefix(24)), tag: "530f8afbc74536b9a963b4f1c4cb738b"),
    Vector(
      name: "14", key: zeros, nonce: String(zeros.prefix(24)), message: String(zeros.prefix(32)),
      ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
    Vector(name: "15", message: message, ciphertext: ciphertext, tag: "b094dac5d93471bdec1a502270e3cc6c"),
    Vector(
      name: "16", message: String(message.prefix(120)), context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
      ciphertext: String(ciphertext.prefix(120)), tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
  ]

  @Test("The published test cases", arguments: vectors)
  func published(_ vector: Vector) throws {
    let key = try AESGCMKey(bytes(ofHex: vector.key))
    let (nonce, context) = (bytes(ofHex: vector.nonce), bytes(ofHex: vector.context))
    let message = bytes(ofHex: vector.message)
    let encrypted = try key.encrypt(message, nonce: nonce, context: context)
    #expect(hex(encrypted) == vector.ciphertext + vector.tag)
    #expect(try key.open(nonce + encrypted, context: context) == message)
  }

  @Test("Every changed bit, another context and another key are detected")
  func changes() throws {
    let key = try AESGCMKey([UInt8](repeating: 1, count: 32))
    let sealed = try key.seal(Array("answer".utf8), context: [1])
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: CryptographyError.cannotDecrypt) { try key.open(changed, context: [1]) }
    }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.open(sealed, context: [2]) }
    let other = try AESGCMKey([UInt8](repeating: 2, count: 32))
    #expect(throws: CryptographyError.cannotDecrypt) { try other.open(sealed, context: [1]) }
    for length in 0..<sealed.count {
      #expect(throws: CryptographyError.cannotDecrypt) { try key.open(Array(sealed.prefix(length)), context: [1]) }
    }
    #expect(try key.open(sealed, context: [1]) == Array("answer".utf8))
  }

  @Test("A message that is sealed twice has two nonces and two ciphertexts")
  func nonces() throws {
    let key = try AESGCMKey([UInt8](repeating: 1, count: 32))
    let (first, second) = (try key.seal([1, 2, 3]), try key.seal([1, 2, 3]))
    #expect(first.prefix(12) != second.prefix(12) && first.dropFirst(12) != second.dropFirst(12))
    #expect(try key.open(first) == key.open(second))
  }

  @Test("A key must have 32 bytes", arguments: [0, 16, 24, 31, 33])
  func keyLength(_ length: Int) {
    #expect(throws: CryptographyError.invalidKeySize(bytes: length)) {
      try AESGCMKey([UInt8](repeating: 0, count: length))
    }
  }
}
