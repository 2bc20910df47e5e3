import COpenSSL
import TestAuthorities
import Testing

@testable import Networking

/// An identity with a certificate of `TestAuthorities`.
private func makeIdentity(
  _ name: String = "bank", _ certificate: String? = "shop.internal", authorities: String? = nil
) throws -> TLSIdentity {
  let files = try TestAuthorities.shared.get()
  return try TLSIdentity(
    name: name, certificate: certificate.map { (files.bytes($0 + ".pem"), files.bytes($0 + ".key")) },
    authorities: authorities.map(files.bytes))
}

@Suite("Client certificates of the HTTP client", .onThreads, .timeLimit(.minutes(1)))
struct ClientCertificateTests {
  private func client(
    authorities: String = "authority.pem", _ change: (inout HTTPClientOptions) -> Void = { _ in }
  ) throws -> TestClient {
    let files = try TestAuthorities.shared.get()
    return try TestClient {
      $0.authorities = files.path(authorities)
      $0.idleTimeout = .seconds(600)
      $0.connectTimeout = .seconds(50)
      change(&$0)
    }
  }

  // MARK: Refusals

  private static let versions = [TLS1_2_VERSION, TLS1_3_VERSION]

  @Test("presents the certificate to a server that requires one", arguments: versions)
  func accepted(_ version: Int32) async throws {
    let server = try SecureServer(version: version, clients: .required, SecureServer.echoClient)
    let client = try client()
    let identity = try makeIdentity()
    #expect(!identity.isCertificateRequested)
    for _ in 0..<2 {
      #expect(try await client.send(to: server.origin(), as: identity).get().text == "0 /CN=shop.internal full")
    }
    #expect(identity.isCertificateRequested)
  }

  @Test("presents no certificate to a server that requests none")
  func notRequested() async throws {
    let server = try SecureServer(SecureServer.echoClient)
    let identity = try makeIdentity()
    #expect(try await client().send(to: server.origin(), as: identity).get().text == "0 none full")
    #expect(!identity.isCertificateRequested)
  }

  @Test(
    "reports why the server refuses the connection, and that the request was not processed",
    arguments: versions,
    [
      (nil, ConnectionFailure.clientCertificateRequired), ("outsider.internal", .clientCertificateNotTrusted),
      ("late.internal", .clientCertificateOutOfDate),
    ] as [(String?, ConnectionFailure)])
  func refused(_ version: Int32, _ refusal: (certificate: String?, failure: ConnectionFailure)) async throws {
    let server = try SecureServer(version: version, clients: .required, SecureServer.echoClient)
    let identity = try refusal.certificate.map { try makeIdentity("bank", $0) }
    let error = await (try client()).send(to: server.origin(), as: identity).error
    #expect(error == .notConnected(refusal.failure.rawValue))
    #expect(error?.nothingWasSent == true)
  }

