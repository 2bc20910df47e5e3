import Glibc
import Testing

@testable import Networking

/// Responds in a different way for each path, and records the requests.
final class TestResponder: HTTPResponder {
  let seen = Locked([String]())
  /// A request for `/wait` opens `arrived` and waits for `gate`.
  let gate = Gate()
  let arrived = Gate()

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    let body = String(decoding: request.body, as: UTF8.self)
    seen.withLock { $0.append("\(request.method) \(request.path) \(body)") }
    switch request.path {
    case "/wait":
      arrived.open()
      await gate.wait()
    case "/slow": await request.loop.sleep(for: .milliseconds(30))
    case "/reset", "/cut", "/endless", "/short-endless":
      var response = HTTPResponse(status: 200, body: Array("0123456789".utf8))
      response.transmission =
        switch request.path {
        case "/reset": .reset
        case "/cut": .cut(afterBodyBytes: 4)
        case "/endless": .endless(limit: .max)
        default: .endless(limit: 1000)
        }
      return response
    case "/large": return HTTPResponse(status: 200, body: [UInt8](repeating: 0x78, count: 10_000_000))
    case "/none": return HTTPResponse(status: 204)
    default: break
    }
    return HTTPResponse(
      status: 200, headers: ["Content-Type": "text/plain", "X-From": request.remoteAddress],
      body: Array("\(request.method) \(request.path)?\(request.query ?? "-") \(body)".utf8))
  }

  func reject(_ error: HTTP1Error) -> HTTPResponse {
    HTTPResponse(status: error.status, body: Array(error.label.utf8))
  }
}

extension HTTPResponse {
  init(status: Int, headers: KeyValuePairs<String, String>, body: [UInt8]) {
    self.init(status: status, headers: HTTPFields(headers), body: body)
  }
}

/// A server for one test, with its own loops.
final class TestServer: Sendable {
  let responder = TestResponder()
  let loops: [EventLoop]
  let server: HTTPServer

  init(loops count: Int = 1, _ change: (inout HTTPServerOptions) -> Void = { _ in }) throws {
    var options = HTTPServerOptions()
    change(&options)
    loops = try (0..<count).map { _ in try EventLoop.start(name: "server-test") }
    let responder = responder
    server = try HTTPServer.start(
      on: SocketAddress(host: "127.0.0.1", port: 0), loops: loops, options: options, responder: { _ in responder })
  }

  func connect(receiveBuffer: Int32? = nil) throws -> RawSocket {
    try RawSocket(connectingTo: server.address.port, receiveBuffer: receiveBuffer)
  }

  func drain() async {
    let server = server
    await Task(executorPreference: loops[0]) { await server.drain() }.value
  }

  deinit {
    responder.gate.open()
    for loop in loops { loop.stop() }
  }
}

@Suite("The HTTP server, over real sockets", .onThreads, .timeLimit(.minutes(1)))
struct HTTPServerTests {
  private func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  private func post(_ path: String, _ body: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  // MARK: Requests and connections

  @Test("The responder receives the whole request, and the client the whole response")
  func request() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(post("/a/b%20c?x=1&y", "körper"))
    let response = try #require(try socket.receiveMessage())
    #expect(response.startLine == "HTTP/1.1 200 OK")
    #expect(response.text == "POST /a/b%20c?x=1&y körper")
    #expect(response["x-from"] == "127.0.0.1")
    #expect(response["content-type"] == "text/plain")
    #expect(response["connection"] == nil)
    // RFC 9110 §5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
    let date = try #require(response["date"])
    #expect(date.count == 29)
    #expect(date.hasSuffix(" GMT"))
    #expect(date.split(separator: " ").count == 6)
  }

