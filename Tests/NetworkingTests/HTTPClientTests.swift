import Glibc
import Testing

@testable import Networking

/// A client with its own loop.
final class TestClient: Sendable {
  let loop: EventLoop
  let client: HTTPClient

  init(_ change: (inout HTTPClientOptions) -> Void = { _ in }) throws {
    var options = HTTPClientOptions()
    change(&options)
    loop = try EventLoop.start(name: "client-test")
    client = HTTPClient(loop: loop, options: options)
  }

  deinit {
    let (loop, client) = (loop, client)
    loop.execute {
      client.shutdown()
      loop.stop()
    }
  }

  func send(
    _ method: String = "GET", _ target: String = "/", to origin: HTTPOrigin, body: [UInt8] = [],
    headers: KeyValuePairs<String, String> = [:], within time: Duration = .seconds(50)
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let request = HTTPClientRequest(
      method: method, origin: origin, target: target, headers: HTTPFields(headers), body: body)
    let client = client
    return await Task(executorPreference: loop) {
      await client.send(request, deadline: MonotonicTime.now.advanced(by: time))
    }.value
  }

  func send(
    _ method: String = "GET", _ target: String = "/", to server: ScriptedServer, body: [UInt8] = [],
    headers: KeyValuePairs<String, String> = [:], within time: Duration = .seconds(50)
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    await send(method, target, to: server.origin, body: body, headers: headers, within: time)
  }

  /// Waits until all work that was submitted to the loop before is done.
  func settle() async {
    await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
  }
}

extension ScriptedServer {
  var origin: HTTPOrigin { HTTPOrigin(isSecure: false, host: "127.0.0.1", port: port) }
}

extension HTTPClientResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}

extension Result where Success == HTTPClientResponse, Failure == HTTPClientError {
  var error: HTTPClientError? {
    if case .failure(let error) = self { return error }
    return nil
  }
}

@Suite("The HTTP client, with a scripted server", .onThreads, .timeLimit(.minutes(1)))
struct HTTPClientTests {
  // MARK: Messages

  @Test("A request has exactly the expected bytes")
  func wire() async throws {
    let heads = Locked([String]())
    let server = ScriptedServer { socket, _, _ in
      while let head = try socket.receiveHead() {
        let length = Int(RawMessage(head)["content-length"] ?? "0") ?? 0
        let body = String(decoding: try socket.receive(exactly: length), as: UTF8.self)
        heads.withLock { $0.append(head + body) }
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let client = try TestClient()
    let host = "Host: 127.0.0.1:\(server.port)\r\n"
    _ = try await client.send(
      "GET", "/a?b=c%20d", to: server, headers: ["Accept": "*/*", "X-Twice": "1", "x-twice": "2"]
    ).get()
    _ = try await client.send("POST", "/p", to: server, body: Array("körper".utf8)).get()
    _ = try await client.send("POST", "/empty", to: server).get()
    _ = try await client.send("GET", "/h", to: server, headers: ["host": "example.com"]).get()
    #expect(
      heads.withLock { $0 } == [
        "GET /a?b=c%20d HTTP/1.1\r\n\(host)Accept: */*\r\nX-Twice: 1\r\nx-twice: 2\r\n\r\n",
        "POST /p HTTP/1.1\r\n\(host)Content-Length: 7\r\n\r\nkörper",
        "POST /empty HTTP/1.1\r\n\(host)Content-Length: 0\r\n\r\n",
        "GET /h HTTP/1.1\r\nhost: example.com\r\n\r\n",
      ])
  }

  @Test(
    "A response is returned with its status and body, and its connection is reused",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"),
      ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, ""),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nhe\r\n3\r\nllo\r\n0\r\nT: y\r\n\r\n", 200, "hello"),
      (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 OK\r\nContent-Length: 1\r\n\r\nx",
        201, "x"
      ),
      ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""), ("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, ""),
      ("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, ""),
      ("HTTP/1.1 500 \r\nContent-Length: 2\r\n\r\nno", 500, "no"),
    ])
  func answers(_ text: String, _ status: Int, _ body: String) async throws {
    let server = ScriptedServer(ScriptedServer.answering(text, closes: false))
    let client = try TestClient()
    for _ in 0..<3 {
      let response = try await client.send(to: server).get()
      #expect(response.status == status)
      #expect(response.text == body)
    }
    #expect(server.connections == 1)
    #expect(server.requests.count == 3)
  }

