import JSON
import Networking
import NumberAuth
import Testing

@testable import Configuration

/// The values of a valid configuration.
@Suite("A validated configuration")
struct ValuesTests {
  private func load(_ name: String) throws -> Configuration {
    let fixture = try #require(CheckTests.cases.first { $0.description == name }).value
    return try ConfigurationLoader.load(
      "config.yaml",
      files: Files.memory(Files.texts(fixture["files"]), environment: Files.texts(fixture["environment"])))
  }

  @Test("Absent settings have their defaults")
  func defaults() throws {
    let server = try load("the smallest configuration").server
    #expect(server.listen == [SocketAddress(host: "127.0.0.1", port: 8080)])
    #expect(server.loops == nil && server.sessionKeys.isEmpty)
    #expect(server.sessionLife == .seconds(600) && server.drain == .seconds(10))
    #expect(server.breaker == BreakerSettings())
    #expect(server.http.limits.body == 65_536)
  }

  @Test("All settings are read")
  func given() throws {
    let server = try load("every server setting").server
    #expect(server.loops == 2 && server.sessionLife == .seconds(600) && server.drain == .milliseconds(100))
    var breaker = BreakerSettings()
    breaker.failures = 3
    breaker.open = .seconds(5)
    #expect(server.breaker == breaker)
    #expect(server.http.connections == 10 && server.http.limits.startLine == 4096)
    #expect(server.http.limits.headers == 8192 && server.http.limits.fieldCount == 50)
    #expect(server.http.limits.body == 1 << 20)
    #expect(server.http.headerTimeout == .seconds(1) && server.http.bodyTimeout == .seconds(1))
    #expect(server.http.idleTimeout == .seconds(60) && server.http.writeTimeout == .seconds(1))
    #expect(server.vendors.connectTimeout == .milliseconds(500))
    #expect(server.vendors.idleTimeout == .seconds(5) && server.vendors.limits.body == 1 << 20)
  }

  @Test("Endpoint and timeout of an account override those of the provider")
  func accounts() throws {
    let own = try #require(try load("the smallest configuration").accounts["one"])
    #expect(own.origin == HTTPOrigin(isSecure: false, host: "127.0.0.1", port: 9090))
    #expect(own.timeout == .seconds(3))
    let provided = try #require(try load("secrets from the environment and from a file").accounts["one"])
    #expect(provided.origin == HTTPOrigin(isSecure: true, host: "vendor.example.com", port: 443))
  }

