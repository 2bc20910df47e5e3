import Testing

@testable import Cryptography

@Suite("RSA with PSS and OAEP")
struct RSAPaddingTests {
  private static let digests: [(digest: DigestAlgorithm, name: String)] = [(.sha1, "sha1"), (.sha256, "sha256")]

  @Test("openssl verifies PSS signatures, and its signatures are valid", arguments: RSAUseTests.pairs)
  func pss(_ pair: RSAUseTests.Pair) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(pair.privatePEM.utf8), to: "key.pem")
    let publicPath = try folder.write(Array(pair.publicPEM.utf8), to: "public.pem")
    let input = try folder.write(Array("13800000000".utf8), to: "message")
    let key = try RSAPrivateKey(pair.privatePEM, signatures: .pss)
    let publicKey = try RSAPublicKey(pair.publicPEM, signatures: .pss)
    for (digest, name) in Self.digests {
      let options = "dgst -\(name) -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"
      let signature = try key.sign("13800000000", digest)
      let file = try folder.write(signature, to: "signature")
      #expect(openssl("\(options) -verify \(publicPath) -signature \(file) \(input)"))
      try #require(openssl("\(options) -sign \(path) -out \(folder.path)/foreign \(input)"))
      let foreign = readFile(at: folder.path + "/foreign")
      #expect(publicKey.verify(foreign, of: "13800000000", digest))
      #expect(!publicKey.verify(foreign, of: "13800000001", digest))
      #expect(!(try RSAPublicKey(pair.publicPEM).verify(foreign, of: "13800000000", digest)))
    }
  }

  @Test("openssl decrypts each OAEP block, and its ciphertexts are decrypted", arguments: RSAUseTests.pairs, digests)
  func oaep(_ pair: RSAUseTests.Pair, _ digest: (digest: DigestAlgorithm, name: String)) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(pair.privatePEM.utf8), to: "key.pem")
    let key = try RSAPrivateKey(pair.privatePEM, encryption: .oaep(digest.digest))
    let publicKey = try RSAPublicKey(pair.publicPEM, encryption: .oaep(digest.digest))
    let message = (0..<300).map { UInt8($0 & 255) }
    let ciphertext = try publicKey.encrypt(message)
    #expect(try key.decrypt(ciphertext) == message)
    let options =
      "-inkey \(path) -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:\(digest.name)"
      + " -pkeyopt rsa_mgf1_md:\(digest.name)"
    var plain: [UInt8] = []
    for start in stride(from: 0, to: ciphertext.count, by: key.size) {
      let block = try folder.write(Array(ciphertext[start..<(start + key.size)]), to: "block")
      try #require(openssl("pkeyutl -decrypt \(options) -in \(block) -out \(folder.path)/plain"))
      plain += readFile(at: folder.path + "/plain")
    }
    #expect(plain == message)
    let input = try folder.write([1, 2, 3], to: "message")
    try #require(openssl("pkeyutl -encrypt \(options) -in \(input) -out \(folder.path)/foreign"))
    let foreign = readFile(at: folder.path + "/foreign")
    #expect(try key.decrypt(foreign) == [1, 2, 3])
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(Array(foreign.dropLast())) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(foreign.reversed()) }
    let other = digest.digest == .sha1 ? DigestAlgorithm.sha256 : .sha1
    #expect(throws: CryptographyError.cannotDecrypt) {
      try RSAPrivateKey(pair.privatePEM, encryption: .oaep(other)).decrypt(foreign)
    }
  }

  @Test("A key of 1024 bits is too short for PSS with SHA-512")
  func tooShort() throws {
    let pair = RSAUseTests.pairs[0]
    let error = CryptographyError.keyTooShort(bits: 1024, scheme: "PSS with SHA512")
    let key = try RSAPrivateKey(pair.privatePEM, signatures: .pss)
    try key.requireLength(for: .sha384)
    #expect(throws: error) { try key.requireLength(for: .sha512) }
    #expect(throws: error) { try RSAPublicKey(pair.publicPEM, signatures: .pss).requireLength(for: .sha512) }
    #expect(throws: CryptographyError.failed("sign")) { try key.sign("x", .sha512) }
    try RSAPrivateKey(pair.privatePEM).requireLength(for: .sha512)
    #expect(throws: CryptographyError.keyTooShort(bits: 1024, scheme: "OAEP")) {
      try RSAPublicKey(pair.publicPEM, encryption: .oaep(.sha512))
    }
  }
}
