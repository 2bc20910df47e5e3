import Glibc
import Networking
import Testing

@testable import ProviderTools

@Suite("The doctor: connection to the vendor", .timeLimit(.minutes(1)))
struct DoctorHostTests {
  /// An account whose secrets are not literals, so that its endpoint may be on another host.
  private func clinic(_ endpoint: String) throws -> DoctorFixture {
    try DoctorFixture(
      accounts: """
          away:
            provider: china-mobile-app
            endpoint: \(endpoint)
            appId: "300000000004"
            appKey: ${env:KEY}

        """)
  }

  @Test(
    "Connection errors are distinguished",
    arguments: [
      ("http://nohost.invalid", "name not resolved", "DNS"),
      ("http://127.0.0.43:9", "connection refused", "allow-list"),
      ("http://255.255.255.255:9", "network unreachable", "route"),
      // The sandbox does not support TLS.
      ("https://127.0.0.1:PORT", "TLS failed", "scheme and port"),
    ])
  func unsupported(_ endpoint: String, _ text: String, _ advice: String) async throws {
    let health = try await clinic(endpoint).examine("away")
    let host = try health.only("host")
    #expect(host.mark == .failed && host.text == text)
    #expect(try #require(host.advice).contains(advice))
    #expect(!health.isOK)
    for topic in ["clock", "verify app", "verify h5"] {
      let skipped = try health.only(topic)
      #expect(skipped.mark == .warning && skipped.text == "not tried")
    }
  }

  @Test("The connection through a proxy and its errors are reported")
  func proxy() async throws {
    let clinic = try clinic("http://127.0.0.1:PORT")
    let proxy = try HTTPProxy("http://egress:hunter2@127.0.0.43:9")
    let health = try await clinic.examine("away", proxy: proxy)
    #expect(try health.only("host").text == "proxy not reached")
    #expect(try #require(health.only("host").advice).contains("server.vendors.proxy"))
    #expect(!health.shown.contains("hunter2") && !health.shown.contains("127.0.0.43"))
    // The sandbox handles CONNECT like other requests.
    let sandbox = try HTTPProxy("http://\(clinic.sandbox.authority)")
    #expect(try await clinic.examine("away", proxy: sandbox).only("host").text == "proxy refused the connection")
    var direct = proxy
    direct.exceptions = [try #require(HostPattern("127.0.0.1"))]
    #expect(try await clinic.examine("away", proxy: direct).only("host").text.hasPrefix("connected, response in"))
  }

  @Test("Plain HTTP to another machine is a warning")
  func plainText() async throws {
    // For Linux 0.0.0.0 is this machine, for the doctor it is not.
    let health = try await clinic("http://0.0.0.0:PORT").examine("away")
    #expect(health.about("host").map(\.mark) == [.passed, .warning])
    #expect(health.about("host").last?.text == "tokens and phone numbers are sent over plain HTTP")
    #expect(try health.only("verify app").mark == .passed)
  }

  @Test("A certificate of a private authority is accepted only if the authority is configured")
  func selfSigned() async throws {
    let server = try SelfSignedServer()
    let clinic = try clinic("https://localhost:\(server.port)")
    let refused = try await clinic.examine("away").only("host")
    #expect(refused.mark == .failed && refused.text == "certificate not trusted")
    #expect(try #require(refused.advice).contains("server.vendors.authorities"))
    let trusted = try await clinic.examine("away", authorities: server.certificate)
    #expect(try trusted.only("host").text.hasSuffix("certificate trusted"))
    #expect(try trusted.only("clock").text == "matches the vendor's clock")
    // The server responds with 200 and a body that is not the vendor's JSON.
    #expect(try trusted.only("verify app").advice?.contains("no proxy or firewall") == true)
    let missing = try await clinic.examine("away", authorities: "/nowhere.pem").only("host")
    #expect(missing.text == "authorities file not readable")
  }
}

/// The TLS server of Tests/NetworkingTests with a self-signed certificate. Both are removed with the object.
private final class SelfSignedServer {
  let port: Int
  let certificate: String
  private let folder: String
  private let stream: UnsafeMutablePointer<FILE>
  private let process: pid_t

  init() throws {
    var template = Array("/tmp/numgate-doctor-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    certificate = folder + "/self.pem"
    let made = system(
      "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
        + "-keyout '\(folder)/self.key' -out '\(certificate)' >/dev/null 2>&1")
    try #require(made == 0, "openssl")
    var (toServer, fromServer): ([Int32], [Int32]) = ([0, 0], [0, 0])
    try #require(pipe(&toServer) == 0 && pipe(&fromServer) == 0)
    // Child processes of other tests must not inherit this server's input.
    for end in toServer + fromServer { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toServer[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromServer[1], STDOUT_FILENO)
    let words = [
      "python3", DoctorFixture.root + "Tests/NetworkingTests/Fixtures/tls_server.py", certificate, folder + "/self.key",
    ]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    try #require(posix_spawnp(&process, "python3", &actions, nil, &arguments, environ) == 0)
    close(toServer[0])
    close(fromServer[1])
    self.process = process
    stream = try #require(fdopen(toServer[1], "w"))
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while read(fromServer[0], &byte, 1) == 1, byte != 0x0a { line.append(byte) }
    close(fromServer[0])
    port = Int(String(decoding: line, as: UTF8.self)) ?? 0
    try #require(port > 0, "no TLS server")
  }

  deinit {
    fclose(stream)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    _ = system("rm -rf '\(folder)'")
  }
}