  @Test("Only line ends and a byte order mark are removed from a secret")
  func secrets() throws {
    let configuration = try load("a session key that is long enough")
    #expect(configuration.server.sessionKeys.map(\.revealed) == [String(repeating: "k", count: 32)])
    // The signature of a login is an MD5 of the secret, so equal secrets result in equal signatures.
    let base = try #require(CheckTests.cases.first { $0.description == "the smallest configuration" }).value
    var bodies: [[UInt8]] = []
    let spellings = [
      ("s3cret ", nil), ("${file:key}", "s3cret \n"), ("${file:key}", "s3cret \r\n"),
      ("${file:key}", "\u{feff}s3cret \n\n"),
      ("${env:KEY}", "s3cret "), ("${env:KEY}", "s3cret \n"), ("${env:KEY}", "s3cret \r\n"),
      ("${env:KEY}", "\u{feff}s3cret \n"),
    ]
    for (secret, text) in spellings {
      var files = Files.texts(base["files"])
      files["config.yaml"] = files["config.yaml"]?.replacing("literal-secret", with: "\"\(secret)\"")
      files["key"] = text
      let environment = text.map { ["KEY": $0] } ?? [:]
      let provider = try #require(
        try ConfigurationLoader.load("config.yaml", files: Files.memory(files, environment: environment)).accounts[
          "one"]?.provider)
      let retrieving = try #require(provider as? any NumberRetrieving)
      let context = CallContext(now: WallTime(milliseconds: 0), nonce: "n")
      guard case .send(let request, _) = try retrieving.login(Login(channel: .app, token: Secret("t")), context) else {
        continue
      }
      bodies.append(request.body)
    }
    #expect(bodies.count == spellings.count && Set(bodies).count == 1)
  }

  @Test(
    "The message for an unreadable secret file names the reason",
    arguments: [
      ([0xff, 0xfe, 0x73, 0x00], " is UTF-16; save it as UTF-8"),
      ([0xfe, 0xff, 0x00, 0x73], " is UTF-16; save it as UTF-8"),
      ([0xc4, 0xff], " is not UTF-8 text"),
      (nil, " cannot be read (no permission, a folder, or larger than 8 MiB)"),
    ] as [([UInt8]?, String)])
  func unreadable(_ content: [UInt8]?, _ message: String) throws {
    let base = try #require(CheckTests.cases.first { $0.description == "the smallest configuration" }).value
    var texts = Files.texts(base["files"])
    texts["config.yaml"] = texts["config.yaml"]?.replacing("literal-secret", with: "${file:key}")
    var files = Files.memory(texts)
    let read = files.read
    files.read = { $0 == "key" ? content : read($0) }
    files.exists = { _ in true }
    let error = #expect(throws: ConfigurationError.self) { try ConfigurationLoader.load("config.yaml", files: files) }
    #expect(error?.diagnostics.map(\.message) == ["'accounts.one.appSecret': the file 'key'" + message])
  }

  @Test("A provider file with an endpoint without TLS is a warning")
  func plainProvider() throws {
    let base = try #require(CheckTests.cases.first { $0.description == "the smallest configuration" }).value
    let name = "providers/vendor.yaml"
    for (origin, messages) in [
      ("https://vendor.example.com", []), ("http://127.0.0.1:9090", []),
      (
        "http://vendor.example.com",
        ["'endpoint': the vendor is called without TLS: tokens and phone numbers are sent unencrypted; use https://"]
      ),
    ] {
      var texts = Files.texts(base["files"])
      texts[name] = texts[name]?.replacing("https://vendor.example.com", with: origin)
      let warnings = try ConfigurationLoader.loadProvider(name, files: Files.memory(texts)).warnings
      #expect(warnings.map(\.message) == messages)
      #expect(warnings.map { "\($0.mark.line):\($0.mark.column)" } == messages.map { _ in "6:11" })
    }
  }

  @Test("A file that extends another one can replace, add and remove entries")
  func extended() throws {
    let providers = try load("a provider that extends another one").providers
    let vendor = try #require(providers["vendor"])
    let child = try #require(providers["child"])
    #expect(child.endpoint.host == "test.example.com" && vendor.endpoint.host == "vendor.example.com")
    #expect(child.title == vendor.title && child.timeout == vendor.timeout && child.serves == vendor.serves)
    #expect(child.accountFields.map(\.name) == vendor.accountFields.map(\.name))
    #expect(vendor.table.row("103101", stage: .login) != nil && child.table.row("103101", stage: .login) == nil)
    #expect(child.table.row("103000", stage: .login)?.meaning == .success)
    #expect(child.table.provider == "child")
  }

  @Test("Teams have the hashes of their keys")
  func teams() throws {
    let hash = [UInt8](repeating: 0, count: 4).flatMap { _ in
      [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef] as [UInt8]
    }
    let some = try #require(try load("the smallest configuration").teams.first)
    #expect(some.name == "shop" && some.keyHashes == [hash] && some.apps == ["shop"])
    #expect(try load("all apps for a team").teams.first?.apps == .some(nil))
  }

  @Test("Routes and pages are read as configured")
  func routes() throws {
    let configuration = try load("weights")
    let candidates = try configuration.router.candidates(appId: "shop", channel: .app, operation: .login, draw: 0)
    #expect(candidates == [.init(account: "one", weight: 3), .init(account: "two", weight: 0)])
    let page = try load("with its pages").apps["shop"]?.pages[.h5]
    #expect(page?.type == "2")
    #expect(page?.options.map { String(decoding: $0.bytes, as: UTF8.self) } == #"{"layerStyle":{"width":"80%"}}"#)
  }
}
