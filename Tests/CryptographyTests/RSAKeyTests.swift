import Glibc
import JSON
import Testing

@testable import Cryptography

struct KeyForm: Sendable, CustomTestStringConvertible {
  let bits: Int
  let name: String
  let text: String

  var testDescription: String { "\(bits) bits, \(name)" }
  var isPEM: Bool { name.hasPrefix("PEM") }

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
    case .notOnCurve, .invalidKey, .keyTooShort, .messageTooLong, .cannotDecrypt, .invalidKeySize, .failed: "\(error)"
    }
  }
}

@Suite("Formats of RSA keys")
struct RSAKeyTests {
  private func signature(_ bits: Int) throws -> JSONValue {
    let key = try #require(Fixtures.list("/rsa").first { $0["bits"]?.int == bits })
    return try #require(
      key["signatures"]?.elements.first { $0.text("digest") == "sha256" && $0.text("message") == "13800138000" })
  }

  @Test("A private key in every format signs like openssl", arguments: KeyForm.all("private"))
  func privateForm(_ form: KeyForm) throws {
    let key = try RSAPrivateKey(form.text)
    let known = try signature(form.bits)
    #expect(key.size == form.bits / 8)
    #expect(hex(try key.sign(known.text("message"), .sha256)) == known.text("signature"))
  }

  @Test("A public key in every format verifies signatures of openssl", arguments: KeyForm.all("public"))
  func publicForm(_ form: KeyForm) throws {
    let key = try RSAPublicKey(form.text)
    let known = try signature(form.bits)
    #expect(key.size == form.bits / 8)
    #expect(key.verify(known.bytes("signature"), of: known.text("message"), .sha256))
  }

  /// Variants of PEM and Base64 in environment variables, folded YAML texts and copied texts.
  static func pasted(_ text: String) -> [String] {
    let escaped = text.replacing("\r\n", with: "\n").replacing("\n", with: "\\n")
    let lines = text.split(whereSeparator: \.isNewline)
    return [
      escaped, text.replacing("\r\n", with: "\n").replacing("\n", with: "\\r\\n"), escaped + "\n", "\"\(escaped)\"",
      "'\(text)'", escaped.replacing("\\n", with: "\\\\n"), lines.joined(separator: " "),
      lines.joined(separator: "  \t"),
      lines.joined(separator: "\n\n"), lines.joined(separator: "\n \n\t"), "\n \n" + text + " \n",
      lines.joined(separator: "\r"), lines.map { "    " + $0 + " " }.joined(separator: "\n"), "\u{feff}" + text,
      lines.joined(separator: "\u{2028}"), lines.joined(separator: "\u{a0}"),
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + text,
    ]
  }

  @Test("All variants of a private key in PEM are accepted", arguments: KeyForm.all("private").filter(\.isPEM))
  func pastedPrivate(_ form: KeyForm) throws {
    let known = try signature(form.bits)
    for text in Self.pasted(form.text) {
      #expect(hex(try RSAPrivateKey(text).sign(known.text("message"), .sha256)) == known.text("signature"))
    }
  }

  @Test("All variants of a public key in PEM are accepted", arguments: KeyForm.all("public").filter(\.isPEM))
  func pastedPublic(_ form: KeyForm) throws {
    let known = try signature(form.bits)
    for text in Self.pasted(form.text) {
      #expect(try RSAPublicKey(text).verify(known.bytes("signature"), of: known.text("message"), .sha256))
    }
  }

  @Test(
    "A key in Base64 can contain the two characters of an escaped line end",
    arguments: KeyForm.all("private").filter { !$0.isPEM })
  func escapedBase64(_ form: KeyForm) throws {
    let known = try signature(form.bits)
    let text = form.text.replacing("\r\n", with: "\n").replacing("\n", with: "\\n")
    #expect(hex(try RSAPrivateKey(text).sign(known.text("message"), .sha256)) == known.text("signature"))
  }

  @Test("A private key in every format has the same public half as in openssl", arguments: KeyForm.all("private"))
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
    "A public key in every format has the same DER and verifies signatures of its private half",
    arguments: KeyForm.all("public"))
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

  @Test("Text that is not an RSA private key is rejected with the matching error", arguments: WrongKey.all("private"))
  func wrongPrivateKey(_ wrong: WrongKey) throws {
    let error = try #require(throws: CryptographyError.self) { try RSAPrivateKey(wrong.text) }
    #expect(WrongKey.name(of: error) == wrong.error)
  }

  @Test("Text that is not an RSA public key is rejected with the matching error", arguments: WrongKey.all("public"))
  func wrongPublicKey(_ wrong: WrongKey) throws {
    let error = try #require(throws: CryptographyError.self) { try RSAPublicKey(wrong.text) }
    #expect(WrongKey.name(of: error) == wrong.error)
  }

  @Test(
    "The error for a rejected private key describes it",
    arguments: [
      ("a certificate in PEM", "a certificate"), ("a certificate in Base64", "a certificate"),
      ("a public key in PEM", "a public key"), ("a PKCS#1 public key in PEM", "a public key"),
      ("a public key in Base64", "a public key"), ("a PKCS#1 public key in Base64", "a public key"),
      ("PEM without its end", "a PEM without its END line"), ("PEM of a cut key", nil), ("words", nil),
      ("nothing", nil),
      ("Base64 of other data", nil), ("only a PEM line", nil),
    ] as [(String, String?)])
  func privateFinding(_ name: String, _ finding: String?) throws {
    let wrong = try #require(WrongKey.all("private").first { $0.name == name })
    #expect(Self.finding { () throws(CryptographyError) in _ = try RSAPrivateKey(wrong.text) } == finding)
  }

  @Test(
    "The error for a rejected public key describes it",
    arguments: [
      ("a certificate in PEM", "a certificate"), ("a certificate in Base64", "a certificate"),
      ("a private key in PEM", "a private key"), ("a PKCS#1 private key in PEM", "a private key"),
      ("a private key in Base64", "a private key"), ("a PKCS#1 private key in Base64", "a private key"),
      ("PEM of a cut key", nil), ("words", nil),
    ] as [(String, String?)])
  func publicFinding(_ name: String, _ finding: String?) throws {
    let wrong = try #require(WrongKey.all("public").first { $0.name == name })
    #expect(Self.finding { () throws(CryptographyError) in _ = try RSAPublicKey(wrong.text) } == finding)
  }

  @Test("The error for an encrypted private key describes it, in every format", arguments: WrongKey.all("encrypted"))
  func encryptedFinding(_ wrong: WrongKey) {
    #expect(
      Self.finding { () throws(CryptographyError) in _ = try RSAPrivateKey(wrong.text) } == "an encrypted private key")
  }

  @Test("The error for a key in another encoding names the encoding")
  func encodingFinding() throws {
    for half in ["private", "public"] {
      for form in KeyForm.all(half) where form.isPEM || form.name.hasSuffix("PKCS#8") || form.name.hasSuffix("X.509") {
        func finding(_ text: String) -> String? {
          Self.finding { () throws(CryptographyError) in
            if half == "private" { _ = try RSAPrivateKey(text) } else { _ = try RSAPublicKey(text) }
          }
        }
        if form.isPEM {
          let found = finding(Base64.encode(Array(form.text.utf8)))
          #expect(found == (form.text.hasPrefix("-----") ? "Base64 of a PEM; decode it once" : nil))
        } else {
          let der = try #require(Base64.decode(form.text))
          #expect(finding(hex(der)) == "hexadecimal, not Base64")
          #expect(finding(hex(der).uppercased()) == "hexadecimal, not Base64")
          #expect(finding(Base64.encodeURLSafe(der)) == "URL-safe Base64")
        }
      }
    }
  }

  private static func finding(_ read: () throws(CryptographyError) -> Void) -> String? {
    do throws(CryptographyError) {
      try read()
    } catch {
      if case .notAKey(_, let finding) = error { return finding }
    }
    return "an accepted key"
  }

  /// Without a terminal, OpenSSL would read the pass phrase from standard input, which contains the correct one.
  @Test("An encrypted private key is rejected without reading a pass phrase")
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
    #expect(read(ends[0], &rest, rest.count) == answers.count, "the pass phrase was read")
  }

  @Test("An error does not contain the key")
  func discretion() throws {
    for wrong in WrongKey.all("private") where wrong.text.count > 100 {
      let error = try #require(throws: CryptographyError.self) { try RSAPrivateKey(wrong.text) }
      let lines = wrong.text.split(whereSeparator: \.isNewline).filter { $0.count >= 16 && !$0.contains("-----") }
      for line in lines { #expect(!"\(error)".contains(line.prefix(16))) }
    }
  }
}
