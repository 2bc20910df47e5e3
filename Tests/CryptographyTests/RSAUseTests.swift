import JSON
import Testing

@testable import Cryptography

@Suite("RSA signatures and encryption")
struct RSAUseTests {
  struct Pair: Sendable, CustomTestStringConvertible {
    let fixture: JSONValue
    let privatePEM: String
    let publicPEM: String

    init(_ fixture: JSONValue) {
      self.fixture = fixture
      privatePEM = fixture["private"]?.text("PEM, PKCS#8") ?? ""
      publicPEM = fixture["public"]?.text("PEM, X.509") ?? ""
    }

    var testDescription: String { "\(fixture["bits"]?.int ?? 0) bits" }

    func list(_ key: String) -> [JSONValue] {
      let elements = fixture[key]?.elements ?? []
      precondition(!elements.isEmpty, "the fixtures have no \(key)")
      return elements
    }
  }

  static let pairs = Fixtures.list("/rsa").map(Pair.init)

  @Test("Signatures with MD5, SHA-1 and SHA-256 are equal to those of openssl", arguments: pairs)
  func sign(_ pair: Pair) throws {
    let key = try RSAPrivateKey(pair.privatePEM)
    for known in pair.list("signatures") {
      #expect(hex(try key.sign(known.text("message"), known.digest("digest"))) == known.text("signature"))
    }
  }

  @Test("Signatures of openssl are valid; changed ones are not", arguments: pairs)
  func verify(_ pair: Pair) throws {
    let key = try RSAPublicKey(pair.publicPEM)
    for known in pair.list("signatures") {
      let (signature, message, digest) = (known.bytes("signature"), known.text("message"), known.digest("digest"))
      #expect(key.verify(signature, of: message, digest))
      #expect(!key.verify(signature, of: message + " ", digest))
      for other in DigestAlgorithm.allCases where other != digest {
        #expect(!key.verify(signature, of: message, other))
      }
      for place in [0, signature.count / 2, signature.count - 1] {
        var changed = signature
        changed[place] ^= 1
        #expect(!key.verify(changed, of: message, digest))
      }
      #expect(!key.verify([], of: message, digest))
      #expect(!key.verify(signature.dropLast(), of: message, digest))
      #expect(!key.verify(signature + [0], of: message, digest))
      #expect(!key.verify([UInt8](repeating: 0, count: signature.count), of: message, digest))
      #expect(!key.verify([UInt8](repeating: 0xff, count: signature.count), of: message, digest))
    }
  }

  @Test("A signature is not valid for another key", arguments: [(0, 1), (1, 0)])
  func strangeKey(_ signer: Int, _ stranger: Int) throws {
    let key = try RSAPublicKey(RSAUseTests.pairs[stranger].publicPEM)
    let known = RSAUseTests.pairs[signer].list("signatures")[0]
    #expect(!key.verify(known.bytes("signature"), of: known.text("message"), known.digest("digest")))
  }

  @Test("Texts encrypted by openssl and Python are decrypted, with one block or more", arguments: pairs)
  func decrypt(_ pair: Pair) throws {
    let key = try RSAPrivateKey(pair.privatePEM)
    for known in pair.list("ciphertexts") {
      #expect(try key.decrypt(known.bytes("ciphertext")) == known.bytes("message"))
    }
  }

  @Test(
    "openssl decrypts each encrypted block", arguments: pairs, [0, 1, 117, 118, 245, 246, 600])
  func encrypt(_ pair: Pair, _ length: Int) throws {
    let folder = try TemporaryFolder()
    let key = try RSAPublicKey(pair.publicPEM)
    let message = (0..<length).map { UInt8($0 & 255) }
    let ciphertext = try key.encrypt(message)
    #expect(ciphertext.count == max(1, (length + key.size - 12) / (key.size - 11)) * key.size)
    let pem = try folder.write(Array(pair.privatePEM.utf8), to: "key.pem")
    var plain: [UInt8] = []
    for start in stride(from: 0, to: ciphertext.count, by: key.size) {
      let block = try folder.write(Array(ciphertext[start..<(start + key.size)]), to: "block")
      try #require(openssl("pkeyutl -decrypt -inkey \(pem) -in \(block) -out \(folder.path)/plain"))
      plain += readFile(at: folder.path + "/plain")
    }
    #expect(plain == message)
  }

  @Test("Encrypting a message twice results in different texts")
  func randomPadding() throws {
    let key = try RSAPublicKey(RSAUseTests.pairs[0].publicPEM)
    let ciphertexts = try (0..<20).map { _ in hex(try key.encrypt(Array("13800138000".utf8))) }
    #expect(Set(ciphertexts).count == 20)
  }

  @Test("All texts that cannot be decrypted result in the same error", arguments: pairs)
  func garbage(_ pair: Pair) throws {
    let key = try RSAPrivateKey(pair.privatePEM)
    let good = pair.list("ciphertexts")[1].bytes("ciphertext")
    let other = RSAUseTests.pairs[pair.fixture["bits"]?.int == 1024 ? 1 : 0].list("ciphertexts")[0].bytes("ciphertext")
    var broken: [[UInt8]] = [
      [], [1], Array(good.dropLast()), good + [0], good.reversed(), good + other.prefix(key.size).reversed(),
      [UInt8](repeating: 0, count: key.size), [UInt8](repeating: 0xff, count: key.size),
      // Two blocks, of which the second is not a ciphertext.
      good + (0..<key.size).map { UInt8($0 & 255) },
    ]
    for place in [0, key.size / 2, key.size - 1] {
      var changed = good
      changed[place] ^= 0x10
      broken.append(changed)
    }
    for ciphertext in broken {
      #expect(throws: CryptographyError.cannotDecrypt) { try key.decrypt(ciphertext) }
    }
    // The key is still usable.
    let known = pair.list("ciphertexts")[1]
    #expect(try key.decrypt(known.bytes("ciphertext")) == known.bytes("message"))
  }

  @Test("One key can sign and decrypt in concurrent tasks")
  func concurrent() async throws {
    let pair = RSAUseTests.pairs[0]
    let key = try RSAPrivateKey(pair.privatePEM)
    let publicKey = try RSAPublicKey(pair.publicPEM)
    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { @concurrent in
          var wrong = 0
          for _ in 0..<5 {
            for known in pair.list("signatures") {
              let signature = try key.sign(known.text("message"), known.digest("digest"))
              if hex(signature) != known.text("signature") { wrong += 1 }
              if !publicKey.verify(signature, of: known.text("message"), known.digest("digest")) { wrong += 1 }
            }
            for known in pair.list("ciphertexts") {
              if try key.decrypt(known.bytes("ciphertext")) != known.bytes("message") { wrong += 1 }
              let again = try key.decrypt(publicKey.encrypt(known.bytes("message")))
              if again != known.bytes("message") { wrong += 1 }
            }
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }
}
