import Networking
import Schema
import TestAuthorities
import Testing

@testable import Configuration

@Suite("The check of server.tls") struct TLSSettingsTests {
  /// The diagnostics of a configuration with this line as `server.tls`, on line 3.
  private func check(_ tls: String, team: String = "keys: [\"sha256:\(zeros)\"]") throws -> [Diagnostic] {
    let authorities = try TestAuthorities.shared.get()
    var texts = Dictionary(
      uniqueKeysWithValues: [
        "localhost.pem", "localhost.key", "second.key", "expired.pem", "expired.key", "encrypted.key", "small.pem",
        "small.key", "authority.pem",
      ].map { ("tls/" + $0, authorities.text($0)) })
    texts["tls/chain.pem"] = authorities.text("localhost.pem") + authorities.text("authority.pem")
    texts["tls/torn.pem"] = authorities.text("localhost.pem") + authorities.text("authority.pem").prefix(300)
    texts["tls/empty.pem"] = ""
    texts["providers/.keep"] = ""
    texts["config.yaml"] = """
      server:
        listen: 127.0.0.1:8080
        tls: {\(tls)}
      teams:
        shop: {\(team), apps: all}
      accounts: {}
      apps: {}
      """
    do throws(ConfigurationError) {
      return try ConfigurationLoader.load("config.yaml", files: Files.memory(texts)).warnings
    } catch {
      return error.diagnostics
    }
  }

  private static let zeros = String(repeating: "0", count: 64)

  @Test("A certificate with its chain, and client authorities, are accepted", arguments: ["localhost", "chain"])
  func accepted(_ name: String) throws {
    let found = try check(
      "certificate: tls/\(name).pem, key: tls/localhost.key, minimum: \"1.3\", clientAuthorities: tls/authority.pem")
    #expect(found == [])
  }

  @Test(
    "Every fault is reported at the value that names the file",
    arguments: [
      ("certificate: tls/none.pem, key: tls/localhost.key", 22, "'tls/none.pem' does not exist"),
      ("certificate: tls/localhost.pem, key: tls/none.key", 46, "'tls/none.key' does not exist"),
      ("certificate: tls/localhost.key, key: tls/localhost.key", 22, "is not a chain of certificates in PEM"),
      ("certificate: tls/empty.pem, key: tls/localhost.key", 22, "is not a chain of certificates in PEM"),
      ("certificate: tls/torn.pem, key: tls/localhost.key", 22, "is not a chain of certificates in PEM"),
      ("certificate: tls/small.pem, key: tls/small.key", 22, "its key is too short"),
      ("certificate: tls/localhost.pem, key: tls/localhost.pem", 46, "is not a private key in PEM"),
      ("certificate: tls/localhost.pem, key: tls/encrypted.key", 46, "is encrypted"),
      ("certificate: tls/localhost.pem, key: tls/second.key", 46, "does not match the certificate"),
      (
        "certificate: tls/localhost.pem, key: tls/localhost.key, clientAuthorities: tls/empty.pem", 84,
        "is not a list of certificates in PEM"
      ),
      (
        "certificate: tls/localhost.pem, key: tls/localhost.key, clientAuthorities: tls/none.pem", 84,
        "'tls/none.pem' does not exist"
      ),
      ("certificate: tls/localhost.pem, key: tls/localhost.key, clientCertificates: required", 85, "clientAuthorities"),
      ("certificate: tls/localhost.pem, key: tls/localhost.key, minimum: \"1.1\"", 74, "1.2"),
    ])
  func faults(_ tls: String, _ column: Int, _ message: String) throws {
    let found = try check(tls)
    #expect(found.count == 1)
    let first = try #require(found.first)
    #expect(first.severity == .error)
    #expect("\(first.file):\(first.mark.line):\(first.mark.column)" == "config.yaml:3:\(column)", "\(first)")
    #expect(first.message.contains(message), "\(first)")
  }

  @Test("An expired certificate is a warning")
  func expired() throws {
    let found = try check("certificate: tls/expired.pem, key: tls/expired.key")
    #expect(found.map(\.severity) == [.warning])
    #expect(
      found.first?.description.hasPrefix("config.yaml:3:22: warning: the certificate 'tls/expired.pem' expired at 20")
        == true)
  }

  @Test(
    "A team requires keys or certificates, and certificates require client authorities",
    arguments: [
      ("certificates: [shop.internal]", ["5:24 `certificates` requires `server.tls.clientAuthorities`"]),
      ("about: nothing", ["5:3 the team 'shop' needs `keys` or `certificates`"]),
    ])
  func teams(_ team: String, _ expected: [String]) throws {
    let found = try check("certificate: tls/localhost.pem, key: tls/localhost.key", team: team)
    for text in expected {
      #expect(found.contains { "\($0.mark.line):\($0.mark.column) \($0.message)" == text }, "\(found)")
    }
  }

  @Test("A team can have only certificates, and a pattern that matches everything is rejected")
  func patterns() throws {
    let tls = "certificate: tls/localhost.pem, key: tls/localhost.key, clientAuthorities: tls/authority.pem"
    #expect(try check(tls, team: "certificates: [\"*.internal\"]") == [])
    #expect(try check(tls, team: "certificates: [\"*\"]").map(\.severity) == [.error])
  }

  @Test(
    "Certificate names match literally, and * matches within one label",
    arguments: [
      ("shop.internal", "shop.internal", true), ("shop.internal", "Shop.internal", false),
      ("shop.internal", "shop.internal.example", false), ("*.internal", "shop.internal", true),
      ("*.internal", "a.shop.internal", false), ("*.internal", ".internal", false), ("*.internal", "internal", false),
      ("shop-*", "shop-1", true), ("shop-*", "shop-", false), ("shop-*", "shop-1.evil", false),
      ("a*a*a", "aaaaa", true), ("a*a*a", "aaa", false), ("*a", "ba", true), ("*a", "bab", false),
      ("spiffe://corp/ns/*/sa/*", "spiffe://corp/ns/shop/sa/api", true),
      ("spiffe://corp/ns/*/sa/*", "spiffe://corp/ns/shop/x/sa/api", false), ("店*", "店铺", true),
    ])
  func matching(_ pattern: String, _ name: String, _ expected: Bool) throws {
    #expect(try #require(CertificatePattern(pattern)).matches(name) == expected)
  }
}