  @Test("reports that a certificate is required for an identity that has only authorities", arguments: versions)
  func onlyAuthorities(_ version: Int32) async throws {
    let server = try SecureServer(version: version, clients: .required, SecureServer.echoClient)
    let identity = try makeIdentity("bank", nil, authorities: "authority.pem")
    #expect(
      await (try client()).send(to: server.origin(), as: identity).error == .notConnected("client certificate required")
    )
  }

  @Test("does not report a refused certificate if the connection ends inside a response")
  func endInsideResponse() async throws {
    let server = try SecureServer(version: TLS1_3_VERSION, clients: .required) { socket, _ in
      _ = try socket.receiveRequest()
      socket.send(Array("HTTP/1.1 200 OK\r\n".utf8))
      socket.socket.halfClose()
      _ = try? socket.socket.receiveAll()
    }
    let error = await (try client()).send(to: server.origin(), as: try makeIdentity()).error
    #expect(error?.nothingWasSent == false)
  }

  // MARK: Authorities

  @Test("verifies the server with the authorities of the identity, and other connections with those of the client")
  func authorities() async throws {
    let server = try SecureServer(clients: .optional, SecureServer.echoClient)
    let stranger = try client(authorities: "stranger.pem")
    let own = try makeIdentity("bank", "shop.internal", authorities: "authority.pem")
    #expect(try await stranger.send(to: server.origin(), as: own).get().text == "0 /CN=shop.internal full")
    let notTrusted = HTTPClientError.notConnected("certificate not trusted")
    #expect(await stranger.send(to: server.origin()).error == notTrusted)
    #expect(await stranger.send(to: server.origin(), as: try makeIdentity("club")).error == notTrusted)
    let other = try makeIdentity("bank", "shop.internal", authorities: "stranger.pem")
    #expect(await (try client()).send(to: server.origin(), as: other).error == notTrusted)
  }

  @Test("sends the certificate through the tunnel of a proxy")
  func proxy() async throws {
    let server = try SecureServer(clients: .required, SecureServer.echoClient)
    let proxy = ScriptedServer.tunnelling(to: server.server.port)
    let client = try client { $0.proxy = try? HTTPProxy("http://127.0.0.1:\(proxy.port)") }
    #expect(try await client.send(to: server.origin(), as: try makeIdentity()).get().text == "0 /CN=shop.internal full")
    #expect(await client.send(to: server.origin()).error == .notConnected("client certificate required"))
    #expect(proxy.requests.allSatisfy { $0.startLine == "CONNECT localhost:\(server.server.port) HTTP/1.1" })
  }

  // MARK: Isolation

  @Test("never uses the connection of another identity, even with the same files")
  func isolation() async throws {
    let server = try SecureServer(clients: .optional, SecureServer.echoClient)
    let client = try client()
    let (bank, club) = (try makeIdentity("bank"), try makeIdentity("club"))
    for _ in 0..<2 {
      #expect(try await client.send(to: server.origin(), as: bank).get().text == "0 /CN=shop.internal full")
      #expect(try await client.send(to: server.origin(), as: club).get().text == "1 /CN=shop.internal full")
      #expect(try await client.send(to: server.origin()).get().text == "2 none full")
    }
    #expect(server.server.connections == 3)
  }

  @Test("resumes only sessions of the same identity", arguments: versions)
  func sessions(_ version: Int32) async throws {
    let server = try SecureServer(version: version, clients: .optional, SecureServer.echoClient)
    let client = try client()
    let (bank, club) = (try makeIdentity("bank"), try makeIdentity("club", "second"))
    for text in ["0 /CN=shop.internal full", "1 /CN=shop.internal resumed"] {
      #expect(try await client.send(to: server.origin(), as: bank, isFresh: true).get().text == text)
    }
    #expect(try await client.send(to: server.origin(), as: club, isFresh: true).get().text == "2 /CN=second full")
    #expect(try await client.send(to: server.origin(), isFresh: true).get().text == "3 none full")
  }

  @Test("identities are equal if the name and all files are equal")
  func equality() throws {
    let bank = try makeIdentity("bank")
    #expect(try bank == makeIdentity("bank"))
    #expect(try bank.hashValue == makeIdentity("bank").hashValue)
    let others = [
      try makeIdentity("club"), try makeIdentity("bank", "second"),
      try makeIdentity("bank", "shop.internal", authorities: "authority.pem"),
      try makeIdentity("bank", nil, authorities: "authority.pem"),
      try makeIdentity("bank", nil, authorities: "stranger.pem"),
    ]
    #expect(Set(others + [bank]).count == others.count + 1)
  }

  @Test("an identity prints its name, and not its key")
  func discretion() throws {
    let bank = try makeIdentity("bank")
    var dumped = ""
    dump(bank, to: &dumped)
    #expect(!dumped.contains("digest") && "\(bank)" == "bank")
  }

  // MARK: Reload

  @Test("uses the open connection of an equal identity that was read again")
  func readAgain() async throws {
    let server = try SecureServer(clients: .required, SecureServer.echoClient)
    let client = try client()
    #expect(try await client.send(to: server.origin(), as: try makeIdentity()).get().text == "0 /CN=shop.internal full")
    let again = try makeIdentity()
    await client.activate([again])
    #expect(try await client.send(to: server.origin(), as: again).get().text == "0 /CN=shop.internal full")
  }

  @Test("closes idle connections of a replaced identity, and leaves the others open")
  func replaced() async throws {
    let closed = Gate()
    let server = try SecureServer(clients: .optional) { socket, number in
      try SecureServer.echoClient(socket, number)
      if number == 0 { closed.open() }
    }
    let client = try client()
    let (old, new, club) = (try makeIdentity(), try makeIdentity("bank", "second"), try makeIdentity("club"))
    #expect(try await client.send(to: server.origin(), as: old).get().text == "0 /CN=shop.internal full")
    #expect(try await client.send(to: server.origin(), as: club).get().text == "1 /CN=shop.internal full")
    #expect(try await client.send(to: server.origin()).get().text == "2 none full")
    await client.activate([new, club])
    await closed.wait()
    #expect(try await client.send(to: server.origin(), as: new).get().text == "3 /CN=second full")
    #expect(try await client.send(to: server.origin(), as: club).get().text == "1 /CN=shop.internal full")
    #expect(try await client.send(to: server.origin()).get().text == "2 none full")
  }

  @Test("finishes a request in flight with the old identity, then closes its connection")
  func inFlight() async throws {
    let (began, ends, closed) = (Gate(), Gate(), Gate())
    let server = try SecureServer(clients: .required) { socket, _ in
      while try socket.receiveRequest() != nil {
        began.open()
        ends.block()
        socket.respond(socket.clientSubject ?? "none")
      }
      closed.open()
    }
    let client = try client()
    let old = try makeIdentity()
    async let answer = client.send(to: server.origin(), as: old)
    await began.wait()
    await client.activate([try makeIdentity("bank", "second")])
    ends.open()
    #expect(try await answer.get().text == "/CN=shop.internal")
    await closed.wait()
  }
}

extension TestClient {
  /// Sends a request on a connection with this identity.
  fileprivate func send(
    to origin: HTTPOrigin, as identity: TLSIdentity?, isFresh: Bool = false
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let request = HTTPClientRequest(method: "GET", origin: origin, target: "/", headers: HTTPFields(), body: [])
    let client = client
    return await Task(executorPreference: loop) {
      await client.send(
        request,
        HTTPSendOptions(
          deadline: .now.advanced(by: .seconds(50)), needsFreshConnection: isFresh, identity: identity))
    }.value
  }

  fileprivate func send(to origin: HTTPOrigin, isFresh: Bool) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(to: origin, as: nil, isFresh: isFresh)
  }

  fileprivate func activate(_ identities: Set<TLSIdentity>) async {
    let client = client
    await Task(executorPreference: loop) { client.activate(identities) }.value
  }
}
