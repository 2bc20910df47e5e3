import Configuration
import Cryptography
import JSON
import ProviderConformance
import Testing

@Suite("Keys of the wrong kind")
struct KeyMessageTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"

  /// The shipped configuration with another key for the account `jiguang`.
  private static func diagnostics(_ key: String) -> [String] {
    var files = FileSystem.machine
    let read = files.read
    files.environment = { _ in key }
    let shipped = String(decoding: read(root + "config.yaml") ?? [], as: UTF8.self)
    let lines = shipped.split(separator: "\n", omittingEmptySubsequences: false)
    guard let account = lines.firstIndex(of: "  jiguang:"),
      let place = lines[account...].firstIndex(where: { $0.hasPrefix("    privateKey:") })
    else { return ["config.yaml has no such account"] }
    let rest = lines[(place + 1)...].drop { $0.hasPrefix("      ") }
    let text = (lines[..<place] + ["    privateKey: ${env:KEY}"] + rest).joined(separator: "\n")
    files.read = { path in path == "config.yaml" ? Array(text.utf8) : read(path) }
    do throws(ConfigurationError) {
      _ = try ConfigurationLoader.load("config.yaml", providers: root + "providers", files: files)
      return []
    } catch {
      return error.diagnostics.map(\.message)
    }
  }

  @Test(
    "The message describes the key without showing it",
    arguments: [
      // openssl genrsa 512 | openssl pkcs8 -topk8 -nocrypt -outform DER | base64
      (KeyMessages.short, "it is an RSA key of 512 bits; 1024 to 8192 are supported"),
      // openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256
      (KeyMessages.elliptic, "it is a key, but not an RSA key"),
    ])
  func kinds(_ key: String, _ finding: String) {
    #expect(
      Self.diagnostics(key) == [
        "'accounts.jiguang.privateKey' must be an RSA private key: PEM, or PKCS#8 or PKCS#1 in Base64; " + finding
      ])
  }

  @Test("The message names the kind of key, independent of its format")
  func otherKinds() throws {
    let keys = try JSONValue.parse(try #require(Repository.read(Self.root + "Tests/ProviderConformance/keys.json")))
    let publicKey = try #require(keys["client"]?["public"]?.string)
    let privateKey = try #require(keys["client"]?["private"]?.string)
    let der = try #require(Base64.decode(privateKey))
    let pem = "-----BEGIN PRIVATE KEY-----\\n\(privateKey)\\n-----END PRIVATE KEY-----\\n"
    #expect(Self.diagnostics(pem) == [])
    let findings = [
      (publicKey, "a public key"), ("-----BEGIN PUBLIC KEY----- \(publicKey) -----END PUBLIC KEY-----", "a public key"),
      (Base64.encode(Array(pem.utf8)), "Base64 of a PEM; decode it once"), (Hex.encode(der), "hexadecimal, not Base64"),
      (Base64.encodeURLSafe(der), "URL-safe Base64"),
      (pem.replacing("PRIVATE", with: "ENCRYPTED PRIVATE"), "an encrypted private key"),
      (pem.replacing("PRIVATE KEY", with: "CERTIFICATE"), "a certificate"),
    ]
    for (key, finding) in findings {
      #expect(
        Self.diagnostics(key) == [
          "'accounts.jiguang.privateKey' must be an RSA private key: PEM, or PKCS#8 or PKCS#1 in Base64; it is "
            + finding
        ])
    }
  }

  @Test(
    "The message for other text names the expected format",
    arguments: ["rubbish", "AAAA", "-----BEGIN PRIVATE KEY-----"])
  func rubbish(_ key: String) {
    #expect(
      Self.diagnostics(key) == [
        "'accounts.jiguang.privateKey' must be an RSA private key: PEM, or PKCS#8 or PKCS#1 in Base64"
      ])
  }
}

/// Keys that are only used by this test.
enum KeyMessages {
  static let short =
    "MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAtXW1xPFkRxEF0xEi9Hs8FRVT8DgV38UcJJGmBTpgxtskuV24"
    + "4AFL/ypXwnJdxaQ8URTXanIz/IXSUMxIt8e6jQIDAQABAkAX7CzKighuVhAug1PYZ2bEYMtwH/TCS3oqWAlLJycbEA/ykt8t"
    + "i8Q9WLGXdUpdAuZD6s3gA3wG85LWm6kwuEABAiEA7MuGoJ4b5RiYcMlOsQKCZFOUNPwQS8w+GbofoNh6iEECIQDELUhYuBcg"
    + "d7o64TtTGBKThYexR/Ex1b5sb17p4DT/TQIgbOHdIsfw/bQEjIAUXhJQUL+Zu49YEvJ0b7IEzxobpcECIQCWq+zX7zQcBLjt"
    + "BhZJYMDLuxAX8hhm3TKvF+6/FCvANQIgd/PHknGvuYqppdn1yUDp8G81PfDsWo9J2lAicz342lQ="
  static let elliptic =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgC5t7BcxhiAHfLPXoP5nBqsgI1xSoCmdKjr8hkFrSHdihRANC"
    + "AARwT4rDI7A+jDlC6FI6uyF788GvUrf3//LU6cLFG25v668KUY7iCPvjpqoOLBtagn069pwpqiPZIk4zr2DBLP6q"
}
