import Glibc
import TestAuthorities
import Testing

@testable import Networking

@Suite("The client through a proxy", .onThreads, .timeLimit(.minutes(1)))
struct ProxyTests {
  private func client(
    _ proxy: ScriptedServer, user: String = "", except exceptions: [String] = [],
    _ change: (inout HTTPClientOptions) -> Void = { _ in }
  ) throws -> TestClient {
    let authorities = try TestAuthorities.shared.get()
    return try TestClient {
      $0.authorities = authorities.path("authority.pem")
      $0.connectTimeout = .seconds(50)
      $0.proxy = try? HTTPProxy("http://\(user)127.0.0.1:\(proxy.port)")
      $0.proxy?.exceptions = exceptions.compactMap(HostPattern.init)
      change(&$0)
    }
  }

  private let vendor = HTTPOrigin(isSecure: false, host: "vendor.test", port: 8443)

  @Test("sends requests through a tunnel to the name of the server")
  func plain() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let proxy = ScriptedServer.tunnelling(to: server.port)
    // The name has no address here: the proxy resolves it.
    let client = try client(proxy) { $0.resolver = NameResolver { _ in [] } }
    for _ in 0..<2 { #expect(try await client.send(to: vendor).get().text == "0 GET / HTTP/1.1 ") }
    #expect(server.requests.map { $0["host"] } == ["vendor.test:8443", "vendor.test:8443"])
    #expect(proxy.requests.map(\.startLine) == ["CONNECT vendor.test:8443 HTTP/1.1"])
    #expect(proxy.requests.map { $0["host"] } == ["vendor.test:8443"])
    #expect(proxy.requests.allSatisfy { $0["proxy-authorization"] == nil })
  }

