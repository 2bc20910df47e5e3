import Glibc
import Networking
import Testing

@testable import ProviderTools

@Suite("The doctor, on the way to the vendor", .timeLimit(.minutes(1)))
struct DoctorHostTests {
  /// An account whose secrets are no literals, so that its endpoint may be anywhere.
  private func clinic(_ endpoint: String) throws -> Clinic {
    try Clinic(
      accounts: """
          away:
            provider: china-mobile-app
            endpoint: \(endpoint)
            appId: "300000000004"
            appKey: ${env:KEY}

        """)
  }

  @Test(
    "What keeps a connection from being made is told apart",
    arguments: [
      ("http://nohost.invalid", "name not resolved", "DNS"),
      ("http://127.0.0.43:9", "connection refused", "allow-list"),
      ("http://255.255.255.255:9", "network unreachable", "route"),
      // The sandbox speaks no TLS.
      ("https://127.0.0.1:PORT", "TLS failed", "scheme and port"),
    ])
  func unsupported(_ endpoint: String, _ text: String, _ advice: String) async throws {
    let health = try await clinic(endpoint).examine("away")
    let host = try health.only("host")
    #expect(host.mark == .wrong && host.text == text)
    #expect(try #require(host.advice).contains(advice))
    #expect(!health.isWell)
    for topic in ["clock", "verify app", "verify h5"] {
      let skipped = try health.only(topic)
      #expect(skipped.mark == .doubtful && skipped.text == "not tried")
    }
  }

  @Test("The way through a proxy is named, and what hinders there")
  func proxy() async throws {
    let clinic = try clinic("http://127.0.0.1:PORT")
    let proxy = try HTTPProxy("http://egress:hunter2@127.0.0.43:9")
    let health = try await clinic.examine("away", proxy: proxy)
    #expect(try health.only("host").text == "proxy not reached")
    #expect(try #require(health.only("host").advice).contains("server.vendors.proxy"))
    #expect(!health.shown.contains("hunter2") && !health.shown.contains("127.0.0.43"))
    // The sandbox takes CONNECT for a request like others.
    let sandbox = try HTTPProxy("http://\(clinic.sandbox.authority)")
    #expect(try await clinic.examine("away", proxy: sandbox).only("host").text == "proxy refused the connection")
    var direct = proxy
    direct.exceptions = [try #require(HostPattern("127.0.0.1"))]
    #expect(try await clinic.examine("away", proxy: direct).only("host").text.hasPrefix("connected and answered in"))
  }

  @Test("Plain HTTP beyond this machine is worth a thought")
  func plainText() async throws {
    // Linux takes it for this machine; the doctor does not.
    let health = try await clinic("http://0.0.0.0:PORT").examine("away")
    #expect(health.about("host").map(\.mark) == [.well, .doubtful])
    #expect(health.about("host").last?.text == "tokens and numbers go over plain HTTP")
    #expect(try health.only("verify app").mark == .well)
  }

  @Test("A certificate of its own authority is refused, and taken where the authority is named")
  func selfSigned() async throws {
    let server = try SelfSignedServer()
    let clinic = try clinic("https://localhost:\(server.port)")
    let refused = try await clinic.examine("away").only("host")
    #expect(refused.mark == .wrong && refused.text == "certificate not trusted")
    #expect(try #require(refused.advice).contains("server.vendors.authorities"))
    let taken = try await clinic.examine("away", authorities: server.certificate)
    #expect(try taken.only("host").text.hasSuffix("its certificate is trusted"))
    #expect(try taken.only("clock").text == "in step with the vendor's")
    // It answers 200 with something that is no vendor's JSON.
    #expect(try taken.only("verify app").advice?.contains("no proxy or firewall") == true)
    let missing = try await clinic.examine("away", authorities: "/nowhere.pem").only("host")
    #expect(missing.text == "authorities file not readable")
  }
}

/// The client's own TLS server (Tests/NetworkingTests) with a certificate that signs itself; both end with the object.
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
    // A child of another test must not keep this server's input open.
    for end in toServer + fromServer { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toServer[0], STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, fromServer[1], STDOUT_FILENO)
    let words = [
      "python3", Clinic.root + "Tests/NetworkingTests/Fixtures/tls_server.py", certificate, folder + "/self.key",
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
