import Testing

@testable import Cryptography

/// A new key pair of the openssl command, in a temporary folder.
private struct CurvePair {
  let folder: TemporaryFolder
  let privatePEM: String
  let publicPEM: String

  init(_ curve: String) throws {
    folder = try TemporaryFolder()
    privatePEM = folder.path + "/key.pem"
    publicPEM = folder.path + "/public.pem"
    try #require(openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:\(curve) -out \(privatePEM)"))
    try #require(openssl("pkey -in \(privatePEM) -pubout -out \(publicPEM)"))
  }

  func text(_ path: String) -> String { String(decoding: readFile(at: path), as: UTF8.self) }

  func der(_ options: String) throws -> [UInt8] {
    try #require(openssl("pkey -in \(privatePEM) \(options) -outform DER -out \(folder.path)/key.der"))
    return readFile(at: folder.path + "/key.der")
  }
}

@Suite("SM2")
struct SM2KeyTests {
  /// GB/T 32918.5-2017, A.2 and C.2: a key, a signature of "message digest" and a ciphertext.
  private static let privateKey = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"
  private static let publicKey =
    "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    + "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
  private static let message = Array("message digest".utf8)
  private static let r = "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
  private static let s = "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
  /// The point, without the prefix 04. Its coordinate x begins with the same byte.
  private static let c1 =
    "04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73"
    + "e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0"
  private static let c2 = "21886ca989ca9c7d58087307ca93092d651efa"
  private static let c3 = "59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766"

  @Test("The signature in the standard's example is valid; changed ones are not")
  func published() throws {
    let signature = bytes(ofHex: Self.r + Self.s)
    let der = bytes(ofHex: "3046022100" + Self.r + "022100" + Self.s)
    for text in [Self.publicKey, "04" + Self.publicKey, Self.publicKey.uppercased()] {
      let key = try SM2PublicKey(text)
      #expect(key.verify(signature, of: Self.message))
      #expect(key.verify(der, of: Self.message))
      #expect(!key.verify(der, of: Self.message, identifier: "1234567812345679"))
      #expect(!key.verify(der, of: Self.message + [0]))
      #expect(!key.verify(Array(der.dropLast()), of: Self.message))
      #expect(!key.verify([], of: Self.message))
      #expect(!key.verify(signature.reversed(), of: Self.message))
      #expect(!key.verify([UInt8](repeating: 0, count: 64), of: Self.message))
    }
  }

