import Glibc
import TestAuthorities
import Testing

@testable import Networking

/// `/names` returns the client certificate's names, `/replace` changes the server's certificate, `/large` returns 3 MB,
/// other paths their body.
private final class TLSResponder: HTTPResponder {
  let source: TLSContextSource
  let second: TLSContext
  let failures = Locked([TLSFailure]())
  let refused = Locked([String]())

  init(_ source: TLSContextSource, second: TLSContext) {
    self.source = source
    self.second = second
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    switch request.path {
    case "/names":
      return HTTPResponse(status: 200, body: Array((request.peerCertificate?.names ?? []).joined(separator: " ").utf8))
    case "/replace": source.replace(with: second)
    case "/large": return HTTPResponse(status: 200, body: largeBody)
    default: break
    }
    return HTTPResponse(status: 200, body: request.body)
  }

  func reject(_ error: HTTP1Error) -> HTTPResponse {
    refused.withLock { $0.append(error.label) }
    return HTTPResponse(status: error.status)
  }

  func tlsFailed(_ failure: TLSFailure) { failures.withLock { $0.append(failure) } }
}

private let largeBody = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 % 251) }

/// A server with TLS on one loop.
private final class TLSTestServer: Sendable {
  let authorities: TestAuthorities
  let responder: TLSResponder
  let loop: EventLoop
  let server: HTTPServer

  init(
    minimum: TLSVersion = .tls12, clients: TLSContext.ClientCertificates? = nil,
    _ change: (inout HTTPServerOptions) -> Void = { _ in }
  ) throws {
    let authorities = try TestAuthorities.shared.get()
    func context(_ name: String) throws -> TLSContext {
      try TLSContext(
        certificateChain: authorities.bytes(name + ".pem"), key: authorities.bytes(name + ".key"), minimum: minimum,
        clientAuthorities: clients.map { _ in authorities.bytes("authority.pem") },
        clientCertificates: clients ?? .optional)
    }
    self.authorities = authorities
    let source = TLSContextSource(try context("localhost"))
    responder = TLSResponder(source, second: try context("second"))
    var options = HTTPServerOptions()
    options.limits.body = 1 << 20
    options.tls = source
    change(&options)
    loop = try EventLoop.start(name: "tls-test")
    let responder = responder
    server = try HTTPServer.start(
      on: SocketAddress(host: "127.0.0.1", port: 0), loops: [loop], options: options, responder: { _ in responder })
  }

  deinit { loop.stop() }

  var port: Int { server.address.port }

  func connect(receiveBuffer: Int32? = nil) throws -> RawSocket {
    try RawSocket(connectingTo: port, receiveBuffer: receiveBuffer)
  }

  /// The counted failures. They are read on the loop, after the turn in which the peer's last event happened.
  func failures() async -> [TLSFailure] {
    let failures = responder.failures
    return await Task(executorPreference: loop) { failures.withLock { $0 } }.value
  }

  /// The output of a shell command.
  func shell(_ command: String) throws -> String {
    let pipe = try #require(popen("(\(command)) 2>&1", "r"))
    var bytes: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    pclose(pipe)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs steps with the functions of `Fixtures/tls_peer.py`. Returns the lines of the output.
  func peer(_ steps: String, beside file: String = #filePath) throws -> [String] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let output = try shell(
      "python3 -B '\(folder)/Fixtures/tls_peer.py' \(port) '\(authorities.folder)' <<'STEPS'\n\(steps)\nSTEPS\n")
    return output.split(separator: "\n").map(String.init)
  }
}

