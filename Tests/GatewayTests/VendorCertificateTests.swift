import Configuration
import JSON
import Networking
import NumberAuth
import TestAuthorities
import Testing

@testable import Gateway

/// Records the identities of requests and of `activate`. Requests with an identity in `refused` fail.
private final class RecordingVendor: VendorTransport {
  struct State {
    var used: [TLSIdentity?] = []
    var active: [Set<TLSIdentity>] = []
    var refused: Set<String> = []
  }

  let state = Locked(State())

  var used: [TLSIdentity?] { state.withLock { $0.used } }
  var active: [Set<TLSIdentity>] { state.withLock { $0.active } }

  func refuse(_ account: String) { state.withLock { _ = $0.refused.insert(account) } }

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    state.withLock { state in
      state.used.append(options.identity)
      if let name = options.identity?.name, state.refused.contains(name) {
        return .failure(.notConnected(ConnectionFailure.clientCertificateNotTrusted.rawValue))
      }
      return .success(
        HTTPClientResponse(
          status: 200, headers: HTTPFields(),
          body: Array(#"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#.utf8)))
    }
  }

  func activate(_ identities: Set<TLSIdentity>) { state.withLock { $0.active.append(identities) } }
}

@Suite("Client certificates of accounts") struct VendorCertificateTests {
  private static let body = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#

  /// The shipped configuration. The account of the shop, with a certificate, and accounts of two further apps, with and
  /// without a certificate, have the same endpoint.
  private static func files() throws -> TestFiles {
    let account = """
          provider: china-mobile-app
          endpoint: https://127.0.0.1:9443
          appId: "300000000099"
          appKey: SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY
          appSecret: SANDBOXAPPSECRETSANDBOXAPPSECRET

      """
    let files = TestFiles {
      $0.replacing(
        "  mobile-app:\n",
        with: "  bank:\n\(account)    tls: {certificate: bank.pem, key: \"${file:bank.key}\"}\n  plain:\n\(account)"
          + "  club:\n\(account)    tls: {certificate: bank.pem, key: bank.key}\n  mobile-app:\n"
      ).replacing(
        "apps:\n  shop:\n",
        with: "apps:\n"
          + ["bank", "plain", "club"].map { "  \($0)-app:\n    app:\n      verify: [\($0)]\n" }.joined()
          + "  shop:\n"
      ).replacing("apps: [shop, club,", with: "apps: [shop, bank-app, plain-app, club-app, club,")
        .replacing("server:\n", with: "server:\n  breaker: {window: 10m, open: 10m}\n")
    }
    use("bank.internal", in: files)
    return files
  }

  private static func use(_ name: String, in files: TestFiles) {
    guard let authorities = try? TestAuthorities.shared.get() else { return }
    files.write("bank.pem", authorities.text(name + ".pem"))
    files.write("bank.key", authorities.text(name + ".key"))
  }

  private func verify(_ gateway: TestGateway, _ account: String) async throws -> TestGateway.Answer {
    try await gateway.post("/v1/apps/\(account)-app/verify", Self.body)
  }

  @Test("calls use the identity of their account")
  func identities() async throws {
    let vendor = RecordingVendor()
    let gateway = try TestGateway(vendor: vendor, files: try Self.files())
    for account in ["bank", "plain", "club"] {
      #expect(try await verify(gateway, account).body["verdict"]?.string == "match")
    }
    #expect(vendor.used.map { $0?.name } == ["bank", nil, "club"])
  }

  @Test("a renewed certificate is used after a reload, and the transport closes the other connections")
  func renewed() async throws {
    let vendor = RecordingVendor()
    let files = try Self.files()
    let gateway = try TestGateway(vendor: vendor, files: files)
    _ = try await verify(gateway, "bank")
    Self.use("second", in: files)
    for _ in 0..<2 { gateway.watcher.look() }
    let line = try #require(try await gateway.configurationLog().first)
    #expect(line["event"]?.string == "configuration-reloaded")
    #expect(line["accounts"]?["changed"]?.elements.compactMap(\.string) == ["bank", "club"])
    _ = try await verify(gateway, "bank")
    let used = vendor.used.compactMap(\.self)
    #expect(used.count == 2 && used[0] != used[1])
    #expect(vendor.active.count == 1)
    #expect(vendor.active.first?.contains(used[1]) == true && vendor.active.first?.contains(used[0]) == false)
  }

  @Test("keeps the certificate while the new certificate and the key do not match")
  func halfRenewed() async throws {
    let vendor = RecordingVendor()
    let files = try Self.files()
    let gateway = try TestGateway(vendor: vendor, files: files)
    files.write("bank.pem", try TestAuthorities.shared.get().text("second.pem"))
    for _ in 0..<2 { gateway.watcher.look() }
    let line = try #require(try await gateway.configurationLog().first)
    #expect(line["event"]?.string == "configuration-rejected")
    #expect(line["first"]?.elements.first?.string?.hasSuffix("does not match the certificate") == true)
    #expect(vendor.active.isEmpty)
  }

  @Test("a refused certificate opens only the breaker of its account, and a reload keeps this breaker")
  func breakers() async throws {
    let vendor = RecordingVendor()
    vendor.refuse("bank")
    let files = try Self.files()
    let gateway = try TestGateway(vendor: vendor, files: files)
    for _ in 0..<5 {
      let answer = try await verify(gateway, "bank")
      #expect(answer.reason == "vendor-unreachable" && answer.body["delivery"]?.string == "not-sent")
      #expect(answer.body["detail"]?.string == "No connection to the vendor: client certificate not trusted.")
    }
    #expect(try await verify(gateway, "bank").reason == "overloaded")
    for account in ["plain", "club"] {
      #expect(try await verify(gateway, account).body["verdict"]?.string == "match")
    }
    let host = #"numgate_breaker_state{scope="host",name="https://127.0.0.1:9443""#
    let metrics = try await gateway.metrics()
    #expect(metrics.contains { $0 == host + #",account="bank"} 2"# })
    #expect(metrics.contains { $0 == host + #",account="club"} 0"# })
    #expect(metrics.contains { $0 == host + "} 0" })
    #expect(await gateway.log().contains(#""host":"https://127.0.0.1:9443","account":"bank","state":"open""#))
    Self.use("second", in: files)
    for _ in 0..<2 { gateway.watcher.look() }
    #expect(try await verify(gateway, "bank").reason == "overloaded")
  }

  @Test("exposes the end of the validity of each certificate as a metric")
  func metrics() async throws {
    let gateway = try TestGateway(vendor: RecordingVendor(), files: try Self.files())
    let metrics = try await gateway.metrics().filter {
      $0.hasPrefix("numgate_vendor_certificate_not_after_seconds{account=")
    }
    #expect(metrics.count == 2)
    #expect(metrics.first?.hasPrefix(#"numgate_vendor_certificate_not_after_seconds{account="bank"} 1"#) == true)
  }
}
