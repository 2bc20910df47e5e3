import Networking
import Sandbox
import TestAuthorities
import Testing

@testable import ProviderTools

@Suite("The doctor: client certificates", .timeLimit(.minutes(1)))
struct DoctorCertificateTests {
  /// Checks an account with this value of `tls`, whose endpoint is the sandbox over TLS.
  private func examine(
    _ tls: String?, clients: TLSContext.ClientCertificates? = .required
  ) async throws -> AccountHealth {
    let authorities = try TestAuthorities.shared.get()
    let loop = try EventLoop.start(name: "vendor")
    let sandbox = Sandbox(accounts: try SandboxAccounts.builtIn()) { DoctorFixture.now().milliseconds }
    var options = HTTPServerOptions()
    options.tls = TLSContextSource(
      try TLSContext(
        certificateChain: authorities.bytes("address.pem"), key: authorities.bytes("address.key"),
        clientAuthorities: clients.map { _ in authorities.bytes("authority.pem") },
        clientCertificates: clients ?? .optional))
    let vendor = try HTTPServer.start(
      on: SocketAddress(host: "127.0.0.1", port: 0), loops: [loop], options: options
    ) { _ in sandbox }
    let fixture = try DoctorFixture(
      accounts: """
          bank:
            provider: china-mobile-app
            endpoint: https://\(vendor.address)
            appId: "300000000004"
            appKey: ${env:KEY}
        \(tls.map { "    tls: {\($0)}\n" } ?? "")

        """)
    return try await fixture.examine("bank", authorities: authorities.path("authority.pem"))
  }

  private func certificate(_ name: String) throws -> String {
    let authorities = try TestAuthorities.shared.get()
    return "certificate: \(authorities.path(name + ".pem")), key: \(authorities.path(name + ".key"))"
  }

  @Test("A client certificate that the vendor accepts is reported, with its end")
  func accepted() async throws {
    let health = try await examine(try certificate("bank.internal"))
    let host = try health.only("host")
    #expect(host.mark == .passed)
    #expect(host.text.hasSuffix(", certificate trusted, client certificate accepted"))
    let certificate = try health.only("certificate")
    #expect(certificate.mark == .passed)
    #expect(certificate.text.hasPrefix("the client certificate is valid until 20"))
    #expect(try health.only("verify app").mark == .passed)
    #expect(health.isOK)
  }

  @Test("A certificate that expires soon is a warning")
  func soon() async throws {
    let health = try await examine(try certificate("shop.internal"))
    let certificate = try health.only("certificate")
    #expect(certificate.mark == .warning)
    #expect(certificate.text.hasPrefix("the client certificate expires at 20"))
    #expect(try #require(certificate.advice).contains("tls.certificate"))
    #expect(health.isOK)
  }

  @Test("Own authorities are used in place of those of the gateway", arguments: ["authority", "stranger"])
  func authorities(_ name: String) async throws {
    let authorities = try TestAuthorities.shared.get()
    let tls = try certificate("bank.internal") + ", authorities: " + authorities.path(name + ".pem")
    let host = try await examine(tls).only("host")
    #expect(host.mark == (name == "authority" ? .passed : .failed))
    #expect(name == "authority" || host.text == "certificate not trusted")
  }

  @Test(
    "A refused or missing certificate is reported with advice",
    arguments: [
      (nil, "client certificate required", "'tls.certificate' and 'tls.key'"),
      ("outsider.internal", "client certificate not trusted", "intermediate certificates"),
      ("late.internal", "client certificate out of date", "Renew 'tls.certificate'"),
    ])
  func refused(_ name: String?, _ text: String, _ advice: String) async throws {
    let health = try await examine(try name.map(certificate))
    let host = try health.only("host")
    #expect(host.mark == .failed && host.text == text)
    #expect(try #require(host.advice).contains(advice))
    #expect(!health.isOK)
  }

  @Test("A server that does not request the certificate is a warning")
  func notRequested() async throws {
    let health = try await examine(try certificate("bank.internal"), clients: nil)
    #expect(health.about("host").map(\.mark) == [.passed, .warning])
    #expect(health.about("host").first?.text.hasSuffix(", certificate trusted") == true)
    #expect(health.about("host").last?.text == "the server does not request the client certificate")
  }
}