@Suite("The server over TLS", .onThreads, .timeLimit(.minutes(2)))
struct TLSServerTests {
  @Test("serves HTTP over TLS 1.2 and 1.3", arguments: ["1.2", "1.3"])
  func versions(_ version: String) async throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      c = connect(version="\(version)")
      print(c.version(), c.selected_alpn_protocol(), c.compression(), request(c, "/", b"one"), request(c, "/", b"two"))
      """)
    #expect(output == ["TLSv\(version) http/1.1 None one two"])
    #expect(await server.failures().isEmpty)
  }

  @Test("offers only cipher suites with forward secrecy and authenticated encryption")
  func ciphers() async throws {
    let server = try TLSTestServer()
    let output = try server.shell(
      "echo | openssl s_client -connect 127.0.0.1:\(server.port) -tls1_2 -cipher ECDHE+AES:!AESGCM:AES128-GCM-SHA256")
    #expect(output.contains("alert handshake failure"), "\(output)")
    #expect(await server.failures() == [.parameters])
  }

  @Test("refuses TLS 1.1")
  func oldVersion() async throws {
    let server = try TLSTestServer()
    let output = try server.shell(
      "echo | openssl s_client -connect 127.0.0.1:\(server.port) -tls1_1 -cipher DEFAULT@SECLEVEL=0")
    #expect(output.contains("alert protocol version"), "\(output)")
    #expect(await server.failures() == [.version])
  }

  @Test("refuses TLS 1.2 if 1.3 is the minimum")
  func minimum() async throws {
    let server = try TLSTestServer(minimum: .tls13)
    let output = try server.peer(
      """
      print(refusal(lambda: connect(version="1.2")))
      print(connect().version())
      """)
    #expect(output == ["TLSV1_ALERT_PROTOCOL_VERSION", "TLSv1.3"])
    #expect(await server.failures() == [.version])
  }

  @Test("refuses clients that offer other protocols than HTTP/1.1, and accepts clients without ALPN")
  func protocols() async throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      print("no application protocol" in refusal(lambda: connect(protocols=["h2"])))
      print(connect(protocols=["h2", "http/1.1"]).selected_alpn_protocol())
      print(connect(protocols=None).selected_alpn_protocol())
      """)
    #expect(output == ["True", "http/1.1", "None"])
    #expect(await server.failures() == [.applicationProtocol])
  }

  @Test("refuses renegotiation")
  func renegotiation() async throws {
    let server = try TLSTestServer()
    let output = try server.shell(
      "(echo R; cat) < /dev/null | openssl s_client -connect 127.0.0.1:\(server.port) -tls1_2")
    #expect(output.contains("no renegotiation"), "\(output)")
  }

  // MARK: Client certificates

  private static let names = "shop.internal shop.example spiffe://example/shop shop@example 10.0.0.1"

  @Test("passes the names of a client certificate with every request", arguments: ["1.2", "1.3"])
  func clientCertificate(_ version: String) async throws {
    let server = try TLSTestServer(clients: .required)
    let output = try server.peer(
      """
      c = connect(version="\(version)", certificate="shop.internal")
      print(request(c, "/names"))
      print(request(c, "/names"))
      """)
    #expect(output == [Self.names, Self.names])
  }

  @Test("refuses expired and untrusted certificates, required or optional", arguments: ["1.2", "1.3"])
  func untrusted(_ version: String) async throws {
    for clients in TLSContext.ClientCertificates.allCases {
      let server = try TLSTestServer(clients: clients)
      let output = try server.peer(
        """
        print(refusal(lambda: connect(version="\(version)", certificate="outsider.internal")))
        print(refusal(lambda: connect(version="\(version)", certificate="late.internal")))
        """)
      #expect(output == ["TLSV1_ALERT_UNKNOWN_CA", "SSLV3_ALERT_CERTIFICATE_EXPIRED"])
      #expect(await server.failures() == [.untrustedCertificate, .untrustedCertificate])
    }
  }

  @Test("refuses a client without a certificate only if a certificate is required")
  func missing() async throws {
    let strict = try TLSTestServer(clients: .required)
    #expect(try strict.peer("print(refusal(connect))") == ["TLSV13_ALERT_CERTIFICATE_REQUIRED"])
    #expect(await strict.failures() == [.missingCertificate])
    let lenient = try TLSTestServer(clients: .optional)
    #expect(try lenient.peer("print('names:' + request(connect(), '/names'))") == ["names:"])
  }

  @Test("passes the names of the certificate for a resumed session")
  func resumed() async throws {
    let server = try TLSTestServer(clients: .required)
    let output = try server.peer(
      """
      using = context(version="1.2", certificate="shop.internal")
      first = connect(using)
      request(first, "/")
      second = connect(using, first.session)
      print(second.session_reused, request(second, "/names"))
      """)
    #expect(output == ["True " + Self.names])
  }

  // MARK: Faulty peers

  @Test(
    "closes and counts plain HTTP and garbage",
    arguments: [
      ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", TLSFailure.plainHTTP), ("CONNECT a:1 HTTP/1.1\r\n\r\n", .plainHTTP),
      ("SSH-2.0-OpenSSH_9.2\r\n", .notTLS), (String(repeating: "\u{0}", count: 100_000), .notTLS),
      ("\u{16}\u{3}\u{1}\u{0}\u{5}hello", .notTLS),
    ])
  func garbage(_ text: String, _ failure: TLSFailure) async throws {
    let server = try TLSTestServer()
    let socket = try server.connect()
    socket.send(text)
    // The server sends at most an alert (RFC 8446 §6: content type 21).
    if let first = (try? socket.receiveAll())?.first { #expect(first == 21) }
    #expect(await server.failures() == [failure])
    #expect(try server.peer("print(request(connect(), '/', b'served'))") == ["served"])
  }

  @Test("counts a peer that closes during the handshake")
  func leaves() async throws {
    let server = try TLSTestServer()
    let socket = try server.connect()
    socket.send([0x16, 0x03, 0x01])
    socket.halfClose()
    _ = try socket.receiveAll()
    #expect(await server.failures() == [.closed])
  }

  @Test("ends a handshake that takes longer than the header timeout")
  func slowHandshake() async throws {
    let server = try TLSTestServer { $0.headerTimeout = .milliseconds(50) }
    let socket = try server.connect()
    socket.send([0x16, 0x03, 0x01])
    #expect(try socket.receiveAll() == [])
    #expect(await server.failures() == [.timeout])
  }

  @Test("serves other connections while handshakes are stalled")
  func stalled() async throws {
    let server = try TLSTestServer { $0.headerTimeout = .seconds(600) }
    let stalled = try (0..<100).map { _ in try server.connect() }
    for socket in stalled { socket.send([0x16, 0x03, 0x01]) }
    #expect(try server.peer("print(request(connect(), '/', b'served'))") == ["served"])
    #expect(server.server.connectionCount >= stalled.count)
    #expect(await server.failures().isEmpty)
  }

  @Test("accepts a handshake and a request that arrive in single bytes", arguments: ["1.2", "1.3"])
  func bytewise(_ version: String) throws {
    let server = try TLSTestServer(clients: .optional)
    let output = try server.peer(
      """
      incoming, outgoing, wire = ssl.MemoryBIO(), ssl.MemoryBIO(), plain()
      wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
      c = context(version="\(version)", certificate="shop.internal").wrap_bio(
          incoming, outgoing, server_hostname="localhost")

      def drip():
          for byte in outgoing.read():
              wire.send(bytes([byte]))

      def until_done(step):
          while True:
              try:
                  return step()
              except ssl.SSLWantReadError:
                  drip()
                  incoming.write(wire.recv(1))

      until_done(c.do_handshake)
      c.write(head("/names"))
      drip()
      data = b""
      while b"10.0.0.1" not in data:
          data += until_done(lambda: c.read(100))
      print(data.split(b"\\r\\n\\r\\n")[1].decode())
      """)
    #expect(output == [Self.names])
  }

  @Test("continues to work after a peer has reset the connection during a write")
  func reset() async throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      import struct
      for _ in range(20):
          c = connect(buffer=4096)
          c.sendall(head("/large"))
          c.recv(1000)
          c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
          c.close()
      print(request(connect(), "/", b"served"))
      """)
    #expect(output == ["served"])
  }

  // MARK: Content

  @Test("delivers a large response over many partial writes", arguments: ["1.2", "1.3"])
  func large(_ version: String) throws {
    // With a sanitizer, a slow machine needs more time than the default.
    let server = try TLSTestServer { $0.writeTimeout = .seconds(600) }
    let output = try server.peer(
      """
      c = connect(version="\(version)", buffer=4096)
      for _ in range(2):
          c.sendall(head("/large"))
          print(response(c) == bytes(n % 251 for n in range(3_000_000)))
      """)
    #expect(output == ["True", "True"])
  }

  @Test("receives large bodies and pipelined requests completely")
  func uploads() throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      c = connect()
      body = bytes(n % 253 for n in range(900_000))
      c.sendall(head("/", body))
      print(response(c) == body)
      c.sendall(b"".join(head("/", b"%03d" % n) for n in range(300)))
      data = b""
      while b"299" not in data:
          data += c.recv(65536)
      print([int(part[-3:]) for part in data.split(b"HTTP/1.1")[1:]] == list(range(300)))
      """)
    #expect(output == ["True", "True"])
  }

  @Test("sends 100 Continue")
  func expectation() throws {
    let server = try TLSTestServer()
    let output = try server.shell(
      "curl -sv --cacert '\(server.authorities.path("authority.pem"))' --expect100-timeout 60 -H 'Expect: 100-continue' "
        + "-d body https://localhost:\(server.port)/ --resolve localhost:\(server.port):127.0.0.1")
    #expect(output.contains("< HTTP/1.1 100 Continue"), "\(output)")
    #expect(output.contains("< HTTP/1.1 200 OK"))
  }

  @Test("sends close_notify after Connection: close, for an idle connection and after a timed-out request")
  func closeNotify() async throws {
    // The peer raises an error if the connection ends without close_notify.
    let server = try TLSTestServer()
    let steps = """
      c = connect()
      print(request(c, "/", b"one", "Connection: close\\r\\n"), c.recv(1))
      """
    #expect(try server.peer(steps) == ["one b''"])
    let idle = try TLSTestServer { $0.idleTimeout = .milliseconds(50) }
    #expect(try idle.peer("c = connect()\nprint(request(c, '/', b'one'), c.recv(1))") == ["one b''"])
    let slow = try TLSTestServer { $0.headerTimeout = .seconds(2) }
    let timeout = """
      c = connect()
      c.sendall(b"GET")
      print(c.recv(12), c.recv(1000)[-4:], c.recv(1))
      """
    let output = try slow.peer(timeout)
    #expect(output == [#"b'HTTP/1.1 408' b'\r\n\r\n' b''"#])
  }

  @Test("responds to a client that has shut down its sending side after the request")
  func halfClosed() async throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      incoming, outgoing, wire = ssl.MemoryBIO(), ssl.MemoryBIO(), plain()
      c = context(version="1.2").wrap_bio(incoming, outgoing, server_hostname="localhost")
      while True:
          try:
              c.do_handshake()
              break
          except ssl.SSLWantReadError:
              wire.sendall(outgoing.read())
              incoming.write(wire.recv(65536))
      c.write(head("/names"))
      try:
          c.unwrap()
      except ssl.SSLWantReadError:
          wire.sendall(outgoing.read())
      wire.shutdown(socket.SHUT_WR)
      data = b""
      while more := wire.recv(65536):
          data += more
      # Content types of records (RFC 8446 §5.1): application data, alert.
      types = []
      while data:
          types.append(data[0])
          data = data[5 + int.from_bytes(data[3:5], "big"):]
      print(types)
      """)
    #expect(output == ["[23, 21]"])
  }

  // MARK: Replacing the certificate

  @Test("uses a new certificate for new connections; open connections continue, old sessions are not resumed")
  func replace() async throws {
    let server = try TLSTestServer()
    let output = try server.peer(
      """
      using = context(version="1.2")
      old = connect(using)
      request(old, "/replace")
      new = connect(using, old.session)
      print(name(old), name(new), new.session_reused)
      print(request(old, "/", b"still"), request(new, "/", b"served"))
      """)
    #expect(output == ["localhost second False", "still served"])
  }
}
