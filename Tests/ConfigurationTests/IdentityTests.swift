import Networking
import Schema
import TestAuthorities
import Testing

@testable import Configuration

@Suite("The check of accounts.NAME.tls") struct IdentityTests {
  private static let certificates = [
    "bank.internal.pem", "bank.internal.key", "shop.internal.pem", "shop.internal.key", "late.internal.pem",
    "late.internal.key", "second.key", "encrypted.key", "authority.pem",
  ]

  /// Loads a configuration with this value of `tls` of an account, on line 8 from column 10.
  private func load(
    _ tls: String, endpoint: String = "https://vendor.example", changing files: [String: String] = [:]
  ) throws(ConfigurationError) -> Configuration {
    let authorities: TestAuthorities
    do { authorities = try TestAuthorities.shared.get() } catch { throw ConfigurationError(diagnostics: []) }
    var texts = Dictionary(uniqueKeysWithValues: Self.certificates.map { ("tls/" + $0, authorities.text($0)) })
    texts["tls/chain.pem"] = authorities.text("bank.internal.pem") + authorities.text("authority.pem")
    texts["tls/torn.pem"] = authorities.text("bank.internal.pem") + authorities.text("authority.pem").prefix(300)
    texts["tls/empty.pem"] = ""
    for name in ["china-mobile-app.yaml", "china-mobile-h5.yaml"] {
      texts["providers/" + name] = String(
        decoding: FileSystem.machine.read(Files.providers + name) ?? [], as: UTF8.self)
    }
    texts["config.yaml"] = """
      server: {listen: 127.0.0.1:8080}
      teams: {}
      accounts:
        bank:
          provider: china-mobile-app
          endpoint: \(endpoint)
          appId: "1"
          tls: \(tls)
          appKey: ${env:KEY}
      apps: {}
      """
    texts.merge(files) { $1 }
    return try ConfigurationLoader.load(
      "config.yaml",
      files: Files.memory(
        texts,
        environment: [
          "KEY": "SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY", "BANK_KEY": authorities.text("bank.internal.key"),
          "EMPTY": " ", "TEXT": "hunter2",
        ]))
  }

  private func errors(_ tls: String, endpoint: String = "https://vendor.example") -> [Diagnostic] {
    do throws(ConfigurationError) {
      _ = try load(tls, endpoint: endpoint)
      return []
    } catch {
      return error.diagnostics
    }
  }

  /// The warnings about certificates.
  private func warnings(_ configuration: Configuration) -> [String] {
    configuration.warnings.map(\.description).filter { $0.contains("the certificate '") }
  }

  @Test(
    "The key is a path, or a reference to the content",
    arguments: ["tls/bank.internal.key", "${file:tls/bank.internal.key}", "${env:BANK_KEY}"])
  func accepted(_ key: String) throws {
    for chain in ["bank.internal.pem", "chain.pem"] {
      let configuration = try load(
        "{certificate: tls/\(chain), key: \"\(key)\", authorities: tls/authority.pem}")
      let identity = try #require(configuration.accounts["bank"]?.identity)
      #expect(identity.name == "bank" && identity.hasCertificate && identity.hasAuthorities)
      #expect(warnings(configuration) == [])
    }
  }

  @Test("Authorities alone are accepted, and an account without tls has no identity")
  func optional() throws {
    let identity = try #require(try load("{authorities: tls/authority.pem}").accounts["bank"]?.identity)
    #expect(!identity.hasCertificate && identity.hasAuthorities && identity.validity == nil)
    let plain = try load("{certificate: tls/bank.internal.pem, key: tls/bank.internal.key}").accounts["bank"]?.identity
    #expect(plain?.hasAuthorities == false)
  }

