import Glibc
import Testing

@testable import Networking

/// Answers each path in its own way, and remembers what it was asked.
final class TestResponder: HTTPResponder {
  let seen = Locked([String]())
  /// `/wait` is answered once this is open, and has arrived once that is.
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

/// A server for one test, on loops of its own.
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

@Suite("The server, over real sockets", .onThreads, .timeLimit(.minutes(1)))
struct HTTPServerTests {
  private func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  private func post(_ path: String, _ body: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  // MARK: Requests and connections

  @Test("A request is handed on with everything in it, and the answer is whole")
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

  @Test("A connection carries one request after the other")
  func keepAlive() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for number in 0..<20 {
      socket.send(post("/\(number)", String(repeating: "x", count: number)))
      #expect(try socket.receiveMessage()?.text == "POST /\(number)?- " + String(repeating: "x", count: number))
      #expect(server.server.connectionCount == 1)
    }
  }

  @Test("Three requests in one packet are answered in their order, the slow one first")
  func pipelining() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/slow") + post("/second", "body") + get("/third"))
    for expected in ["GET /slow?- ", "POST /second?- body", "GET /third?- "] {
      #expect(try socket.receiveMessage()?.text == expected)
    }
    #expect(server.responder.seen.withLock { $0 } == ["GET /slow ", "POST /second body", "GET /third "])
  }

  @Test("A pipelined request is not begun before the one ahead is answered")
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

  @Test("Five hundred pipelined requests are answered in their order")
  func deepPipelining() throws {
    let server = try TestServer()
    let socket = try server.connect()
    let requests = (0..<500).map { get("/\($0)") }.joined()
    startThread { socket.send(requests) }
    for number in 0..<500 { #expect(try socket.receiveMessage()?.text == "GET /\(number)?- ") }
  }

  @Test("A request in single bytes is answered like any other")
  func singleBytes() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for byte in post("/bytes", "0123456789").utf8 { socket.send([byte]) }
    #expect(try socket.receiveMessage()?.text == "POST /bytes?- 0123456789")
  }

