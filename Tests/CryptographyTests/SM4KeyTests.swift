import Testing

@testable import Cryptography

@Suite("SM4 keys") struct SM4KeyTests {
  private static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex) ?? [] }
  private static let key = bytes("0123456789abcdeffedcba9876543210")

  /// GB/T 32907-2016, A.1: the first block. The padding block was computed with `openssl enc -sm4-ecb`.
  @Test("The example of the standard") func example() throws {
    let key = try SM4Key(Self.key)
    let ciphertext = try key.encrypt(Self.key, .ecb)
    #expect(Hex.encode(ciphertext).hasPrefix("681edf34d206965e86b3e94f536e4246"))
    #expect(ciphertext.count == 32)
    #expect(try key.decrypt(ciphertext, .ecb) == Self.key)
  }

  /// `printf 13800000000 | openssl enc -sm4-cbc -K 0123456789abcdeffedcba9876543210 -iv 000102030405060708090a0b0c0d0e0f`
  @Test("A ciphertext of openssl") func openssl() throws {
    let key = try SM4Key(Self.key)
    let iv = Self.bytes("000102030405060708090a0b0c0d0e0f")
    let ciphertext = try key.encrypt(Array("13800000000".utf8), .cbc(iv: iv))
    #expect(Hex.encode(ciphertext) == "9a6beb43162615929289bcc39bc61ce7")
    #expect(try key.decrypt(ciphertext, .cbc(iv: iv)) == Array("13800000000".utf8))
  }

  @Test("A key must have 16 bytes, and a changed ciphertext has a wrong padding") func errors() throws {
    #expect(throws: CryptographyError.invalidKeySize(bytes: 15)) { try SM4Key([UInt8](repeating: 0, count: 15)) }
    let key = try SM4Key(Self.key)
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt([1, 2, 3], .ecb) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(Self.key, .cbc(iv: [0])) }
    #expect("\(key)" == "SM4 key")
  }
}