  @Test("The ciphertext in the standard's example is decrypted in both orders, with the prefix 04 and without it")
  func publishedCiphertext() throws {
    let key = try SM2PrivateKey(Self.privateKey)
    let expected = Array("encryption standard".utf8)
    for prefix in ["04", ""] {
      let point = prefix + Self.c1
      #expect(try key.decrypt(bytes(ofHex: point + Self.c3 + Self.c2), .c1c3c2) == expected)
      #expect(try key.decrypt(bytes(ofHex: point + Self.c2 + Self.c3), .c1c2c3) == expected)
    }
    let good = bytes(ofHex: "04" + Self.c1 + Self.c3 + Self.c2)
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(good, .c1c2c3) }
    #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(good, .asn1) }
    for length in [0, 1, 64, 65, 96, 97, good.count - 1] {
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(Array(good.prefix(length)), .c1c3c2) }
    }
    for place in good.indices {
      var changed = good
      changed[place] ^= 1
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(changed, .c1c3c2) }
    }
  }

  @Test(
    "openssl verifies signatures in both forms, and its signatures are valid", arguments: ["1234567812345678", "甲"])
  func signatures(_ identifier: String) throws {
    let pair = try CurvePair("sm2")
    let path = pair.folder.path
    let message = Array("13800000000".utf8)
    let key = try SM2PrivateKey(pair.text(pair.privatePEM))
    let publicKey = try SM2PublicKey(pair.text(pair.publicPEM))
    let input = try pair.folder.write(message, to: "message")
    let options = "-rawin -digest sm3 -pkeyopt 'distid:\(identifier)' -in \(input)"
    let signature = try key.sign(message, identifier: identifier)
    let file = try pair.folder.write(signature, to: "signature")
    #expect(openssl("pkeyutl -verify -pubin -inkey \(pair.publicPEM) \(options) -sigfile \(file)"))
    let raw = try key.sign(message, identifier: identifier, .raw)
    #expect(raw.count == 64)
    let converted = try pair.folder.write(CurveSignatureForm.der(of: raw), to: "signature")
    #expect(openssl("pkeyutl -verify -pubin -inkey \(pair.publicPEM) \(options) -sigfile \(converted)"))
    try #require(openssl("pkeyutl -sign -inkey \(pair.privatePEM) \(options) -out \(path)/foreign"))
    #expect(publicKey.verify(readFile(at: path + "/foreign"), of: message, identifier: identifier))
  }

  @Test("openssl decrypts ciphertexts, and its ciphertexts are decrypted", arguments: [1, 11, 32, 1000])
  func ciphertexts(_ length: Int) throws {
    let pair = try CurvePair("sm2")
    let path = pair.folder.path
    let message = (0..<length).map { UInt8($0 % 251) }
    let key = try SM2PrivateKey(pair.text(pair.privatePEM))
    let publicKey = try SM2PublicKey(pair.text(pair.publicPEM))
    for order in SM2CiphertextOrder.allCases {
      let ciphertext = try publicKey.encrypt(message, order)
      if order != .asn1 { #expect(ciphertext.first == 0x04 && ciphertext.count == 97 + length) }
      #expect(try key.decrypt(ciphertext, order) == message)
      let asn1 = try #require(order.asn1(of: ciphertext, hasPrefix: order != .asn1))
      let file = try pair.folder.write(asn1, to: "ciphertext")
      try #require(openssl("pkeyutl -decrypt -inkey \(pair.privatePEM) -in \(file) -out \(path)/plain"))
      #expect(readFile(at: path + "/plain") == message)
    }
    let input = try pair.folder.write(message, to: "message")
    try #require(openssl("pkeyutl -encrypt -pubin -inkey \(pair.publicPEM) -in \(input) -out \(path)/foreign"))
    #expect(try key.decrypt(readFile(at: path + "/foreign"), .asn1) == message)
    #expect(throws: CryptographyError.failed("encrypt")) { try publicKey.encrypt([], .c1c3c2) }
  }

  @Test("A key can be PEM, Base64 or hexadecimal")
  func forms() throws {
    let pair = try CurvePair("sm2")
    let pkcs8 = try pair.der("")
    let x509 = try pair.der("-pubout")
    let publicKey = try SM2PublicKey(Base64.encode(x509))
    // The number follows the prefix of PKCS#8 at a fixed position.
    let number = try #require(pkcs8.firstRange(of: [0x02, 0x01, 0x01, 0x04, 0x20]).map { $0.upperBound })
    let digits = hex(Array(pkcs8[number..<(number + 32)]))
    for text in [pair.text(pair.privatePEM), Base64.encode(pkcs8), digits, " \(digits.uppercased())\n"] {
      #expect(publicKey.verify(try SM2PrivateKey(text).sign([1]), of: [1]))
    }
    let signature = try SM2PrivateKey(digits).sign([1])
    for text in [pair.text(pair.publicPEM), Base64.encode(x509), hex(Array(x509.suffix(64))), hex(x509.suffix(65))] {
      #expect(try SM2PublicKey(text).verify(signature, of: [1]))
    }
  }

  @Test("Keys of another curve or half, and texts that are not keys, are rejected")
  func wrongKeys() throws {
    let curve = CryptographyError.notOnCurve("SM2")
    let other = try CurvePair("P-256")
    #expect(throws: curve) { try SM2PrivateKey(other.text(other.privatePEM)) }
    #expect(throws: curve) { try SM2PublicKey(other.text(other.publicPEM)) }
    let rsa = RSAUseTests.pairs[0]
    #expect(throws: curve) { try SM2PrivateKey(rsa.privatePEM) }
    #expect(throws: curve) { try SM2PublicKey(rsa.publicPEM) }
    // Zero and the order of the curve are not private keys; (0, 0) and (0, 1) are not on the curve.
    let order = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"
    for text in [String(repeating: "0", count: 64), order, String(repeating: "f", count: 64)] {
      #expect(throws: CryptographyError.invalidKey) { try SM2PrivateKey(text) }
    }
    for text in [String(repeating: "0", count: 128), String(repeating: "0", count: 127) + "1"] {
      #expect(throws: CryptographyError.invalidKey) { try SM2PublicKey(text) }
    }
    for text in ["", "key", Self.publicKey, String(Self.privateKey.dropLast()), Self.privateKey + "00"] {
      #expect(throws: CryptographyError.self, "\(text)") { try SM2PrivateKey(text) }
    }
    for text in ["", "key", Self.privateKey, "03" + Self.publicKey, String(Self.publicKey.dropLast(2))] {
      #expect(throws: CryptographyError.self, "\(text)") { try SM2PublicKey(text) }
    }
    #expect(
      throws: CryptographyError.notAKey(
        expected: "a private key (PEM, PKCS#8 in Base64, or 64 hexadecimal digits)", finding: nil)
    ) { try SM2PrivateKey("key") }
  }
}

