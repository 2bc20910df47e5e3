import Glibc
import TestAuthorities
import Testing

@testable import Networking

/// Runs `Fixtures/tls_server.py` with the certificate of this name. `deinit` ends the process.
final class TLSServer: Sendable {
  let port: Int
  private let process: pid_t
  private let input: Int32

  init(certificate name: String, _ authorities: TestAuthorities, beside file: String = #filePath) throws {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    var (toServer, fromServer): ([Int32], [Int32]) = ([0, 0], [0, 0])
    try #require(pipe(&toServer) == 0 && pipe(&fromServer) == 0)
    // A child process of another test must not inherit the input of this server.
    for end in toServer + fromServer { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toServer[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromServer[1], STDOUT_FILENO)
    let arguments = [
      "python3", folder + "/Fixtures/tls_server.py", authorities.path(name + ".pem"), authorities.path(name + ".key"),
    ]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let result = posix_spawnp(&process, "python3", &actions, nil, &words, environ)
    close(toServer[0])
    close(fromServer[1])
    self.process = process
    input = toServer[1]
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while result == 0, read(fromServer[0], &byte, 1) == 1, byte != 0x0a { line.append(byte) }
    close(fromServer[0])
    port = Int(String(decoding: line, as: UTF8.self)) ?? 0
    try #require(port > 0, "the TLS server did not start")
  }

  deinit {
    close(input)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  func origin(_ host: String) -> HTTPOrigin { HTTPOrigin(isSecure: true, host: host, port: port) }
}

@Suite("The HTTP client over TLS", .onThreads, .timeLimit(.minutes(1)))
struct TLSTests {
  private func client(trusting name: String?) throws -> TestClient {
    let authorities = try TestAuthorities.shared.get()
    return try TestClient { $0.authorities = name.map(authorities.path) }
  }

  private func server(_ certificate: String = "localhost") throws -> TLSServer {
    try TLSServer(certificate: certificate, try TestAuthorities.shared.get())
  }

  @Test("A server with a trusted certificate is accepted, and its connection is reused")
  func trusted() async throws {
    let server = try server()
    let client = try client(trusting: "authority.pem")
    for number in 0..<5 {
      let response = try await client.send("POST", "/\(number)", to: server.origin("localhost"), body: [0x78]).get()
      #expect(response.status == 200)
      #expect(response.text == "0 TLSv1.3 fresh /\(number) x")
    }
  }

  @Test("A certificate for an address is accepted for the address")
  func address() async throws {
    let server = try server("address")
    let client = try client(trusting: "authority.pem")
    #expect(try await client.send(to: server.origin("127.0.0.1")).get().text == "0 TLSv1.3 fresh / ")
  }

  @Test("Two connections work at the same time, and a third one after a shutdown")
  func secondConnection() async throws {
    let server = try server()
    let client = try client(trusting: "authority.pem")
    let origin = server.origin("localhost")
    _ = try await client.send("GET", "/first", to: origin).get()
    // The server responds after it has received both requests, so two connections are necessary.
    async let second = client.send("GET", "/meet", to: origin)
    async let third = client.send("GET", "/meet", to: origin)
    let texts = [try await second.get().text, try await third.get().text]
    #expect(Set(texts.map { $0.prefix(1) }) == ["0", "1"])
    await Task(executorPreference: client.loop) { client.client.shutdown() }.value
    let last = try await client.send("GET", "/last", to: origin).get()
    #expect(last.text.hasSuffix(" /last "))
    #expect(last.text.hasPrefix("2 "))
  }

  @Test("Bodies of about one megabyte are sent and received")
  func large() async throws {
    let server = try server()
    let client = try client(trusting: "authority.pem")
    let body = (0..<900_000).map { UInt8($0 % 251) }
    for _ in 0..<5 {
      let response = try await client.send("POST", "/large", to: server.origin("localhost"), body: body).get()
      #expect(response.body == Array("0 TLSv1.3 fresh /large ".utf8) + body)
    }
  }

  @Test("A server with an untrusted certificate receives no request", arguments: ["stranger.pem", nil])
  func unknownAuthority(_ trusted: String?) async throws {
    let server = try server()
    let client = try client(trusting: trusted)
    let result = await client.send("POST", "/secret", to: server.origin("localhost"), body: [1])
    #expect(result.error == .notConnected("certificate not trusted"))
    #expect(result.error?.nothingWasSent == true)
  }

  @Test(
    "A certificate for another name is rejected", arguments: [("localhost", "127.0.0.1"), ("address", "localhost")])
  func wrongName(_ certificate: String, _ host: String) async throws {
    let server = try server(certificate)
    let client = try client(trusting: "authority.pem")
    #expect(await client.send(to: server.origin(host)).error == .notConnected("certificate for another name"))
  }

  @Test("An expired certificate is rejected and reported")
  func expired() async throws {
    let server = try server("expired")
    let client = try client(trusting: "authority.pem")
    let result = await client.send(to: server.origin("localhost"))
    #expect(result.error == .notConnected("certificate out of date"))
    #expect(result.error?.connectionFailure == .certificateOutOfDate)
  }

  @Test("An unreadable file of authorities is reported")
  func missingAuthorities() async throws {
    let server = try server()
    let client = try client(trusting: "nowhere.pem")
    #expect(await client.send(to: server.origin("localhost")).error == .notConnected("authorities file not readable"))
  }

  @Test("A server without TLS receives no request")
  func plain() async throws {
    let server = ScriptedServer { socket, _, _ in
      _ = try socket.receive()
      socket.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
      _ = try socket.receiveAll()
    }
    let client = try client(trusting: "authority.pem")
    let origin = HTTPOrigin(isSecure: true, host: "127.0.0.1", port: server.port)
    #expect(await client.send(to: origin).error == .notConnected("TLS failed"))
  }

  @Test("A server that closes during the handshake receives no request")
  func hangsUp() async throws {
    let server = ScriptedServer { socket, _, _ in _ = try socket.receive() }
    let client = try client(trusting: "authority.pem")
    let result = await client.send(to: HTTPOrigin(isSecure: true, host: "127.0.0.1", port: server.port))
    #expect(result.error?.nothingWasSent == true)
  }
}