  @Test("A chunked request is put together")
  func chunked() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
    socket.send("4;x=y\r\ndefg\r\n0\r\nTrailer: z\r\n\r\n" + get("/next"))
    #expect(try socket.receiveMessage()?.text == "POST /c?- abcdefg")
    #expect(try socket.receiveMessage()?.text == "GET /next?- ")
  }

  @Test("A client that has closed its side still gets its answers, then the end")
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

  @Test("HEAD gets the head alone, and the connection goes on")
  func head() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y"))
    let head = try #require(try socket.receiveMessage(hasBody: false))
    #expect(head["content-length"] == "\("HEAD /x?- ".utf8.count)")
    #expect(try socket.receiveMessage()?.text == "GET /y?- ")
  }

  @Test("An answer without content has no length either")
  func noContent() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/none") + get("/y"))
    let none = try #require(try socket.receiveMessage())
    #expect(none.status == 204)
    #expect(none["content-length"] == nil)
    #expect(try socket.receiveMessage()?.text == "GET /y?- ")
  }

  @Test("A client that asks is told to continue before it sends its body")
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

  @Test("A client that does not wait is not told to continue")
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
    "HTTP/1.0 and a wish to close end the connection",
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

  @Test("HTTP/1.0 that asks to stay may stay")
  func oldKeepAlive() throws {
    let server = try TestServer()
    let socket = try server.connect()
    for _ in 0..<2 {
      socket.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      #expect(try socket.receiveMessage()?["connection"] == "keep-alive")
    }
  }

  @Test("A large answer reaches a client that takes it slowly")
  func largeAnswer() throws {
    // However slowly a loaded machine lets the client read.
    let server = try TestServer { $0.writeTimeout = .seconds(600) }
    let socket = try server.connect(receiveBuffer: 4096)
    socket.send(get("/large") + get("/after"))
    let response = try #require(try socket.receiveMessage())
    #expect(response.body.count == 10_000_000)
    #expect(response.body.allSatisfy { $0 == 0x78 })
    #expect(try socket.receiveMessage()?.text == "GET /after?- ")
  }

  @Test("Many connections on two loops are served at once")
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
    "What is not a request is answered and the connection ends",
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

  @Test("A good request before a bad one is answered first")
  func refusalBehind() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/slow") + "NO\r\n\r\n")
    #expect(try socket.receiveMessage()?.text == "GET /slow?- ")
    #expect(try socket.receiveMessage()?.status == 400)
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test(
    "A client that ends inside a request is told so",
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

  @Test("A client that ends between requests gets the end and no word")
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

  @Test("A hundred and one fields are too many")
  func manyFields() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/", String(repeating: "A: b\r\n", count: 100)))
    #expect(try socket.receiveMessage()?.status == 431)
  }

  // MARK: Time

  @Test("A header that does not come to its end is answered with 408 and the end")
  func slowHeader() throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n")
    let response = try #require(try socket.receiveMessage())
    #expect(response.status == 408)
    #expect(response.text == "header-timeout")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("A header that drips on is cut all the same: the time is a total", arguments: ["X: ", ""])
  func drippingHeader(_ field: String) throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("GET / HTTP/1.1\r\nHost: a\r\n" + field)
    // Each byte comes within the time that a silence would be granted.
    var poll = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
    var drops = 0
    while Glibc.poll(&poll, 1, 5) == 0, drops < 6000 {
      socket.send(field.isEmpty ? "A: b\r\n" : "x")
      drops += 1
      if field.isEmpty, drops > 90 { break }
    }
    #expect(try socket.receiveMessage()?.status == 408)
  }

  @Test("A body that does not come to its end is answered with 408 and the end")
  func slowBody() throws {
    let server = try TestServer { $0.bodyTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nbo")
    #expect(try socket.receiveMessage()?.text == "body-timeout")
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("A connection that never says a word is closed without one")
  func silent() throws {
    let server = try TestServer { $0.headerTimeout = .milliseconds(50) }
    #expect(try server.connect().receiveAll().isEmpty)
  }

  @Test("An idle connection is closed without a word")
  func idle() throws {
    let server = try TestServer { $0.idleTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send(get("/x"))
    #expect(try socket.receiveMessage()?.status == 200)
    #expect(try socket.receiveAll().isEmpty)
  }

  @Test("No time limits the responder")
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

  @Test("A client that does not take its answer is cut off")
  func unreadAnswer() async throws {
    let server = try TestServer { $0.writeTimeout = .milliseconds(50) }
    let socket = try server.connect(receiveBuffer: 4096)
    socket.send(get("/large"))
    // The first bytes show that the answer is under way; nothing is read after them.
    _ = try socket.receive(exactly: 100)
    await server.drain()
    #expect(server.server.connectionCount == 0)
    #expect(throws: RawSocket.Failure.self) { try socket.receive(exactly: 10_000_000) }
  }

  // MARK: Limits of the whole

  @Test("A connection above the limit is closed at once; a place that is left is taken again")
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
    // The server learns of the end in its own time: each attempt waits for an answer or for the end.
    var answered = false
    for _ in 0..<10_000 where !answered {
      let socket = try server.connect()
      socket.send(get("/again"))
      answered = (try? socket.receiveMessage())??.status == 200
    }
    #expect(answered)
  }

  @Test("A drain closes what is idle, lets what is under way finish and takes nothing new")
  func drain() async throws {
    let server = try TestServer(loops: 2)
    let (busy, idle, fresh) = (try server.connect(), try server.connect(), try server.connect())
    idle.send(get("/x"))
    #expect(try idle.receiveMessage()?.status == 200)
    busy.send(get("/wait") + get("/never"))
    await server.responder.arrived.wait()
    async let drained: Void = server.drain()
    // Both ends show that the drain has begun.
    #expect(try idle.receiveAll().isEmpty)
    #expect(try fresh.receiveAll().isEmpty)
    // A closed connection is counted out just after its end is sent.
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

  @Test("A drain lets a request finish that is still arriving")
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

  @Test("A port that is taken is called taken, by numgate's own server and by others")
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

  @Test("A port is free again once its server has drained")
  func portFreed() async throws {
    // An address of its own: on 127.0.0.1 another test may be given the port in between.
    let host = "127.0.0.42"
    let loop = try EventLoop.start(name: "server-test")
    defer { loop.stop() }
    let first = try HTTPServer.start(
      on: SocketAddress(host: host, port: 0), loops: [loop], options: HTTPServerOptions()
    ) { _ in TestResponder() }
    let socket = try RawSocket(connectingTo: first.address.port, host: host)
    socket.send(get("/x"))
    #expect(try socket.receiveMessage()?.status == 200)
    await Task(executorPreference: loop) { await first.drain() }.value
    let again = try HTTPServer.start(on: first.address, loops: [loop], options: HTTPServerOptions()) { _ in
      TestResponder()
    }
    let second = try RawSocket(connectingTo: again.address.port, host: host)
    second.send(get("/y"))
    #expect(try second.receiveMessage()?.text == "GET /y?- ")
  }

  // MARK: Illness on order

  @Test("A reset sends nothing and resets")
  func reset() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/reset"))
    let error = #expect(throws: RawSocket.Failure.self) { try socket.receive() }
    #expect(error?.what == String(cString: strerror(ECONNRESET)))
  }

  @Test("A cut answer announces the whole and ends early")
  func cut() throws {
    let server = try TestServer()
    let socket = try server.connect()
    socket.send(get("/cut"))
    let head = try #require(try socket.receiveMessage(hasBody: false))
    #expect(head["content-length"] == "10")
    #expect(try socket.receiveAll() == Array("0123".utf8))
  }

  @Test("An endless answer goes on to its limit and has no last chunk")
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

  @Test("An endless answer ends when the client goes")
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

  @Test("A client that resets while its request is answered harms nobody")
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
    "An address is a host and a port",
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
    "What is no address is refused",
    arguments: [
      "", "80", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "example.com:80",
      "256.0.0.1:80", "127.0.0.1:80 ", " 127.0.0.1:80", "[::1]", "[::1:80",
    ])
  func notAddresses(_ text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test("A server listens on IPv6 as well", .enabled(if: RawListener.hasIPv6))
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
