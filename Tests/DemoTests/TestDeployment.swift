import Configuration
import Gateway
import Glibc
import JSON
import Networking
import Sandbox
import Testing

/// A gateway with the shipped configuration, and the sandbox as its vendors, over real sockets on free ports. The loops
/// run until the end of the process, because a vendor that never answers still sleeps on one of them.
final class TestDeployment: Sendable {
  struct Answer: Sendable {
    let status: Int
    let body: JSONValue
  }

  static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"

  let loop: EventLoop
  let gateway: HTTPOrigin
  let sandbox: HTTPOrigin
  let configuration: Configuration
  private let client: HTTPClient

  /// `change` edits the text of config.yaml before it is loaded.
  init(change: (String) -> String = { $0 }) throws {
    loop = try EventLoop.start(name: "test")
    // A slow clock: a token must not expire because other tests keep the machine busy between two calls.
    let start = Self.milliseconds
    let sandbox = Sandbox(accounts: try SandboxAccounts.builtIn()) { start + (Self.milliseconds - start) / 10 }
    let free = SocketAddress(host: "127.0.0.1", port: 0)
    let vendors = try HTTPServer.start(on: free, loops: [loop], options: HTTPServerOptions()) { _ in sandbox }
    var files = FileSystem.machine
    let text = change(
      String(decoding: files.read(TestDeployment.root + "config.yaml") ?? [], as: UTF8.self)
        .replacing("127.0.0.1:9090", with: vendors.address.description)
        .replacing("listen: 127.0.0.1:8080", with: "listen: 127.0.0.1:0"))
    let read = files.read
    files.read = { path in path == "config.yaml" ? Array(text.utf8) : read(path) }
    configuration = try ConfigurationLoader.load(
      "config.yaml", providers: TestDeployment.root + "providers", files: files)
    let gatewayLoop = try EventLoop.start(name: "gateway")
    let log = try LogWriter(descriptor: open("/dev/null", O_WRONLY | O_CLOEXEC))
    let servers = try Gateway(configuration, log: log).start(on: [gatewayLoop])
    gateway = try #require(HTTPOrigin("http://\(servers[0].address)"))
    self.sandbox = try #require(HTTPOrigin("http://\(vendors.address)"))
    client = HTTPClient(loop: loop)
  }

  /// The current time.
  private static var milliseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  func post(_ origin: HTTPOrigin, _ path: String, key: String? = nil, _ body: JSONFragment) async throws -> Answer {
    try await send("POST", origin, path, key: key, body)
  }

  func get(_ origin: HTTPOrigin, _ path: String) async throws -> Answer {
    try await send("GET", origin, path, key: nil, nil)
  }

  private func send(
    _ method: String, _ origin: HTTPOrigin, _ path: String, key: String?, _ body: JSONFragment?
  ) async throws -> Answer {
    var headers = HTTPFields(["Content-Type": "application/json"])
    if let key { headers.append("Authorization", "Bearer " + key) }
    let request = HTTPClientRequest(
      method: method, origin: origin, target: path, headers: headers, body: body?.bytes ?? [])
    let client = client
    let response = try await Task(executorPreference: loop) {
      await client.send(request, deadline: MonotonicTime.now.advanced(by: .seconds(60)))
    }.value.get()
    let text = response.body.isEmpty ? Array("null".utf8) : response.body
    return Answer(status: response.status, body: try JSONValue.parse(text))
  }
}