@Suite("ECDSA")
struct ECDSAKeyTests {
  @Test("openssl verifies signatures in both forms, and its signatures are valid")
  func signatures() throws {
    let pair = try CurvePair("P-256")
    let message = Array("header.payload".utf8)
    let input = try pair.folder.write(message, to: "message")
    for text in [
      pair.text(pair.privatePEM), Base64.encode(try pair.der("")), Base64.encode(try pair.der("-traditional")),
    ] {
      let key = try ECDSAPrivateKey(text)
      let raw = try key.sign(message, .sha256)
      #expect(raw.count == 64)
      for signature in [try key.sign(message, .sha256, .der), CurveSignatureForm.der(of: raw)] {
        let file = try pair.folder.write(signature, to: "signature")
        #expect(openssl("dgst -sha256 -verify \(pair.publicPEM) -signature \(file) \(input)"))
      }
    }
    let foreign = pair.folder.path + "/foreign"
    try #require(openssl("dgst -sha256 -sign \(pair.privatePEM) -out \(foreign) \(input)"))
    let signature = readFile(at: foreign)
    for text in [pair.text(pair.publicPEM), Base64.encode(try pair.der("-pubout"))] {
      let key = try ECDSAPublicKey(text)
      #expect(key.verify(signature, of: message, .sha256))
      #expect(!key.verify(signature, of: message + [0], .sha256))
      #expect(!key.verify(Array(signature.dropLast()), of: message, .sha256))
    }
  }

  @Test("A key of another curve, an RSA key and a text that is not a key are rejected", arguments: ["sm2", "P-384"])
  func wrongKeys(_ curve: String) throws {
    let other = try CurvePair(curve)
    let error = CryptographyError.notOnCurve("the curve P-256")
    #expect(throws: error) { try ECDSAPrivateKey(other.text(other.privatePEM)) }
    #expect(throws: error) { try ECDSAPublicKey(other.text(other.publicPEM)) }
    #expect(throws: error) { try ECDSAPrivateKey(RSAUseTests.pairs[0].privatePEM) }
    let expected = "a private key (PEM, or PKCS#8 in Base64)"
    #expect(throws: CryptographyError.notAKey(expected: expected, finding: "a public key")) {
      try ECDSAPrivateKey(other.text(other.publicPEM))
    }
    #expect(throws: CryptographyError.notAKey(expected: expected, finding: nil)) { try ECDSAPrivateKey("key") }
  }
}
