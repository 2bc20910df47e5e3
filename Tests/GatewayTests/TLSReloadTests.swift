import JSON
import Networking
import TestAuthorities
import Testing

@testable import Configuration
@testable import Gateway

/// The shipped configuration with TLS and client certificates.
private struct SecureFiles {
  let files: TestFiles
  let authorities: TestAuthorities

  init(certificates: String = "[shop.example, \"spiffe://example/*\"]") throws {
    authorities = try TestAuthorities.shared.get()
    files = TestFiles {
      $0.replacing(
        "  listen: 127.0.0.1:8080",
        with: "  listen: 127.0.0.1:8080\n  tls: {certificate: server.pem, key: server.key, clientAuthorities: ca.pem}"
      ).replacing("    apps: [shop,", with: "    certificates: \(certificates)\n    apps: [shop,")
    }
    files.write("ca.pem", authorities.text("authority.pem"))
    use("localhost")
  }

  func use(_ name: String) {
    files.write("server.pem", authorities.text(name + ".pem"))
    files.write("server.key", authorities.text(name + ".key"))
  }
}

@Suite("A gateway with TLS") struct TLSReloadTests {
  private func gateway(_ files: TestFiles) throws -> TestGateway {
    try TestGateway(vendor: ScriptedVendor(json: "{}"), files: files)
  }

  private static func names(_ answer: TestGateway.Answer) -> Set<String> {
    Set((answer.body["apps"]?.elements ?? []).compactMap { $0["id"]?.string })
  }

  // MARK: Teams

  @Test("finds the team by any name of the client certificate", arguments: ["shop.example", "spiffe://example/shop"])
  func team(_ name: String) async throws {
    let gateway = try gateway(try SecureFiles().files)
    let certificate = PeerCertificate(names: ["CN of a machine", name])
    let answer = try await gateway.call("GET", "/v1/apps", key: nil, certificate: certificate)
    #expect(answer.status == 200)
    #expect(Self.names(answer).contains("shop") && !Self.names(answer).contains("forum"))
  }

  @Test("refuses a certificate of no team, and a request with neither certificate nor key")
  func unknown() async throws {
    let gateway = try gateway(try SecureFiles().files)
    for certificate in [PeerCertificate(names: ["shop.example.org", "SHOP.EXAMPLE"]), PeerCertificate(names: []), nil] {
      let answer = try await gateway.call("GET", "/v1/apps", key: nil, certificate: certificate)
      #expect(answer.reason == "unauthenticated")
      #expect(answer.body["detail"]?.string?.contains("certificate") == true)
    }
  }

  @Test("uses the key if both are sent, and refuses a wrong key despite the certificate")
  func keyAndCertificate() async throws {
    let gateway = try gateway(try SecureFiles().files)
    let certificate = PeerCertificate(names: ["shop.example"])
    let answer = try await gateway.call("GET", "/v1/apps", key: TestGateway.forumKey, certificate: certificate)
    #expect(Self.names(answer) == ["forum"])
    #expect(
      try await gateway.call("GET", "/v1/apps", key: "wrong", certificate: certificate).reason == "unauthenticated")
  }

  @Test("refuses a certificate that matches several teams, unless a key is sent")
  func ambiguous() async throws {
    let files = try SecureFiles().files
    files.edit("    apps: [forum]", "    certificates: [forum.example]\n    apps: [forum]")
    let gateway = try gateway(files)
    let certificate = PeerCertificate(names: ["shop.example", "forum.example"])
    #expect(try await gateway.call("GET", "/v1/apps", key: nil, certificate: certificate).reason == "unauthenticated")
    let answer = try await gateway.call("GET", "/v1/apps", key: TestGateway.forumKey, certificate: certificate)
    #expect(answer.status == 200)
  }

  // MARK: Reload

  @Test("uses a renewed certificate without a restart")
  func renewed() async throws {
    let secure = try SecureFiles()
    let gateway = try gateway(secure.files)
    let source = try #require(gateway.gateway.server.http.tls)
    let old = source.current
    secure.use("second")
    for _ in 0..<2 { gateway.watcher.look() }
    let lines = try await gateway.configurationLog()
    #expect(lines.map { $0["event"]?.string } == ["configuration-reloaded"])
    #expect(lines.first?["tls"]?.string == "changed")
    #expect(lines.first?["needsRestart"] == nil)
    #expect(source.current !== old)
  }

  @Test("keeps its certificate while the new certificate and the key do not match")
  func halfRenewed() async throws {
    let secure = try SecureFiles()
    let gateway = try gateway(secure.files)
    let source = try #require(gateway.gateway.server.http.tls)
    let old = source.current
    secure.files.write("server.pem", secure.authorities.text("second.pem"))
    for _ in 0..<2 { gateway.watcher.look() }
    let lines = try await gateway.configurationLog()
    #expect(lines.map { $0["event"]?.string } == ["configuration-rejected"])
    #expect(source.current === old)
    secure.files.write("server.key", secure.authorities.text("second.key"))
    for _ in 0..<2 { gateway.watcher.look() }
    #expect(source.current !== old)
  }

  @Test("replaces the certificate when other settings change, and reports that only TLS itself needs a restart")
  func restart() async throws {
    let secure = try SecureFiles()
    let gateway = try gateway(secure.files)
    secure.files.edit("clientAuthorities: ca.pem}", "clientAuthorities: ca.pem, minimum: \"1.3\"}")
    for _ in 0..<2 { gateway.watcher.look() }
    #expect(try await gateway.configurationLog().first?["needsRestart"] == nil)
    secure.files.write(TestFiles.config, TestFiles().text(TestFiles.config))
    for _ in 0..<2 { gateway.watcher.look() }
    let line = try #require(try await gateway.configurationLog().first)
    #expect(line["needsRestart"]?.elements.compactMap(\.string) == ["server.tls"])
  }

  @Test("exposes failures and the end of the certificate's validity as metrics")
  func metrics() async throws {
    let gateway = try gateway(try SecureFiles().files)
    await gateway.tlsFailed(.plainHTTP)
    let metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_tls_failures_total{reason="plain-http"} 1"#))
    #expect(metrics.contains { $0.hasPrefix("numgate_tls_certificate_not_after_seconds 1") })
    #expect(await gateway.log().contains(#""event":"tls-failed","reason":"plain-http""#))
  }
}
