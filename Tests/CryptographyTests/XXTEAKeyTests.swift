import Testing

@testable import Cryptography

@Suite("XXTEA")
struct XXTEAKeyTests {
  struct Vector: Sendable {
    let message: [UInt8]
    var key = Array("0123456789abcdef".utf8)
    let ciphertext: String
  }

  /// Computed with the PyPI package xxtea-py 1.0.3.
  static let vectors = [
    Vector(message: Array("a".utf8), ciphertext: "5b218b7473eeecb6"),
    Vector(message: Array("abcd".utf8), ciphertext: "4f899b071e20367b"),
    Vector(message: Array("abcde".utf8), ciphertext: "898bb63981aca71890458f78"),
    Vector(message: Array("13800000000 甲".utf8), ciphertext: "96780595836b7f124b37b6f37c5b9d42dbe01626"),
    Vector(message: Array("hello".utf8), key: Array("kkkkkkkkkkkkkkkk".utf8), ciphertext: "14f3ddce0b210f109784f183"),
    Vector(
      message: (0..<200).map { UInt8($0) }, key: Array("key".utf8),
      ciphertext: "0f6c21bcb21615360c817b204b81e7a8cccce6fcb1202c6af10ba68ffb00f9a71a336ca88e2717799c725fcaf99cb802"
        + "96f876b2cd3cfae86a44e3e211f95d3b6e139bd5c77202dc8c5b0498c1a9e2ed1ec2c5346b1ccc8a86303313f4696b6e"
        + "84d61d16174ef1b5a24cd17a04a46e4b59b6e8862062dccc3600959ac750998561470cdbe17233e9c4ed3d5046b93892"
        + "37a8ecf0c0c01421f3a9372c597755f6418b9657e4c877b75f05fa351ba4810e3facc88c0398a30541f9f2f0d4726850"
        + "bc11a9b47f9095017c4bf9f2"),
  ]

  @Test("Ciphertexts are equal to those of the library of xxtea.org", arguments: vectors)
  func known(_ vector: Vector) throws {
    let key = try XXTEAKey(vector.key)
    #expect(hex(key.encrypt(vector.message)) == vector.ciphertext)
    #expect(try key.decrypt(bytes(ofHex: vector.ciphertext)) == vector.message)
  }

  @Test("An empty message has an empty ciphertext")
  func empty() throws {
    let key = try XXTEAKey([1])
    #expect(key.encrypt([]).isEmpty)
    #expect(try key.decrypt([]).isEmpty)
  }

  @Test("A truncated ciphertext and another key are rejected")
  func rejected() throws {
    let good = bytes(ofHex: Self.vectors[3].ciphertext)
    let key = try XXTEAKey(Self.vectors[3].key)
    for length in 1..<good.count {
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(Array(good.prefix(length))) }
    }
    #expect(throws: CryptographyError.cannotDecrypt) { try XXTEAKey([1, 2, 3]).decrypt(good) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt([UInt8](repeating: 0xff, count: 8)) }
  }

  @Test("A key has 1 to 16 bytes, and a shorter key is padded with zeros", arguments: [0, 1, 15, 16, 17])
  func keyLength(_ length: Int) throws {
    let key = [UInt8](repeating: 7, count: length)
    guard (1...16).contains(length) else {
      #expect(throws: CryptographyError.invalidKeySize(bytes: length)) { try XXTEAKey(key) }
      return
    }
    let padded = try XXTEAKey(key + [UInt8](repeating: 0, count: 16 - length))
    #expect(try XXTEAKey(key).encrypt([1]) == padded.encrypt([1]))
  }
}