  @Test("A response that arrives in single bytes is read")
  func singleBytes() async throws {
    let server = ScriptedServer { socket, _, server in
      while try server.request(on: socket) != nil {
        for byte in "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8 {
          socket.send([byte])
        }
      }
    }
    let client = try TestClient()
    for _ in 0..<5 { #expect(try await client.send(to: server).get().text == "hello") }
    #expect(server.connections == 1)
  }

  @Test(
    "A response that ends with the connection is read",
    arguments: [
      "HTTP/1.1 200 OK\r\n\r\nuntil the end", "HTTP/1.0 200 OK\r\n\r\nuntil the end",
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 13\r\n\r\nuntil the end",
    ])
  func untilClose(_ text: String) async throws {
    let server = ScriptedServer(ScriptedServer.answering(text, closes: true))
    let client = try TestClient()
    for number in 1...3 {
      #expect(try await client.send(to: server).get().text == "until the end")
      #expect(server.connections == number)
    }
  }

  @Test("A response to HEAD has a length and no body, and the connection is reused")
  func head() async throws {
    let server = ScriptedServer { socket, _, server in
      while let request = try server.request(on: socket) {
        let body = request.startLine.hasPrefix("HEAD") ? "" : "hello"
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)
      }
    }
    let client = try TestClient()
    for method in ["HEAD", "GET", "HEAD", "GET"] {
      let response = try await client.send(method, to: server, within: .seconds(10)).get()
      #expect(response.headers["Content-Length"] == "5")
      #expect(response.text == (method == "HEAD" ? "" : "hello"))
    }
    #expect(server.connections == 1)
  }

  @Test("A body of one megabyte is sent and received")
  func large() async throws {
    let server = ScriptedServer { socket, _, server in
      while let request = try server.request(on: socket) {
        socket.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n".utf8) + request.body)
      }
    }
    let client = try TestClient()
    let body = (0..<1_000_000).map { UInt8($0 % 251) }
    for _ in 0..<3 { #expect(try await client.send("POST", to: server, body: body).get().body == body) }
    #expect(server.connections == 1)
  }

  // MARK: Reused connections

  @Test("Consecutive requests use one connection")
  func keepAlive() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try TestClient()
    for number in 0..<10 {
      #expect(
        try await client.send("POST", "/\(number)", to: server, body: [0x78]).get().text
          == "0 POST /\(number) HTTP/1.1 x")
    }
    #expect(server.connections == 1)
  }

  @Test("A request on a reused connection that breaks is never sent again", arguments: [false, true])
  func stale(_ resets: Bool) async throws {
    let server = ScriptedServer { socket, number, server in
      guard number == 0 else { return try ScriptedServer.echo(socket, number, server) }
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      _ = try server.request(on: socket)
      if resets { socket.resetOnClose() }
    }
    let client = try TestClient()
    #expect(try await client.send("POST", "/first", to: server).get().status == 200)
    let second = await client.send("POST", "/token", to: server, body: Array("once".utf8))
    #expect(second.error == .reusedConnectionClosed)
    #expect(second.error?.nothingWasSent == false)
    #expect(server.requests.map(\.startLine) == ["POST /first HTTP/1.1", "POST /token HTTP/1.1"])
    // The next request uses a new connection.
    #expect(try await client.send("POST", "/third", to: server).get().text == "1 POST /third HTTP/1.1 ")
    #expect(server.connections == 2)
  }

  @Test("An idle connection that the server has closed is not used again")
  func closedWhileIdle() async throws {
    let closed = Gate()
    let server = ScriptedServer { socket, number, server in
      guard number == 0 else { return try ScriptedServer.echo(socket, number, server) }
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      socket.halfClose()
      // The client closes when it has received the end of the server's data.
      _ = try socket.receiveAll()
      closed.open()
    }
    let client = try TestClient()
    #expect(try await client.send(to: server).get().status == 200)
    await closed.wait()
    #expect(try await client.send("GET", "/next", to: server).get().text == "1 GET /next HTTP/1.1 ")
  }

  @Test(
    "Bytes after a response close the connection",
    arguments: [
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more",
      "HTTP/1.1 204 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n",
    ])
  func extraBytes(_ text: String) async throws {
    let server = ScriptedServer(ScriptedServer.answering(text, closes: false))
    let client = try TestClient()
    for number in 1...3 {
      #expect(try await client.send(to: server).get().text != "x")
      #expect(server.connections == number)
    }
  }

  @Test("Bytes that arrive without a request close the connection")
  func unrequestedResponse() async throws {
    let ended = Gate()
    let server = ScriptedServer { socket, number, server in
      guard number == 0 else { return try ScriptedServer.echo(socket, number, server) }
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 204 x\r\n\r\n")
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
      _ = try? socket.receiveAll()
      ended.open()
    }
    let client = try TestClient()
    #expect(try await client.send(to: server).get().status == 204)
    await ended.wait()
    #expect(try await client.send("GET", "/next", to: server).get().text == "1 GET /next HTTP/1.1 ")
  }

  @Test("An idle connection is closed after the idle time-out")
  func idle() async throws {
    let ended = Gate()
    let server = ScriptedServer { socket, number, server in
      try ScriptedServer.echo(socket, number, server)
      ended.open()
    }
    let client = try TestClient { $0.idleTimeout = .milliseconds(20) }
    #expect(try await client.send("GET", "/1", to: server).get().text == "0 GET /1 HTTP/1.1 ")
    await ended.wait()
    await client.settle()
    #expect(try await client.send("GET", "/2", to: server).get().text == "1 GET /2 HTTP/1.1 ")
  }

  // MARK: No connection

  /// No test has a server on this address. (Another test could get a port of 127.0.0.1 that was free before.)
  private static let unused = HTTPOrigin(isSecure: false, host: "127.0.0.43", port: 9)

  @Test("A refused connection is reported, and nothing is sent")
  func refused() async throws {
    let client = try TestClient()
    let result = await client.send(to: Self.unused)
    #expect(result.error == .notConnected("connection refused"))
    #expect(result.error?.nothingWasSent == true)
  }

  @Test("A name that cannot be resolved is reported")
  func unknownName() async throws {
    let client = try TestClient { $0.connectTimeout = .seconds(40) }
    let result = await client.send(to: HTTPOrigin(isSecure: false, host: "nohost.invalid", port: 80))
    #expect(result.error == .notConnected("name not resolved"))
    #expect(result.error?.connectionFailure == .nameNotResolved)
  }

  /// TCP cannot connect to the broadcast address, independent of the routes of the machine.
  @Test("An unreachable network is distinguished from a refused connection")
  func unreachable() async throws {
    let client = try TestClient()
    let result = await client.send(to: HTTPOrigin(isSecure: false, host: "255.255.255.255", port: 9))
    #expect(result.error == .notConnected("network unreachable"))
    #expect(result.error?.connectionFailure == .unreachable)
  }

  @Test("Only known causes of a failed connection are a `ConnectionFailure`")
  func obstacles() {
    for obstacle in ConnectionFailure.allCases {
      #expect(HTTPClientError.notConnected(obstacle.rawValue).connectionFailure == obstacle)
    }
    #expect(HTTPClientError.notConnected("not connected").connectionFailure == nil)
    #expect(HTTPClientError.notSentInTime.connectionFailure == nil)
    #expect(HTTPClientError.timedOut.connectionFailure == nil)
  }

  @Test("All requests that wait for a refused connection fail")
  func refusedForAll() async throws {
    let client = try TestClient()
    let errors = await withTaskGroup(of: HTTPClientError?.self) { group in
      for _ in 0..<20 { group.addTask { await client.send(to: Self.unused).error } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(errors == [HTTPClientError?](repeating: .notConnected("connection refused"), count: 20))
  }

  @Test("A server that does not respond to the TLS handshake causes a connect time-out")
  func connectTimeout() async throws {
    let listener = RawListener()
    let client = try TestClient { $0.connectTimeout = .milliseconds(50) }
    let result = await client.send(to: HTTPOrigin(isSecure: true, host: "127.0.0.1", port: listener.port))
    #expect(result.error == .notConnected("connect timed out"))
  }

  @Test("A deadline that expires during the connection is reported, and nothing is sent")
  func deadlineWhileConnecting() async throws {
    let listener = RawListener()
    let client = try TestClient { $0.connectTimeout = .seconds(40) }
    let origin = HTTPOrigin(isSecure: true, host: "127.0.0.1", port: listener.port)
    let result = await client.send(to: origin, within: .milliseconds(30))
    #expect(result.error == .notSentInTime)
    #expect(result.error?.nothingWasSent == true)
  }

  // MARK: Faulty responses

  @Test("A request without a response ends at its deadline")
  func deadlineAfterSending() async throws {
    let arrived = Gate()
    let server = ScriptedServer { socket, _, server in
      while try server.request(on: socket) != nil { arrived.open() }
    }
    let client = try TestClient()
    // The deadline is long, so that the request is sent before it.
    let result = await client.send("POST", "/slow", to: server, body: [1], within: .seconds(1))
    #expect(result.error == .timedOut)
    #expect(result.error?.nothingWasSent == false)
    await arrived.wait()
    #expect(server.requests.map(\.startLine) == ["POST /slow HTTP/1.1"])
  }

  @Test("A slow response ends at the deadline of the request")
  func drip() async throws {
    let server = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
      while socket.send("x") { usleep(1000) }
    }
    let client = try TestClient()
    #expect(await client.send(to: server, within: .seconds(1)).error == .timedOut)
  }

  @Test("A connection is not used again after a time-out")
  func afterTimeout() async throws {
    let ended = Gate()
    let server = ScriptedServer { socket, number, server in
      guard number == 0 else { return try ScriptedServer.echo(socket, number, server) }
      _ = try server.request(on: socket)
      // The client closes the connection at the deadline. The response is sent after it.
      _ = try socket.receiveAll()
      socket.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
      ended.open()
    }
    let client = try TestClient()
    #expect(await client.send("GET", "/1", to: server, within: .seconds(1)).error == .timedOut)
    await ended.wait()
    #expect(try await client.send("GET", "/2", to: server).get().text == "1 GET /2 HTTP/1.1 ")
  }

  @Test("A connection that is closed without a response is reported after one request", arguments: [false, true])
  func closed(_ resets: Bool) async throws {
    let server = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      if resets { socket.resetOnClose() }
    }
    let client = try TestClient()
    #expect(await client.send("POST", "/", to: server, body: [1]).error == .closedWithoutResponse)
    #expect(server.requests.count == 1)
  }

  @Test(
    "An incomplete or invalid response is reported",
    arguments: [
      ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", .truncated), ("HTTP/1.1 200 OK\r\nContent-Le", .truncated),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", .truncated), ("H", .truncated),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", .truncated),
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        .malformed("there is more than one Content-Length")
      ),
      (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        .malformed("both Content-Length and Transfer-Encoding are given")
      ),
      ("HTTP/1.1 200 OK\nContent-Length: 0\n\n", .malformed("a line ends in a bare LF")),
      (
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
        .malformed("the server switched protocols, which was not requested")
      ),
      ("HTTP/2.0 200 OK\r\n\r\n", .unsupportedVersion),
      ("SSH-2.0-OpenSSH_9.2\r\n\r\n", .malformed("the HTTP version is missing or malformed")),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .unsupportedTransferCoding),
    ] as [(String, HTTP1Error)])
  func broken(_ text: String, _ error: HTTP1Error) async throws {
    let server = ScriptedServer(ScriptedServer.answering(text, closes: true))
    let client = try TestClient()
    #expect(await client.send(to: server).error == .invalidResponse(error))
    #expect(server.requests.count == 1)
  }

  @Test(
    "An endless body exceeds the limit",
    arguments: [
      "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
    ])
  func endless(_ head: String) async throws {
    let server = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      socket.send(head)
      while socket.send("400\r\n" + String(repeating: "x", count: 1024) + "\r\n") {}
    }
    let client = try TestClient { $0.limits.body = 100_000 }
    #expect(await client.send(to: server).error == .invalidResponse(.bodyTooLarge))
  }

  @Test("An endless header exceeds the limit")
  func endlessHeader() async throws {
    let server = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 200 OK\r\n")
      while socket.send("X: y\r\n") {}
    }
    let client = try TestClient()
    #expect(await client.send(to: server).error == .invalidResponse(.headersTooLarge))
  }

  @Test("A response before the end of the request is returned")
  func earlyAnswer() async throws {
    let server = ScriptedServer { socket, number, server in
      if number > 0 { return try ScriptedServer.echo(socket, number, server) }
      _ = try socket.receiveHead()
      socket.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
      // Reads the rest of the request: a close with unread data would cause a reset, by which the response could be
      // lost.
      _ = try? socket.receiveAll()
    }
    let client = try TestClient()
    let response = try await client.send("POST", "/", to: server, body: [UInt8](repeating: 0x78, count: 50_000_000))
      .get()
    #expect(response.status == 413)
    #expect(response.text == "big")
    #expect(try await client.send("GET", "/2", to: server).get().text == "1 GET /2 HTTP/1.1 ")
  }

  // MARK: The pool

  @Test("Concurrent requests use separate connections, and later requests reuse them")
  func reuse() async throws {
    let arrived = Countdown(3)
    let release = Gate()
    let server = ScriptedServer { socket, number, server in
      while let request = try server.request(on: socket) {
        if request.startLine.contains("/held") {
          arrived.arrive()
          release.block()
        }
        socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
      }
    }
    let client = try TestClient()
    async let first = client.send("GET", "/held", to: server)
    async let second = client.send("GET", "/held", to: server)
    async let third = client.send("GET", "/held", to: server)
    await arrived.done()
    release.open()
    let numbers = try await Set([first.get().text, second.get().text, third.get().text])
    #expect(numbers == ["0", "1", "2"])
    for _ in 0..<20 { #expect(numbers.contains(try await client.send(to: server).get().text)) }
    #expect(server.connections == 3)
  }

  @Test("A request whose latest start passes during the connection is not sent; other requests are")
  func latestStart() async throws {
    let lookup = HeldLookup()
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try TestClient { $0.resolver = NameResolver(lookup: lookup.lookup) }
    let origin = HTTPOrigin(isSecure: false, host: "vendor.test", port: server.port)
    async let patient = client.send("GET", "/patient", to: origin)
    #expect(await client.send("GET", "/hasty", to: origin, within: .milliseconds(5)).error == .notSentInTime)
    lookup.release(["127.0.0.1"])
    #expect(try await patient.get().text == "0 GET /patient HTTP/1.1 ")
    #expect(server.requests.map(\.startLine) == ["GET /patient HTTP/1.1"])
  }

  @Test("A slow look-up of a host does not block the loop, and no second look-up of that host is started")
  func slowLookup() async throws {
    let lookup = HeldLookup()
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try TestClient {
      $0.resolver = NameResolver(lookup: lookup.lookup)
      $0.connectTimeout = .milliseconds(30)
    }
    let slow = HTTPOrigin(isSecure: false, host: "slow.test", port: server.port)
    for _ in 0..<3 { #expect(await client.send(to: slow).error == .notConnected("name look-up timed out")) }
    #expect(try await client.send(to: server).get().text == "0 GET / HTTP/1.1 ")
    #expect(lookup.calls == ["slow.test"])
    lookup.release([])
  }

  @Test("A name without addresses is reported")
  func noAddress() async throws {
    let client = try TestClient { $0.resolver = NameResolver { _ in [] } }
    let origin = HTTPOrigin(isSecure: false, host: "nowhere.test", port: 80)
    #expect(await client.send(to: origin).error == .notConnected("name not resolved"))
  }

  @Test(
    "A connection is not reused if the server would close it within one second",
    arguments: [
      ("timeout=1", 2), ("timeout=1, max=100", 2), ("max=100, timeout = 1", 2), ("TIMEOUT=0", 2), ("timeout=60", 1),
      ("max=100", 1), ("timeout=", 1), ("timeout=-1", 1), ("timeout=99999999999", 1), ("", 1),
    ])
  func keepAlive(_ field: String, _ connections: Int) async throws {
    let server = ScriptedServer { socket, _, server in
      while try server.request(on: socket) != nil {
        socket.send("HTTP/1.1 200 OK\r\nKeep-Alive: \(field)\r\nContent-Length: 0\r\n\r\n")
      }
    }
    let client = try TestClient()
    for _ in 0..<2 { #expect(try await client.send(to: server).get().status == 200) }
    #expect(server.connections == connections)
  }

  @Test("A connection is replaced at its maximum age")
  func age() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try TestClient { $0.connectionAge = .zero }
    for number in 0..<3 { #expect(try await client.send(to: server).get().text == "\(number) GET / HTTP/1.1 ") }
    #expect(server.connections == 3)
  }

  @Test("A request that needs a fresh connection does not use an idle connection")
  func fresh() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try TestClient()
    _ = await client.send(to: server)
    let request = HTTPClientRequest(
      method: "GET", origin: server.origin, target: "/", headers: HTTPFields(), body: [])
    let options = HTTPSendOptions(deadline: .now.advanced(by: .seconds(50)), needsFreshConnection: true)
    let answer = await Task(executorPreference: client.loop) { await client.client.send(request, options) }.value
    #expect(try answer.get().text == "1 GET / HTTP/1.1 ")
    #expect(server.connections == 2)
  }

  @Test("Each origin has its own connections")
  func origins() async throws {
    let servers = [ScriptedServer(ScriptedServer.echo), ScriptedServer(ScriptedServer.echo)]
    let client = try TestClient()
    for _ in 0..<3 {
      for server in servers { #expect(try await client.send(to: server).get().text == "0 GET / HTTP/1.1 ") }
    }
    #expect(servers.map(\.connections) == [1, 1])
  }

  @Test("A shutdown ends the requests in flight and the waiting requests")
  func shutdown() async throws {
    let arrived = Gate()
    let server = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      arrived.open()
      _ = try socket.receiveAll()
    }
    let lookup = HeldLookup()
    let client = try TestClient { $0.resolver = NameResolver(lookup: lookup.lookup) }
    async let running = client.send("GET", "/running", to: server)
    await arrived.wait()
    let request = HTTPClientRequest(
      method: "GET", origin: HTTPOrigin(isSecure: false, host: "vendor.test", port: server.port), target: "/waiting",
      headers: HTTPFields(), body: [])
    let waiting = await Task(executorPreference: client.loop) {
      // The child task runs first: the loop runs jobs in the order in which they were enqueued.
      async let result = client.client.send(request, deadline: MonotonicTime.now.advanced(by: .seconds(50)))
      await Task.yield()
      client.client.shutdown()
      return await result
    }.value
    #expect(await running.error == .closedWithoutResponse)
    #expect(waiting.error == .notConnected("shut down"))
    lookup.release([])
  }

  /// The loop holds timers until they are due. Here, deadlines of requests are later than the release of the client.
  @Test("Timers do not call a released client")
  func goneBeforeTimers() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let loop = try EventLoop.start(name: "gone")
    defer { loop.stop() }
    await Task(executorPreference: loop) {
      for _ in 0..<20 {
        let client = HTTPClient(loop: loop)
        let request = HTTPClientRequest(
          method: "GET", origin: server.origin, target: "/", headers: HTTPFields(), body: [])
        let result = await client.send(request, deadline: MonotonicTime.now.advanced(by: .milliseconds(200)))
        #expect(result.error == nil || result.error == .timedOut || result.error == .notSentInTime)
        client.shutdown()
      }
      await loop.sleep(for: .milliseconds(220))
    }.value
    #expect(!server.requests.isEmpty)
  }

  @Test("A client can be released while it is connecting")
  func goneWhileConnecting() async throws {
    let listener = RawListener()
    let loop = try EventLoop.start(name: "gone")
    defer { loop.stop() }
    await Task(executorPreference: loop) {
      for milliseconds in 1...10 {
        var options = HTTPClientOptions()
        options.connectTimeout = .milliseconds(20)
        let client = HTTPClient(loop: loop, options: options)
        let origin = HTTPOrigin(isSecure: true, host: "127.0.0.1", port: listener.port)
        let request = HTTPClientRequest(method: "GET", origin: origin, target: "/", headers: HTTPFields(), body: [])
        let result = await client.send(request, deadline: MonotonicTime.now.advanced(by: .milliseconds(milliseconds)))
        #expect(result.error?.nothingWasSent == true)
        client.shutdown()
      }
      await loop.sleep(for: .milliseconds(30))
    }.value
  }

  // MARK: Origins

  @Test(
    "An origin consists of a scheme, a host and an optional port",
    arguments: [
      ("http://example.com", false, "example.com", 80, "example.com", "http://example.com"),
      ("https://example.com", true, "example.com", 443, "example.com", "https://example.com"),
      ("http://Example.COM:8080", false, "example.com", 8080, "example.com:8080", "http://example.com:8080"),
      ("https://a_b-c.d:443", true, "a_b-c.d", 443, "a_b-c.d", "https://a_b-c.d"),
      ("http://a:443", false, "a", 443, "a:443", "http://a:443"),
      ("http://[::1]", false, "[::1]", 80, "[::1]", "http://[::1]"),
      ("http://[::1]:8080", false, "[::1]", 8080, "[::1]:8080", "http://[::1]:8080"),
    ])
  func origin(_ text: String, _ secure: Bool, _ host: String, _ port: Int, _ authority: String, _ description: String)
    throws
  {
    let origin = try #require(HTTPOrigin(text))
    #expect(origin.isSecure == secure)
    #expect(origin.host == host)
    #expect(origin.port == port)
    #expect(origin.authority == authority)
    #expect(origin.description == description)
  }

  @Test(
    "A text that is not exactly an origin is rejected",
    arguments: [
      "", "example.com", "http://", "http:///", "http://a/", "http://a/b", "http://a?b", "http://a#b", "http://u@a",
      "http://a:",
      "http://a:0", "http://a:65536", "http://a:-1", "http://a:x", "http://a b", "ftp://a", "HTTP://a", "http://ä",
      "http://a\r\nX: y",
      "https://a%2f", "http://:80",
    ])
  func notOrigins(_ text: String) {
    #expect(HTTPOrigin(text) == nil)
  }

  @Test(
    "Only addresses of this machine are loopback",
    arguments: [
      ("http://localhost", true), ("http://127.0.0.1", true), ("http://127.9.9.9:80", true), ("https://[::1]", true),
      ("http://127.0.0.1.example.com", false), ("http://localhost.example.com", false), ("http://10.0.0.1", false),
      ("http://example.com", false), ("http://[::2]", false),
    ])
  func loopback(_ text: String, _ expected: Bool) throws {
    #expect(try #require(HTTPOrigin(text)).isLoopback == expected)
  }
}
