import JSON
import Testing

@testable import Cryptography

@Suite("DES")
struct DESKeyTests {
  private static let iv = Array("00000000".utf8)

  /// The example of FIPS 81, table C1, with padding, which the table does not include.
  @Test("The example of FIPS 81, with an additional block of padding")
  func published() throws {
    let key = try DESKey(bytes(ofHex: "0123456789abcdef"))
    let iv = bytes(ofHex: "1234567890abcdef")
    let plain = Array("Now is the time for all ".utf8)
    let output = try key.encrypt(plain, iv: iv)
    #expect(hex(Array(output.prefix(24))) == "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")
    #expect(output.count == 32)
    #expect(try key.decrypt(output, iv: iv) == plain)
  }

  /// `specs/other-vendors.md` §6.
  @Test("A number encrypted by MobTech is decrypted, and encrypted to the same text")
  func mobTech() throws {
    let key = try DESKey(Array("secret00".utf8))
    let ciphertext = try #require(Base64.decode("6Uu7gXF/3+X/pmNTWM4TK+nL0QguzwL3"))
    let plain = Array(#"{"phone":"13800000000"}"#.utf8)
    #expect(try key.decrypt(ciphertext, iv: DESKeyTests.iv) == plain)
    #expect(try key.encrypt(plain, iv: DESKeyTests.iv) == ciphertext)
  }

  @Test("All lengths are encrypted and decrypted like by openssl's single DES")
  func lengths() throws {
    for fixture in Fixtures.list("/des/whole") {
      let key = try DESKey(fixture.bytes("key"))
      let iv = fixture.bytes("iv")
      #expect(hex(try key.encrypt(fixture.bytes("message"), iv: iv)) == fixture.text("ciphertext"))
      #expect(try key.decrypt(fixture.bytes("ciphertext"), iv: iv) == fixture.bytes("message"))
    }
  }

  @Test("Wrong padding is rejected")
  func padding() throws {
    for fixture in Fixtures.list("/des/broken") {
      let key = try DESKey(fixture.bytes("key"))
      #expect(throws: CryptographyError.cannotDecrypt, "\(fixture.text("name"))") {
        try key.decrypt(fixture.bytes("ciphertext"), iv: fixture.bytes("iv"))
      }
    }
  }

  @Test("A ciphertext with an incomplete block is rejected", arguments: [0, 1, 7, 9, 15, 17])
  func partialBlocks(_ length: Int) throws {
    let key = try DESKey(Array("secret00".utf8))
    #expect(throws: CryptographyError.cannotDecrypt) {
      try key.decrypt([UInt8](repeating: 7, count: length), iv: DESKeyTests.iv)
    }
  }

  @Test("An initialisation vector of another length is rejected", arguments: [0, 1, 7, 9, 16])
  func vectorLength(_ length: Int) throws {
    let key = try DESKey(Array("secret00".utf8))
    let iv = [UInt8](repeating: 0, count: length)
    #expect(throws: CryptographyError.failed("encrypt")) { try key.encrypt([1, 2, 3], iv: iv) }
    #expect(throws: CryptographyError.cannotDecrypt) {
      try key.decrypt([UInt8](repeating: 7, count: 16), iv: iv)
    }
  }

  @Test("A key must have 8 bytes", arguments: [0, 1, 7, 9, 16, 24])
  func keyLength(_ length: Int) {
    #expect(throws: CryptographyError.invalidKeySize(bytes: length)) {
      try DESKey([UInt8](repeating: 0, count: length))
    }
  }

  @Test("A key is not printed")
  func description() throws {
    let key = try DESKey(Array("secret00".utf8))
    #expect("\(key)" == "DES key")
    #expect(Mirror(reflecting: key).children.isEmpty)
  }
}
