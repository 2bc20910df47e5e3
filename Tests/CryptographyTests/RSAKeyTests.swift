import Glibc
import JSON
import Testing

@testable import Cryptography

struct KeyForm: Sendable, CustomTestStringConvertible {
  let bits: Int
  let name: String
  let text: String

  var testDescription: String { "\(bits) bits, \(name)" }

  static func all(_ side: String) -> [KeyForm] {
    Fixtures.list("/rsa").flatMap { key in
      (key[side]?.members ?? []).map {
        KeyForm(bits: key["bits"]?.int ?? 0, name: $0.key, text: $0.value.string ?? "")
      }
    }
  }
}

struct WrongKey: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String
  let error: String

  var testDescription: String { name }

  static func all(_ list: String) -> [WrongKey] {
    Fixtures.list("/wrongKeys/\(list)").map {
      WrongKey(name: $0.text("name"), text: $0.text("text"), error: $0.text("error"))
    }
  }

  static func name(of error: CryptographyError) -> String {
    switch error {
    case .notAKey: "notAKey"
    case .notRSA: "notRSA"
    case .unusableKeyLength(let bits): "unusableKeyLength(\(bits))"
    case .messageTooLong, .cannotDecrypt, .invalidKeySize, .failed: "\(error)"
    }
  }
}

@Suite("RSA keys as they are handed out")
struct RSAKeyTests {
  private func signature(_ bits: Int) throws -> JSONValue {
    let key = try #require(Fixtures.list("/rsa").first { $0["bits"]?.int == bits })
    return try #require(
      key["signatures"]?.elements.first { $0.text("digest") == "sha256" && $0.text("message") == "13800138000" })
  }

  @Test("A private key in every form signs as openssl does", arguments: KeyForm.all("private"))
  func privateForm(_ form: KeyForm) throws {
    let key = try RSAPrivateKey(form.text)
    let known = try signature(form.bits)
    #expect(key.size == form.bits / 8)
    #expect(hex(try key.sign(known.text("message"), .sha256)) == known.text("signature"))
  }

  @Test("A public key in every form verifies what openssl signed", arguments: KeyForm.all("public"))
  func publicForm(_ form: KeyForm) throws {
    let key = try RSAPublicKey(form.text)
    let known = try signature(form.bits)
    #expect(key.size == form.bits / 8)
    #expect(key.verify(known.bytes("signature"), of: known.text("message"), .sha256))
  }

  @Test("A private key in every form has the public half that openssl makes of it", arguments: KeyForm.all("private"))
  func publicHalf(_ form: KeyForm) throws {
    let known = try #require(Fixtures.list("/rsa").first { $0["bits"]?.int == form.bits }?["public"])
    let x509 = try #require(Base64.decode(known.text("Base64, X.509")))
    let key = try RSAPrivateKey(form.text)
    #expect(key.publicKeyDER == x509)
    #expect(try key.publicKey.der == x509)
    #expect(key.bits == form.bits)
    let folder = try TemporaryFolder()
    let pem = try #require(KeyForm.all("private").first { $0.bits == form.bits && $0.name == "PEM, PKCS#8" }?.text)
    let file = try folder.write(Array(pem.utf8), to: "key.pem")
    try #require(openssl("pkey -in '\(file)' -pubout -outform DER -out '\(folder.path)/public.der'"))
    #expect(readFile(at: folder.path + "/public.der") == x509)
  }

  @Test(
    "A public key in every form is the same in DER, and its private half signs for it", arguments: KeyForm.all("public")
  )
  func publicDER(_ form: KeyForm) throws {
    let key = try RSAPublicKey(form.text)
    let own = try #require(KeyForm.all("private").first { $0.bits == form.bits })
    let other = try #require(KeyForm.all("private").first { $0.bits != form.bits })
    #expect(key.bits == form.bits)
    #expect(key.der == (try RSAPrivateKey(own.text)).publicKeyDER)
    #expect(key.der != (try RSAPrivateKey(other.text)).publicKeyDER)
    #expect(key.verify(try RSAPrivateKey(own.text).sign("text", .sha256), of: "text", .sha256))
    #expect(!key.verify(try RSAPrivateKey(other.text).sign("text", .sha256), of: "text", .sha256))
  }

  @Test("What is not an RSA private key is refused and named", arguments: WrongKey.all("private"))
  func wrongPrivateKey(_ wrong: WrongKey) throws {
    let error = try #require(throws: CryptographyError.self) { try RSAPrivateKey(wrong.text) }
    #expect(WrongKey.name(of: error) == wrong.error)
  }

  @Test("What is not an RSA public key is refused and named", arguments: WrongKey.all("public"))
  func wrongPublicKey(_ wrong: WrongKey) throws {
    let error = try #require(throws: CryptographyError.self) { try RSAPublicKey(wrong.text) }
    #expect(WrongKey.name(of: error) == wrong.error)
  }

  /// Without a terminal OpenSSL asks on standard input: there the right pass phrase waits, and would open the key.
  @Test("An encrypted private key is refused without asking for its pass phrase")
  func encrypted() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let saved = dup(STDIN_FILENO)
    dup2(ends[0], STDIN_FILENO)
    let answers = Array(String(repeating: Fixtures.text("/wrongKeys/passPhrase") + "\n", count: 10).utf8)
    try #require(write(ends[1], answers, answers.count) == answers.count)
    close(ends[1])
    defer {
      dup2(saved, STDIN_FILENO)
      close(saved)
      close(ends[0])
    }
    for wrong in WrongKey.all("encrypted") {
      let error = #expect(throws: CryptographyError.self, "\(wrong.name)") { try RSAPrivateKey(wrong.text) }
      #expect(error.map(WrongKey.name) == wrong.error)
    }
    var rest = [UInt8](repeating: 0, count: 4096)
    #expect(read(ends[0], &rest, rest.count) == answers.count, "somebody has read the pass phrase")
  }

  @Test("A refusal tells nothing of the key")
  func discretion() throws {
    for wrong in WrongKey.all("private") where wrong.text.count > 100 {
      let error = try #require(throws: CryptographyError.self) { try RSAPrivateKey(wrong.text) }
      let lines = wrong.text.split(whereSeparator: \.isNewline).filter { $0.count >= 16 && !$0.contains("-----") }
      for line in lines { #expect(!"\(error)".contains(line.prefix(16))) }
    }
  }
}