  @Test(
    "Every fault is reported at its value",
    arguments: [
      ("{}", 10, "'accounts.bank.tls' needs `certificate` and `key`, or `authorities`"),
      (
        "{certificate: tls/bank.internal.pem}", 24,
        "'accounts.bank.tls.certificate' needs 'accounts.bank.tls.key'"
      ),
      ("{key: tls/bank.internal.key}", 16, "'accounts.bank.tls.key' needs 'accounts.bank.tls.certificate'"),
      ("{certificate: tls/none.pem, key: tls/second.key}", 24, "the file 'tls/none.pem' does not exist"),
      ("{certificate: tls/bank.internal.pem, key: tls/none.key}", 52, "the file 'tls/none.key' does not exist"),
      (
        "{certificate: tls/bank.internal.pem, key: \"${file:tls/none.key}\"}", 52,
        "'accounts.bank.tls.key': the file 'tls/none.key' does not exist"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: \"${env:NONE}\"}", 52,
        "'accounts.bank.tls.key': the environment variable 'NONE' is not set"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: \"${env:EMPTY}\"}", 52,
        "'accounts.bank.tls.key': the environment variable 'EMPTY' is empty"
      ),
      ("{authorities: tls/none.pem}", 24, "the file 'tls/none.pem' does not exist"),
      (
        "{certificate: tls/second.key, key: tls/second.key}", 24,
        "the file 'tls/second.key' is not a chain of certificates in PEM"
      ),
      (
        "{certificate: tls/empty.pem, key: tls/second.key}", 24,
        "the file 'tls/empty.pem' is not a chain of certificates in PEM"
      ),
      (
        "{certificate: tls/torn.pem, key: tls/bank.internal.key}", 24,
        "the file 'tls/torn.pem' is not a chain of certificates in PEM"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: tls/authority.pem}", 52,
        "the file 'tls/authority.pem' is not a private key in PEM that TLS supports"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: \"${env:TEXT}\"}", 52,
        "the content of '${env:TEXT}' is not a private key in PEM that TLS supports"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: tls/encrypted.key}", 52,
        "the file 'tls/encrypted.key' is encrypted; decrypt it with `openssl pkey`, and restrict its permissions"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: tls/second.key}", 52,
        "the file 'tls/second.key' does not match the certificate"
      ),
      (
        "{certificate: tls/bank.internal.pem, key: \"${file:tls/second.key}\"}", 52,
        "the content of '${file:tls/second.key}' does not match the certificate"
      ),
      (
        "{authorities: tls/empty.pem}", 24,
        "the file 'tls/empty.pem' is not a list of certificates in PEM"
      ),
      (
        "{authorities: tls/second.key}", 24,
        "the file 'tls/second.key' is not a list of certificates in PEM"
      ),
      (
        #"{certificate: tls/bank.internal.pem, key: "-----BEGIN PRIVATE KEY-----\nhunter2"}"#, 52,
        "'accounts.bank.tls.key' must be the path of a PEM file, not its content"
      ),
      (
        #"{authorities: "-----BEGIN CERTIFICATE-----\nhunter2"}"#, 24,
        "'accounts.bank.tls.authorities' must be the path of a PEM file, not its content"
      ),
    ])
  func faults(_ tls: String, _ column: Int, _ message: String) throws {
    let found = errors(tls)
    #expect(found.map(\.description) == ["config.yaml:8:\(column): \(message)"])
    #expect(found.allSatisfy { !$0.description.contains("hunter2") })
  }

  @Test("A value that is not an object, an unknown key and a list as path are errors of the shape")
  func shape() {
    for tls in [
      "bank.pem", "{certificate: [a], key: tls/second.key}", "{authorities: tls/authority.pem, minimum: \"1.3\"}",
    ] {
      #expect(errors(tls).map { "\($0.file):\($0.mark.line)" } == ["config.yaml:8"], "\(errors(tls))")
    }
  }

  @Test("An endpoint without TLS is an error", arguments: ["http://vendor.example", "http://127.0.0.1:9090"])
  func plain(_ endpoint: String) {
    #expect(
      errors("{authorities: tls/authority.pem}", endpoint: endpoint).map(\.description) == [
        "config.yaml:8:10: 'accounts.bank.tls' needs https, but the endpoint is \(endpoint)"
      ])
  }

  @Test("An invalid endpoint has only its own error")
  func invalidEndpoint() {
    #expect(errors("{authorities: tls/authority.pem}", endpoint: "vendor").map(\.mark.line) == [6])
  }

  @Test("A certificate that has expired or expires within 30 days is a warning")
  func validity() throws {
    let expired = warnings(try load("{certificate: tls/late.internal.pem, key: tls/late.internal.key}"))
    #expect(expired.count == 1)
    let late = "config.yaml:8:24: warning: the certificate 'tls/late.internal.pem' expired at 20"
    #expect(expired.first?.hasPrefix(late) == true)
    let soon = warnings(try load("{certificate: tls/shop.internal.pem, key: tls/shop.internal.key}"))
    #expect(soon.count == 1)
    let ending = "config.yaml:8:24: warning: the certificate 'tls/shop.internal.pem' expires at 20"
    #expect(soon.first?.hasPrefix(ending) == true)
  }

  @Test("The limits of the validity are exact")
  func limits() {
    let validity = CertificateValidity(notBefore: 1_000, notAfter: 100_000_000)
    #expect(validity.fault(at: 999) == "is not valid before 1970-01-01T00:16:40Z")
    #expect(validity.fault(at: 1_000) == nil)
    #expect(validity.fault(at: 100_000_000 - 30 * 86_400) == nil)
    #expect(validity.fault(at: 100_000_001 - 30 * 86_400) == "expires at 1973-03-03T09:46:40Z")
    #expect(validity.fault(at: 100_000_000) == "expires at 1973-03-03T09:46:40Z")
    #expect(validity.fault(at: 100_000_001) == "expired at 1973-03-03T09:46:40Z")
  }

  @Test("A changed file changes the account, and an equal one does not")
  func changes() throws {
    let tls = "{certificate: tls/bank.internal.pem, key: tls/bank.internal.key, authorities: tls/authority.pem}"
    let old = try load(tls)
    let same = try load(tls)
    #expect(old.accounts["bank"]?.identity == same.accounts["bank"]?.identity)
    #expect(ConfigurationChange(from: old.fingerprint, to: same.fingerprint).accounts.isEmpty)
    let authorities = try TestAuthorities.shared.get()
    let new = try load(tls, changing: ["tls/authority.pem": authorities.text("stranger.pem")])
    #expect(old.accounts["bank"]?.identity != new.accounts["bank"]?.identity)
    #expect(ConfigurationChange(from: old.fingerprint, to: new.fingerprint).accounts.changed == ["bank"])
    #expect(new.sources.paths.contains("tls/bank.internal.key"))
  }
}