  @Test("uses TLS with the server inside the tunnel, and verifies its name")
  func secure() async throws {
    let server = try SecureServer(SecureServer.echo)
    let proxy = ScriptedServer.tunnelling(to: server.server.port)
    let client = try client(proxy)
    #expect(try await client.send(to: server.origin()).get().text == "0 full")
    let other = HTTPOrigin(isSecure: true, host: "vendor.test", port: 443)
    #expect(await client.send(to: other).error == .notConnected("certificate for another name"))
    #expect(
      proxy.requests.map(\.startLine) == [
        "CONNECT localhost:\(server.server.port) HTTP/1.1", "CONNECT vendor.test:443 HTTP/1.1",
      ])
  }

  @Test("sends the credentials to the proxy only")
  func credentials() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let proxy = ScriptedServer.tunnelling(to: server.port)
    let client = try client(proxy, user: "egress:p%40ss:w%C3%B6rd@")
    _ = try await client.send(to: vendor).get()
    // printf 'egress:p@ss:wörd' | base64
    #expect(proxy.requests.map { $0["proxy-authorization"] } == ["Basic ZWdyZXNzOnBAc3M6d8O2cmQ="])
    #expect(server.requests.allSatisfy { $0["proxy-authorization"] == nil })
  }

  @Test("resolves the name of the proxy")
  func proxyName() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let proxy = ScriptedServer.tunnelling(to: server.port)
    let asked = Locked([String]())
    let client = try client(proxy) {
      $0.proxy = try? HTTPProxy("http://proxy.test:\(proxy.port)")
      $0.resolver = NameResolver { host in
        asked.withLock { $0.append(host) }
        return ["127.0.0.1"]
      }
    }
    _ = try await client.send(to: vendor).get()
    #expect(asked.withLock { $0 } == ["proxy.test"])
  }

  @Test(
    "reports the refusal of a proxy, and sends nothing",
    arguments: [
      (
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
        ConnectionFailure.proxyAuthenticationRefused
      ),
      ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", .proxyAuthenticationRefused),
      ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nsorry", .proxyRefused),
      ("HTTP/1.1 403 Forbidden\r\nContent-Length: 999999999\r\n\r\nno", .proxyRefused),
      ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", .proxyRefused),
      ("HTTP/1.1 200 Conn", .proxyRefused), ("", .proxyRefused), ("SSH-2.0-OpenSSH_9.2\r\n\r\n", .proxyRefused),
    ])
  func refusals(_ answer: String, _ obstacle: ConnectionFailure) async throws {
    for user in ["", "egress:secret@"] {
      let proxy = ScriptedServer { socket, _, server in
        _ = try server.request(on: socket)
        socket.send(answer)
        socket.halfClose()
        _ = try socket.receiveAll()
      }
      let error = await (try client(proxy, user: user)).send("POST", "/", to: vendor, body: [1]).error
      #expect(error == .notConnected(obstacle.rawValue))
      #expect(error?.nothingWasSent == true)
      #expect(proxy.requests.count == 1)
    }
  }

  @Test(
    "ends the attempt if the header or body of a refusal is endless",
    arguments: [
      (
        "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 99999999999\r\n\r\n",
        ConnectionFailure.proxyAuthenticationRefused
      ),
      ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 99999999999\r\n\r\n", .proxyRefused),
      ("HTTP/1.1 200 OK\r\n", .proxyRefused),
    ])
  func endless(_ start: String, _ obstacle: ConnectionFailure) async throws {
    let proxy = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      socket.send(start)
      let lines = Array(String(repeating: "X-Field: value\r\n", count: 1000).utf8)
      while socket.send(lines) {}
    }
    #expect(await (try client(proxy)).send(to: vendor).error == .notConnected(obstacle.rawValue))
  }

  @Test("applies the connect time-out to a proxy that does not respond")
  func silent() async throws {
    let proxy = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      socket.send("HTTP/1.1 200 ")
      _ = try socket.receiveAll()
    }
    let client = try client(proxy) { $0.connectTimeout = .milliseconds(100) }
    #expect(await client.send(to: vendor).error == .notConnected("connect timed out"))
  }

  @Test("opens other connections while a proxy is slow")
  func slow() async throws {
    let began = Gate()
    let ends = Gate()
    let proxy = ScriptedServer { socket, _, server in
      _ = try server.request(on: socket)
      began.open()
      ends.block()
    }
    let server = ScriptedServer(ScriptedServer.echo)
    let client = try client(proxy, except: ["127.0.0.1"])
    async let waiting = client.send(to: vendor)
    await began.wait()
    #expect(try await client.send(to: server).get().text == "0 GET / HTTP/1.1 ")
    ends.open()
    #expect(await waiting.error == .notConnected("proxy refused the connection"))
  }

  @Test("reports a proxy that cannot be reached")
  func unreachable() async throws {
    let none = try TestClient { $0.proxy = try? HTTPProxy("http://127.0.0.43:9") }
    #expect(await none.send(to: vendor).error == .notConnected("proxy not reached"))
    let nameless = try TestClient {
      $0.proxy = try? HTTPProxy("http://proxy.test:9")
      $0.resolver = NameResolver { _ in [] }
    }
    #expect(await nameless.send(to: vendor).error == .notConnected("proxy not reached"))
    let lookup = HeldLookup()
    let hanging = try TestClient {
      $0.proxy = try? HTTPProxy("http://proxy.test:9")
      $0.resolver = NameResolver(lookup: lookup.lookup)
      $0.connectTimeout = .milliseconds(30)
    }
    #expect(await hanging.send(to: vendor).error == .notConnected("proxy not reached"))
    lookup.release([])
  }

  @Test("uses the proxy also for loopback, unless the host is an exception")
  func exceptions() async throws {
    let server = ScriptedServer(ScriptedServer.echo)
    let proxy = ScriptedServer.tunnelling(to: server.port)
    _ = try await client(proxy).send(to: server).get()
    #expect(proxy.requests.count == 1)
    _ = try await client(proxy, except: ["localhost", "127.0.0.1"]).send(to: server).get()
    #expect(proxy.requests.count == 1)
    #expect(server.requests.count == 2)
  }

  // MARK: Settings

  @Test(
    "parses the URL of the proxy",
    arguments: [
      ("http://proxy:3128", "http://proxy:3128", nil, nil), ("http://Proxy.Corp:80/", "http://proxy.corp", nil, nil),
      ("http://u:p@[::1]:3128", "http://[::1]:3128", "u", "p"), ("http://u@h:1", "http://h:1", "u", ""),
      ("http://:p@h:1", "http://h:1", "", "p"), ("http://u:a@b@h:1", "http://h:1", "u", "a@b"),
      ("http://u%3Av:p%25%2F%40@h:1", "http://h:1", "u:v", "p%/@"),
    ] as [(String, String, String?, String?)])
  func urls(_ text: String, _ origin: String, _ user: String?, _ password: String?) throws {
    let proxy = try HTTPProxy(text)
    #expect(proxy.origin.description == origin)
    #expect(proxy.user == user)
    #expect(proxy.password == password)
  }

  @Test(
    "reports an invalid URL of the proxy",
    arguments: [
      ("", .scheme), ("proxy:3128", .scheme), ("https://proxy:3128", .scheme), ("socks5://proxy:1080", .scheme),
      ("http://proxy", .port), ("http://proxy:", .port), ("http://proxy:0", .port), ("http://proxy:65536", .port),
      ("http://[::1]", .port), ("http://:3128", .host), ("http://pro xy:3128", .host), ("http://u:p@:1", .host),
      ("http://proxy:3128/x", .path), ("http://proxy:3128?x", .path), ("http://u:a/b@h:1", .path),
      ("http://u:%4@h:1", .credentials), ("http://u:%+1@h:1", .credentials), ("http://u:%00@h:1", .credentials),
      ("http://u:%0d%0a@h:1", .credentials), ("http://u:%ff@h:1", .credentials),
    ] as [(String, HTTPProxy.Fault)])
  func faults(_ text: String, _ fault: HTTPProxy.Fault) {
    #expect(throws: fault) { try HTTPProxy(text) }
  }

  @Test("does not print the URL of the proxy")
  func discretion() throws {
    var options = HTTPClientOptions()
    options.proxy = try HTTPProxy("http://egress:hunter2@proxy.test:3128")
    var dumped = ""
    dump(options, to: &dumped)
    for text in [dumped, "\(options)", String(reflecting: options), String(describing: options.proxy)] {
      #expect(!text.contains("hunter2") && !text.contains("egress") && !text.contains("proxy.test"), "\(text)")
    }
  }

  @Test(
    "matches hosts with patterns",
    arguments: [
      ("api.example.com", "api.example.com", true), ("API.example.com", "api.example.com", true),
      ("example.com", "api.example.com", false), (".example.com", "api.example.com", true),
      (".example.com", "a.b.example.com", true), (".example.com", "example.com", false),
      (".example.com", ".example.com", false), (".example.com", "badexample.com", false),
      ("10.0.0.1", "10.0.0.1", true), ("[::1]", "[::1]", true),
    ])
  func patterns(_ pattern: String, _ host: String, _ expected: Bool) throws {
    #expect(try #require(HostPattern(pattern)).matches(host) == expected)
  }

  @Test(
    "rejects a pattern that is not a host or a suffix",
    arguments: ["", ".", "..example.com", "*.example.com", "a:80", "http://a", "a/b", "a b", "::1", "u@a", "[::1]:80"])
  func notPatterns(_ text: String) { #expect(HostPattern(text) == nil) }
}
