import Configuration
import Glibc
import Networking
import NumberAuth
import Sandbox
import Testing

@testable import ProviderTools

/// A sandbox on a free port, and a configuration whose accounts use it. Its loop runs until the process ends.
final class DoctorFixture: Sendable {
  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"

  let loop: EventLoop
  let sandbox: HTTPOrigin
  let configuration: Configuration

  /// `change` edits the text of config.yaml before it is loaded. `accounts` are inserted before the file's accounts.
  /// `${env:KEY}` is a key.
  init(accounts: String = "", change: (String) -> String = { $0 }) throws {
    loop = try EventLoop.start(name: "clinic")
    let sandbox = Sandbox(accounts: try SandboxAccounts.builtIn()) { DoctorFixture.now().milliseconds }
    let vendors = try HTTPServer.start(
      on: SocketAddress(host: "127.0.0.1", port: 0), loops: [loop], options: HTTPServerOptions()
    ) { _ in sandbox }
    self.sandbox = try #require(HTTPOrigin("http://\(vendors.address)"))
    var files = FileSystem.machine
    let text = change(
      String(decoding: files.read(DoctorFixture.root + "config.yaml") ?? [], as: UTF8.self)
        .replacing("\naccounts:\n", with: "\naccounts:\n" + accounts)
    )
    .replacing("127.0.0.1:9090", with: vendors.address.description)
    .replacing("PORT", with: String(vendors.address.port))
    let read = files.read
    files.read = { path in path == "config.yaml" ? Array(text.utf8) : read(path) }
    files.environment = { $0 == "KEY" ? "SANDBOXAPPMD5KEYSANDBOXAPPMD5KEY" : nil }
    configuration = try ConfigurationLoader.load(
      "config.yaml", providers: DoctorFixture.root + "providers", files: files)
  }

  static func now() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// `ahead`: the error of the local clock.
  func examine(
    _ name: String, isOffline: Bool = false, ahead: Duration = .zero, authorities: String? = nil,
    proxy: HTTPProxy? = nil
  ) async throws -> AccountHealth {
    let account = try #require(configuration.accounts[name])
    var options = configuration.server.vendors
    // A name server may respond slowly.
    options.connectTimeout = .seconds(40)
    options.authorities = authorities
    options.proxy = proxy
    let (loop, vendors) = (loop, options)
    return await Task(executorPreference: loop) {
      let doctor = Doctor(loop: isOffline ? nil : loop, vendors: vendors) { DoctorFixture.now().advanced(by: ahead) }
      defer { doctor.finish() }
      return await doctor.examine(account)
    }.value
  }

  /// Calls the sandbox's control interface.
  func control(_ path: String, _ body: String) async throws {
    let request = HTTPClientRequest(
      method: "POST", origin: sandbox, target: path, headers: HTTPFields(), body: Array(body.utf8))
    let loop = loop
    let response = try await Task(executorPreference: loop) {
      let client = HTTPClient(loop: loop)
      defer { client.shutdown() }
      return await client.send(request, deadline: MonotonicTime.now.advanced(by: .seconds(50)))
    }.value.get()
    try #require(response.status < 300, "\(String(decoding: response.body, as: UTF8.self))")
  }
}

extension AccountHealth {
  /// The results of a topic.
  func about(_ topic: String) -> [CheckResult] { results.filter { $0.topic == topic } }

  /// The only finding of a topic.
  func only(_ topic: String) throws -> CheckResult {
    let found = about(topic)
    try #require(found.count == 1, "\(topic): \(HealthReport.lines(self).joined(separator: "\n"))")
    return found[0]
  }

  /// The text and JSON reports together.
  var shown: String {
    HealthReport.lines(self).joined(separator: "\n") + String(decoding: HealthReport.json([self]).bytes, as: UTF8.self)
  }
}