  @Test("Consecutive requests use one connection")
  func keepAlive() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for number in 0..<20 {
      socket.send(post("/\(number)", String(repeating: "x", count: number)))
      #expect(try socket.receiveMessage()?.text == "POST /\(number)?- " + String(repeating: "x", count: number))
      #expect(server.server.connectionCount == 1)
    }
  }

  @Test("Pipelined requests are answered in order, even if the first one is slow")
  func pipelining() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/slow") + post("/second", "body") + get("/third"))
    for expected in ["GET /slow?- ", "POST /second?- body", "GET /third?- "] {
      #expect(try socket.receiveMessage()?.text == expected)
    }
    #expect(server.responder.seen.withLock { $0 } == ["GET /slow ", "POST /second body", "GET /third "])
  }

  @Test("A pipelined request starts after the response to the previous request")
  func pipeliningWaits() async throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/wait") + get("/behind"))
    await server.responder.arrived.wait()
    #expect(server.responder.seen.withLock { $0 } == ["GET /wait "])
    server.responder.gate.open()
    #expect(try socket.receiveMessage()?.text == "GET /wait?- ")
    #expect(try socket.receiveMessage()?.text == "GET /behind?- ")
  }

  @Test("Five hundred pipelined requests are answered in order")
  func deepPipelining() throws {
    let server = try TestServer()
    let socket = try server.connect()
    let requests = (0..<500).map { get("/\($0)") }.joined()
    startThread { socket.send(requests) }
    for number in 0..<500 { #expect(try socket.receiveMessage()?.text == "GET /\(number)?- ") }
  }

  @Test("A request that arrives in single bytes is answered")
  func singleBytes() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for byte in post("/bytes", "0123456789").utf8 { socket.send([byte]) }
    #expect(try socket.receiveMessage()?.text == "POST /bytes?- 0123456789")
  }

  @Test("A chunked request is decoded")
  func chunked() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    socket.send("4;x=y\r\ndefg\r\n0\r\nTrailer: z\r\n\r\n" + get("/next"))
    #expect(try socket.receiveMessage()?.text == "POST /c?- abcdefg")
    #expect(try socket.receiveMessage()?.text == "GET /next?- ")
  }

  @Test("A client that has shut down its sending side receives all responses, then the end")
  func halfClose() throws {
    let server = try TestServer()
    for path in ["/slow", "/fast"] {
      let socket = try server.connect()
      socket.send(get(path) + get("/last"))
      socket.halfClose()
      #expect(try socket.receiveMessage()?.text == "GET \(path)?- ")
      #expect(try socket.receiveMessage()?.text == "GET /last?- ")
      #expect(try socket.receiveAll().isEmpty)
    }
  }

  @Test("A response to HEAD has no body, and the connection is reused")
  func head() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"))
    let head = try #require(try socket.receiveMessage(hasBody: false))
    #expect(head["content-length"] == "\("HEAD /x?- ".utf8.count)")
    #expect(try socket.receiveMessage()?.text == "GET /y?- ")
  }

  @Test("A response with status 204 has no Content-Length")
  func noContent() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/none") + get("/y"))
    let none = try #require(try socket.receiveMessage())
    #expect(none.status == 204)
    #expect(none["content-length"] == nil)
    #expect(try socket.receiveMessage()?.text == "GET /y?- ")
  }

  @Test("A client with Expect: 100-continue receives 100 Continue before it sends the body")
  func expectContinue() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for _ in 0..<2 {
      socket.send("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
      #expect(try socket.receiveHead() == "HTTP/1.1 100 Continue\r\n\r\n")
      socket.send("body")
      #expect(try socket.receiveMessage()?.text == "POST /e?- body")
    }
  }

  @Test("100 Continue is not sent to HTTP/1.0 clients and to clients that have sent the body")
  func expectNothing() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody")
    #expect(try socket.receiveMessage()?.text == "POST /e?- body")
    socket.send("POST /f HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    socket.send("body")
    #expect(try socket.receiveMessage()?.text == "POST /f?- body")
  }

  @Test(
    "HTTP/1.0 and Connection: close end the connection",
    arguments: [
      "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ])
  func closing(_ request: String) throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(request)
    let response = try #require(try socket.receiveMessage())
    #expect(response.status == 200)
    #expect(response["connection"] == "close")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("HTTP/1.0 with keep-alive keeps the connection open")
  func oldKeepAlive() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for _ in 0..<2 {
      socket.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try socket.receiveMessage()?["connection"] == "keep-alive")
    }
  }

  @Test("A large response reaches a slow client")
  func largeAnswer() throws {
    // The client can be very slow on a loaded machine.
    let server = try TestServer { $0.writeTimeout = .seconds(600) }
    let socket = try server.connect(receiveBuffer: 4096)
    socket.send(get("/large") + get("/after"))
    let response = try #require(try socket.receiveMessage())
    #expect(response.body.count == 10_000_000)
    #expect(response.body.allSatisfy { $0 == 0x78 })
    #expect(try socket.receiveMessage()?.text == "GET /after?- ")
  }

  @Test("Many connections on two loops are served concurrently")
  func manyConnections() throws {
    let server = try TestServer(loops: 2)
    let sockets = try (0..<50).map { _ in try server.connect() }
    for (number, socket) in sockets.enumerated() { socket.send(get("/\(number)")) }
    for (number, socket) in sockets.enumerated() {
      #expect(try socket.receiveMessage()?.text == "GET /\(number)?- ")
    }
    #expect(server.server.connectionCount == 50)
  }

  // MARK: Refusals

  @Test(
    "An invalid request is answered and the connection is closed",
    arguments: [
      ("GARBAGE\r\n\r\n", 400, "malformed"), ("GET / HTTP/1.1\r\n\r\n", 400, "malformed"),
      ("GET / HTTP/1.1\nHost: a\n\n", 400, "malformed"),
      ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "unsupported-version"),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "unsupported-transfer-coding"),
      ("POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417, "unsupported-expectation"),
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400, "malformed"),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "malformed"),
      ("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400, "malformed"),
    ])
  func refusals(_ request: String, _ status: Int, _ label: String) throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(request + get("/smuggled"))
    let response = try #require(try socket.receiveMessage())
    #expect(response.status == status)
    #expect(response.text == label)
    #expect(response["connection"] == "close")
    #expect(try socket.receiveAll().isEmpty)
    #expect(server.responder.seen.withLock { $0.isEmpty })
  }

  @Test("A valid request before an invalid one is answered first")
  func refusalBehind() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/slow") + "NO\r\n\r\n")
    #expect(try socket.receiveMessage()?.text == "GET /slow?- ")
    #expect(try socket.receiveMessage()?.status == 400)
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test(
    "A client that closes inside a request receives an error",
    arguments: [
      "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nbo",
    ])
  func truncated(_ request: String) throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(request)
    socket.halfClose()
    #expect(try socket.receiveMessage()?.text == "truncated")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("A client that closes between requests receives no response")
  func endBetween() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/x"))
    _ = try socket.receiveMessage()
    socket.halfClose()
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test(
    "A refusal reaches a client that is still sending",
    arguments: [
      ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n", 413),
      ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n", 413),
      ("GET /", 414), ("GET / HTTP/1.1\r\nHost: a\r\nX: ", 431),
    ])
  func stillSending(_ beginning: String, _ status: Int) throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(beginning)
    socket.send([UInt8](repeating: 0x78, count: 4_000_000))
    #expect(try socket.receiveMessage()?.status == status)
  }

  @Test("101 fields are rejected")
  func manyFields() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/", String(repeating: "A: b\r\n", count: 100)))
    #expect(try socket.receiveMessage()?.status == 431)
  }

  // MARK: Time-outs

  @Test("An incomplete header is answered with 408, and the connection is closed")
  func slowHeader() throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n")
    let response = try #require(try socket.receiveMessage())
    #expect(response.status == 408)
    #expect(response.text == "header-timeout")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("The header time-out is a total time, also for a client that keeps sending", arguments: ["X: ", ""])
  func drippingHeader(_ field: String) throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n" + field)
    // The pauses between bytes are shorter than the time-out.
    var poll = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    var drops = 0
    while Glibc.poll(&poll, 1, 5) == 0, drops < 6000 {
      socket.send(field.isEmpty ? "A: b\r\n" : "x")
      drops += 1
      if field.isEmpty, drops > 90 { break }
    }
    #expect(try socket.receiveMessage()?.status == 408)
  }

  @Test("An incomplete body is answered with 408, and the connection is closed")
  func slowBody() throws {
    let server = try TestServer { $0.bodyTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nbo")
    #expect(try socket.receiveMessage()?.text == "body-timeout")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("A connection without a request is closed without a response")
  func silent() throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    #expect(try server.connect().receiveAll().isEmpty)
  }

  @Test("An idle connection is closed without a response")
  func idle() throws {
    let server = try TestServer { $0.idleTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send(get("/x"))
    #expect(try socket.receiveMessage()?.status == 200)
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("No time-out applies to the responder")
  func slowResponder() async throws {
    let server = try TestServer {
      $0.headerTimeout = .milliseconds(300)
      $0.bodyTimeout = .milliseconds(300)
      $0.idleTimeout = .milliseconds(300)
      $0.writeTimeout = .milliseconds(300)
    }
    let socket = try server.connect()
    socket.send(get("/wait"))
    await server.responder.arrived.wait()
    await Task(executorPreference: server.loops[0]) { await server.loops[0].sleep(for: .milliseconds(400)) }.value
    server.responder.gate.open()
    #expect(try socket.receiveMessage()?.text == "GET /wait?- ")
  }

  @Test("The connection of a client that does not read its response is closed")
  func unreadAnswer() async throws {
    let server = try TestServer { $0.writeTimeout = .milliseconds(50) }
    let socket = try server.connect(receiveBuffer: 4096)
    socket.send(get("/large"))
    // Reads the first bytes of the response only.
    _ = try socket.receive(exactly: 100)
    await server.drain()
    #expect(server.server.connectionCount == 0)
    #expect(throws: RawSocket.Failure.self) { try socket.receive(exactly: 10_000_000) }
  }

  // MARK: Limits, drain and addresses in use

  @Test("A connection above the limit is closed at once; after another one has ended, a new one is accepted")
  func connectionLimit() throws {
    let server = try TestServer { $0.connections = 2 }
    let sockets = try (0..<2).map { _ in try server.connect() }
    for socket in sockets {
      socket.send(get("/x"))
      #expect(try socket.receiveMessage()?.status == 200)
    }
    #expect(try server.connect().receiveAll().isEmpty)
    #expect(server.server.connectionCount == 2)
    sockets[0].end()
    // The server can detect the end later, so the test tries several times.
    var answered = false
    for _ in 0..<10_000 where !answered {
      let socket = try server.connect()
      socket.send(get("/again"))
      answered = (try? socket.receiveMessage())??.status == 200
    }
    #expect(answered)
  }

  @Test("A drain closes idle connections, completes requests in flight and accepts no new ones")
  func drain() async throws {
    let server = try TestServer(loops: 2)
    let (busy, idle, fresh) = (try server.connect(), try server.connect(), try server.connect())
    idle.send(get("/x"))
    #expect(try idle.receiveMessage()?.status == 200)
    busy.send(get("/wait") + get("/never"))
    await server.responder.arrived.wait()
    async let drained: Void = server.drain()
    // Both connections are closed when the drain has begun.
    #expect(try idle.receiveAll().isEmpty)
    #expect(try fresh.receiveAll().isEmpty)
    // The count is updated after the end has been sent.
    while server.server.connectionCount != 1 { await Task.yield() }
    #expect(throws: (any Error).self) {
      let late = try server.connect()
      late.send(self.get("/late"))
      if try late.receiveMessage() == nil { throw RawSocket.Failure(what: "closed") }
    }
    server.responder.gate.open()
    let response = try #require(try busy.receiveMessage())
    #expect(response.text == "GET /wait?- ")
    #expect(response["connection"] == "close")
    #expect(try busy.receiveAll().isEmpty)
    busy.end()
    await drained
    #expect(server.server.connectionCount == 0)
    #expect(server.responder.seen.withLock { $0 } == ["GET /x ", "GET /wait "])
    await server.drain()
  }

  @Test("A drain completes a request that is being received")
  func drainWhileReading() async throws {
    let server = try TestServer()
    let (reading, idle) = (try server.connect(), try server.connect())
    reading.send(get("/x") + "POST /p HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    #expect(try reading.receiveMessage()?.status == 200)
    #expect(try reading.receiveHead()?.hasPrefix("HTTP/1.1 100") == true)
    idle.send(get("/y"))
    #expect(try idle.receiveMessage()?.status == 200)
    async let drained: Void = server.drain()
    #expect(try idle.receiveAll().isEmpty)
    reading.send("body")
    let response = try #require(try reading.receiveMessage())
    #expect(response.text == "POST /p?- body")
    #expect(response["connection"] == "close")
    #expect(try reading.receiveAll().isEmpty)
    reading.end()
    await drained
  }

  @Test("An address in use is reported, for a server of this process and for other sockets")
  func portTaken() throws {
    let server = try TestServer()
    let loop = server.loops[0]
    let error = #expect(throws: SystemError.self) {
      try HTTPServer.start(on: server.server.address, loops: [loop], options: HTTPServerOptions()) { _ in
        TestResponder()
      }
    }
    #expect(error?.isAddressInUse == true)

    let other = RawListener()
    let address = SocketAddress(host: "127.0.0.1", port: other.port)
    let second = #expect(throws: SystemError.self) {
      try HTTPServer.start(on: address, loops: [loop], options: HTTPServerOptions()) { _ in TestResponder() }
    }
    #expect(second?.isAddressInUse == true)
    let third = #expect(throws: SystemError.self) {
      let nowhere = SocketAddress(host: "192.0.2.1", port: 0)
      return try HTTPServer.start(on: nowhere, loops: [loop], options: HTTPServerOptions()) { _ in TestResponder() }
    }
    #expect(third?.isAddressInUse == false)
  }

  @Test("A port is free after the drain of its server")
  func portFreed() async throws {
    // An address of this process: on 127.0.0.1 another test or process could get the port meanwhile.
    let process = getpid()
    let host = "127.42.\(process >> 8 & 0xff).\(process & 0xff)"
    let loop = try EventLoop.start(name: "server-test")
    defer { loop.stop() }
    let first = try HTTPServer.start(
      on: SocketAddress(host: host, port: 0), loops: [loop], options: HTTPServerOptions()
    ) { _ in TestResponder() }
    let socket = try RawSocket(connectingTo: first.address.port, host: host)
    socket.send(get("/x"))
    #expect(try socket.receiveMessage()?.status == 200)
    await Task(executorPreference: loop) { await first.drain() }.value
    let again = try await startWhenFree(first.address, on: loop)
    let second = try RawSocket(connectingTo: again.address.port, host: host)
    second.send(get("/y"))
    #expect(try second.receiveMessage()?.text == "GET /y?- ")
  }

  /// Starts a server on an address that was just released. A process that another test starts has a copy of the old
  /// socket until it executes its program, so an address in use is tried again, for at most five seconds.
  private func startWhenFree(_ address: SocketAddress, on loop: EventLoop) async throws -> HTTPServer {
    func start() -> Result<HTTPServer, any Error> {
      Result { try HTTPServer.start(on: address, loops: [loop], options: HTTPServerOptions()) { _ in TestResponder() } }
    }
    var result = start()
    for _ in 0..<500 {
      guard case .failure(let error as SystemError) = result, error.isAddressInUse else { break }
      await Task(executorPreference: loop) { await loop.sleep(for: .milliseconds(10)) }.value
      result = start()
    }
    return try result.get()
  }

  // MARK: Simulated faults

  @Test("`reset` resets the connection without a response")
  func reset() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/reset"))
    let error = #expect(throws: RawSocket.Failure.self) { try socket.receive() }
    #expect(error?.what == String(cString: strerror(ECONNRESET)))
  }

  @Test("`cut` announces the whole body and closes early")
  func cut() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/cut"))
    let head = try #require(try socket.receiveMessage(hasBody: false))
    #expect(head["content-length"] == "10")
    #expect(try socket.receiveAll() == Array("0123".utf8))
  }

  @Test("`endless` sends chunks up to the limit, without a last chunk")
  func endless() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/short-endless"))
    let head = try #require(try socket.receiveMessage(hasBody: false))
    #expect(head["transfer-encoding"] == "chunked")
    #expect(head["content-length"] == nil)
    let body = String(decoding: try socket.receiveAll(), as: UTF8.self)
    let chunk = "a\r\n0123456789\r\n"
    #expect(body.utf8.count >= 1000)
    #expect(body.utf8.count < 1000 + chunk.utf8.count)
    #expect(body == String(repeating: chunk, count: body.utf8.count / chunk.utf8.count))
  }

  @Test("`endless` ends when the client closes the connection")
  func endlessGone() async throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/endless"))
    _ = try socket.receive(exactly: 1_000_000)
    socket.resetOnClose()
    socket.end()
    await server.drain()
    #expect(server.server.connectionCount == 0)
  }

  @Test("A reset during the responder does not affect other connections")
  func clientResets() async throws {
    let server = try TestServer()
    var socket: RawSocket? = try server.connect()
    socket?.send(get("/wait"))
    await server.responder.arrived.wait()
    socket?.resetOnClose()
    socket = nil
    server.responder.gate.open()
    let other = try server.connect()
    other.send(get("/x"))
    #expect(try other.receiveMessage()?.status == 200)
    other.end()
    await server.drain()
  }

  // MARK: Addresses

  @Test(
    "An address consists of a host and a port",
    arguments: [
      ("127.0.0.1:80", "127.0.0.1", 80, "127.0.0.1:80"), ("[::1]:8080", "::1", 8080, "[::1]:8080"),
      ("0.0.0.0:0", "0.0.0.0", 0, "0.0.0.0:0"), ("localhost:65535", "127.0.0.1", 65535, "127.0.0.1:65535"),
    ])
  func addresses(_ text: String, _ host: String, _ port: Int, _ description: String) throws {
    let address = try #require(SocketAddress(text))
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.description == description)
  }

  @Test(
    "An invalid address is rejected",
    arguments: [
      "", "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "example.com:80",
      "256.0.0.1:80", "127.0.0.1:80 ", " 127.0.0.1:80", "[::1]", "[::1:80",
    ])
  func notAddresses(_ text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test("A server can listen on IPv6", .enabled(if: RawListener.hasIPv6))
  func ipv6() async throws {
    let loop = try EventLoop.start(name: "v6")
    defer { loop.stop() }
    let server = try HTTPServer.start(
      on: SocketAddress(host: "::1", port: 0), loops: [loop], options: HTTPServerOptions()
    ) {
      _ in TestResponder()
    }
    let origin = HTTPOrigin(isSecure: false, host: "[::1]", port: server.address.port)
    let result = await Task(executorPreference: loop) {
      let client = HTTPClient(loop: loop)
      let request = HTTPClientRequest(method: "GET", origin: origin, target: "/six", headers: HTTPFields(), body: [])
      let result = await client.send(request, deadline: MonotonicTime.now.advanced(by: .seconds(30)))
      client.shutdown()
      return result
    }.value
    let response = try result.get()
    #expect(String(decoding: response.body, as: UTF8.self) == "GET /six?- ")
    #expect(response.headers["X-From"] == "::1")
  }
}
