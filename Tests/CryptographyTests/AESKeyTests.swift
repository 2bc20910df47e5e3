import JSON
import Testing

@testable import Cryptography

@Suite("AES")
struct AESKeyTests {
  private static let iv = bytes(ofHex: "000102030405060708090a0b0c0d0e0f")
  private static let key128 = bytes(ofHex: "2b7e151628aed2a6abf7158809cf4f3c")
  private static let key192 = bytes(ofHex: "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b")
  private static let key256 = bytes(ofHex: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
  private static let plain = bytes(
    ofHex: """
      6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51
      30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710
      """)

  /// NIST SP 800-38A F.1.1, F.1.3, F.1.5, F.2.1, F.2.3 and F.2.5.
  static let vectors: [(key: [UInt8], mode: AESKey.Mode, ciphertext: String)] = [
    (
      key128, .ecb,
      "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
        + "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"
    ),
    (
      key192, .ecb,
      "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
        + "ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e"
    ),
    (
      key192, .cbc(iv: iv),
      "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
        + "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"
    ),
    (
      key256, .ecb,
      "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
        + "b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7"
    ),
    (
      key128, .cbc(iv: iv),
      "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
        + "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"
    ),
    (
      key256, .cbc(iv: iv),
      "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
        + "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"
    ),
  ]

  private func mode(_ fixture: JSONValue) -> AESKey.Mode {
    let iv = fixture.bytes("iv")
    return iv.isEmpty ? .ecb : .cbc(iv: iv)
  }

  @Test("NIST's examples, with an additional block of padding", arguments: vectors)
  func published(_ key: [UInt8], _ mode: AESKey.Mode, _ ciphertext: String) throws {
    let key = try AESKey(key)
    let output = try key.encrypt(AESKeyTests.plain, mode)
    #expect(hex(Array(output.prefix(64))) == ciphertext)
    #expect(output.count == 80)
    #expect(try key.decrypt(output, mode) == AESKeyTests.plain)
  }

  @Test("All lengths are encrypted and decrypted like in Python")
  func lengths() throws {
    for fixture in Fixtures.list("/aes/whole") {
      let key = try AESKey(fixture.bytes("key"))
      #expect(hex(try key.encrypt(fixture.bytes("message"), mode(fixture))) == fixture.text("ciphertext"))
      #expect(try key.decrypt(fixture.bytes("ciphertext"), mode(fixture)) == fixture.bytes("message"))
    }
  }

  @Test("Wrong padding is rejected")
  func padding() throws {
    for fixture in Fixtures.list("/aes/broken") {
      let key = try AESKey(fixture.bytes("key"))
      #expect(throws: CryptographyError.cannotDecrypt, "\(fixture.text("name"))") {
        try key.decrypt(fixture.bytes("ciphertext"), mode(fixture))
      }
    }
  }

  @Test("A ciphertext with an incomplete block is rejected", arguments: [0, 1, 15, 17, 31, 33])
  func partialBlocks(_ length: Int) throws {
    let key = try AESKey(AESKeyTests.key128)
    let ciphertext = [UInt8](repeating: 7, count: length)
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(ciphertext, .ecb) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(ciphertext, .cbc(iv: AESKeyTests.iv)) }
  }

  @Test("An initialisation vector of another length is rejected", arguments: [0, 1, 15, 17, 32])
  func vectorLength(_ length: Int) throws {
    let key = try AESKey(AESKeyTests.key256)
    let mode = AESKey.Mode.cbc(iv: [UInt8](repeating: 0, count: length))
    #expect(throws: CryptographyError.failed("encrypt")) { try key.encrypt(AESKeyTests.plain, mode) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(AESKeyTests.plain, mode) }
  }

  @Test("A key must have 16, 24 or 32 bytes", arguments: [0, 1, 15, 17, 23, 25, 31, 33, 64])
  func keyLength(_ length: Int) {
    #expect(throws: CryptographyError.invalidKeySize(bytes: length)) {
      try AESKey([UInt8](repeating: 0, count: length))
    }
  }
}
