import COpenSSL
import TestAuthorities
import Testing

@testable import Networking

@Suite("TLS of the HTTP client", .onThreads, .timeLimit(.minutes(1)))
struct TLSClientTests {
  private func client(_ change: (inout HTTPClientOptions) -> Void = { _ in }) throws -> TestClient {
    let authorities = try TestAuthorities.shared.get()
    return try TestClient {
      $0.authorities = authorities.path("authority.pem")
      $0.idleTimeout = .seconds(600)
      $0.connectTimeout = .seconds(50)
      change(&$0)
    }
  }

  private func request(_ origin: HTTPOrigin) -> HTTPClientRequest {
    HTTPClientRequest(method: "GET", origin: origin, target: "/", headers: HTTPFields(), body: [])
  }

  /// Sends a request on a new connection.
  private func sendFresh(_ client: TestClient, to origin: HTTPOrigin) async -> Result<
    HTTPClientResponse, HTTPClientError
  > {
    let request = request(origin)
    return await Task(executorPreference: client.loop) {
      await client.client.send(
        request, HTTPSendOptions(deadline: .now.advanced(by: .seconds(50)), needsFreshConnection: true))
    }.value
  }

  // MARK: Sessions

  @Test("resumes the session of an earlier connection", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func resumption(_ version: Int32) async throws {
    let server = try SecureServer(version: version, SecureServer.echo)
    let client = try client()
    let texts = ["0 full", "1 resumed", "2 resumed", "3 resumed"]
    for text in texts { #expect(try await sendFresh(client, to: server.origin()).get().text == text) }
  }

  @Test("resumes sessions of another loop with the same options")
  func sharedSessions() async throws {
    let server = try SecureServer(SecureServer.echo)
    var options = HTTPClientOptions()
    options.authorities = try TestAuthorities.shared.get().path("authority.pem")
    options.connectTimeout = .seconds(50)
    let clients = try (0..<2).map { _ in try TestClient { [options] in $0 = options } }
    #expect(try await clients[0].send(to: server.origin()).get().text == "0 full")
    #expect(try await clients[1].send(to: server.origin()).get().text == "1 resumed")
  }

  @Test("does not resume a session if other authorities are trusted")
  func otherAuthorities() async throws {
    let server = try SecureServer(SecureServer.echo)
    #expect(try await client().send(to: server.origin()).get().text == "0 full")
    let authorities = try TestAuthorities.shared.get()
    let stranger = try client { $0.authorities = authorities.path("stranger.pem") }
    #expect(await stranger.send(to: server.origin()).error == .notConnected("certificate not trusted"))
  }

  @Test("keeps a bounded number of sessions")
  func cache() throws {
    let cache = TLSSessionCache()
    let sessions = (0..<TLSSessionCache.sessionsOfOrigin + 5).map { _ in TLSSession(adopting: SSL_SESSION_new()) }
    let origin = HTTPOrigin(isSecure: true, host: "a", port: 443)
    for session in sessions { cache.keep(session, for: origin) }
    #expect(cache.count(for: origin) == TLSSessionCache.sessionsOfOrigin)
    for number in 0..<TLSSessionCache.sessionsInAll {
      cache.keep(sessions[0], for: HTTPOrigin(isSecure: true, host: "b", port: number + 1))
    }
    #expect(cache.count(for: origin) == 0)
    #expect(cache.count(for: HTTPOrigin(isSecure: true, host: "b", port: TLSSessionCache.sessionsInAll)) == 1)
  }

  @Test("indicates the name of the host, but not an address")
  func serverName() async throws {
    for (certificate, host, expected) in [("localhost", "localhost", "localhost"), ("address", "127.0.0.1", "none")] {
      let server = try SecureServer(certificate: certificate) { socket, _ in
        while try socket.receiveRequest() != nil { socket.respond(socket.indicatedName ?? "none") }
      }
      #expect(try await client().send(to: server.origin(host)).get().text == expected)
    }
  }

  // MARK: Refusals

  @Test("refuses a server that supports only TLS 1.1")
  func oldVersion() async throws {
    let server = try SecureServer(version: TLS1_1_VERSION, SecureServer.echo)
    #expect(await (try client()).send(to: server.origin()).error == .notConnected("TLS failed"))
  }

  @Test("applies the connect time-out to a handshake without a response")
  func silentHandshake() async throws {
    let silent = ScriptedServer { socket, _, _ in _ = try socket.receiveAll() }
    let client = try client { $0.connectTimeout = .milliseconds(100) }
    let origin = HTTPOrigin(isSecure: true, host: "127.0.0.1", port: silent.port)
    #expect(await client.send(to: origin).error == .notConnected("connect timed out"))
  }

  @Test("opens other connections during a handshake")
  func slowHandshake() async throws {
    let began = Gate()
    let ends = Gate()
    let slow = ScriptedServer { socket, _, _ in
      _ = try socket.receive()
      began.open()
      ends.block()
    }
    let server = try SecureServer(SecureServer.echo)
    let client = try client()
    async let waiting = client.send(to: HTTPOrigin(isSecure: true, host: "127.0.0.1", port: slow.port))
    await began.wait()
    #expect(try await client.send(to: server.origin()).get().text == "0 full")
    ends.open()
    #expect(await waiting.error == .notConnected("TLS failed"))
  }

  @Test("sends nothing to a server that sends first or closes after the handshake", arguments: [true, false])
  func sendsFirst(_ sends: Bool) async throws {
    // In TLS 1.2 the server ends the handshake. The client receives this end together with the following data.
    let server = try SecureServer(version: TLS1_2_VERSION, holdsBack: true) { socket, _ in
      if sends { socket.send(Array("220 ready\r\n".utf8)) } else { socket.sendCloseNotify() }
      socket.holdsBack(false)
      _ = try socket.socket.receiveAll()
    }
    #expect(await (try client()).send(to: server.origin()).error == .closedBeforeSending)
  }

  // MARK: Reused connections

  @Test("keeps an idle connection on which a session ticket arrives")
  func ticketWhileIdle() async throws {
    let isIdle = Gate()
    let server = try SecureServer(version: TLS1_3_VERSION) { socket, number in
      while try socket.receiveRequest() != nil {
        socket.respond("\(number)")
        guard number == 0, !isIdle.isOpen else { continue }
        isIdle.block()
        socket.sendTicket()
      }
    }
    let client = try client()
    #expect(try await client.send(to: server.origin()).get().text == "0")
    let sessions = try #require(await client.sessions(of: server.origin()))
    isIdle.open()
    // The loop has read the ticket when the number of cached sessions changes.
    while await client.sessions(of: server.origin()) == sessions { await client.settle() }
    #expect(try await client.send(to: server.origin()).get().text == "0")
    #expect(server.server.connections == 1)
  }

  @Test("replaces an idle connection that the server has ended with close_notify")
  func closeNotifyWhileIdle() async throws {
    let ended = Gate()
    let server = try SecureServer { socket, number in
      while try socket.receiveRequest() != nil {
        socket.respond("\(number)")
        guard number == 0 else { continue }
        // No FIN is sent: the client closes because of close_notify.
        socket.sendCloseNotify()
        _ = try? socket.socket.receiveAll()
        ended.open()
        return
      }
    }
    let client = try client()
    #expect(try await client.send(to: server.origin()).get().text == "0")
    await ended.wait()
    #expect(try await client.send(to: server.origin()).get().text == "1")
  }

  /// A server that sends a text and closes the connection, with or without close_notify.
  private static func ending(after text: String, _ isAnnounced: Bool) throws -> SecureServer {
    try SecureServer { socket, _ in
      _ = try socket.receiveRequest()
      socket.send(Array(text.utf8))
      if isAnnounced { socket.sendCloseNotify() }
      socket.socket.halfClose()
      _ = try socket.socket.receiveAll()
    }
  }

  @Test("reports a close inside a response", arguments: [true, false])
  func closedInside(_ isAnnounced: Bool) async throws {
    let server = try Self.ending(after: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", isAnnounced)
    #expect(await (try client()).send(to: server.origin()).error == .invalidResponse(.truncated))
  }

  @Test("accepts a response that lasts until the end only after close_notify", arguments: [true, false])
  func untilTheEnd(_ isAnnounced: Bool) async throws {
    let server = try Self.ending(after: "HTTP/1.1 200 OK\r\n\r\nhello", isAnnounced)
    let answer = await (try client()).send(to: server.origin())
    if isAnnounced {
      #expect(try answer.get().text == "hello")
    } else {
      #expect(answer.error == .invalidResponse(.truncated))
    }
  }

  @Test("reads a response of many records")
  func large() async throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    let server = try SecureServer { socket, _ in
      while try socket.receiveRequest() != nil {
        socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
      }
    }
    let client = try client { $0.limits.body = 4 << 20 }
    for _ in 0..<3 { #expect(try await client.send(to: server.origin()).get().body == body) }
    #expect(server.server.connections == 1)
  }

  @Test("reads the file of authorities once, and again after a failure")
  func trust() async throws {
    let authorities = try TestAuthorities.shared.get()
    func load(_ trust: TLSTrust) async -> TLSClientContext? {
      await withCheckedContinuation { continuation in
        if let context = trust.context(completion: { continuation.resume(returning: $0) }) {
          continuation.resume(returning: context)
        }
      }
    }
    let trust = TLSTrust(file: authorities.path("authority.pem"))
    let first = try #require(await load(trust))
    #expect(await load(trust) === first)
    let unreadable = TLSTrust(file: authorities.path("nowhere.pem"))
    for _ in 0..<2 { #expect(await load(unreadable) == nil) }
    // A key is PEM, but not a certificate.
    #expect(await load(TLSTrust(file: authorities.path("authority.key"))) == nil)
    #expect(await load(.system) != nil)
  }
}

extension TestClient {
  /// Number of cached sessions; nil before the authorities are loaded.
  fileprivate func sessions(of origin: HTTPOrigin) async -> Int? {
    let trust = client.options.trust
    return await Task(executorPreference: loop) {
      trust.context { _ in }?.sessions.count(for: origin)
    }.value
  }
}
