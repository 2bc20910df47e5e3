import Glibc
import JSON
import Networking

@testable import Sandbox

/// A sandbox with a clock that the test controls.
final class TestSandbox: Sendable {
  static let loop: EventLoop = {
    guard let loop = try? EventLoop.start(name: "sandbox-tests") else { fatalError("no event loop") }
    return loop
  }()

  private let time: Locked<Int64>
  let sandbox: Sandbox

  /// `accounts`: in the format of `accounts.yaml`; default: the built-in accounts.
  init(now: Int64 = Fixtures.shared.now, accounts: String? = nil) throws {
    let time = Locked(now)
    self.time = time
    let known = try accounts.map { try SandboxAccounts(yaml: Array($0.utf8)) } ?? .builtIn()
    sandbox = Sandbox(accounts: known, clock: { time.withLock { $0 } })
  }

  var now: Int64 { time.withLock { $0 } }

  func setTime(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }

  func pass(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

  func send(
    _ method: String, _ target: String, headers: [(String, String)] = [], body: String = "",
    from address: String = "192.0.2.1"
  ) async -> HTTPResponse {
    var fields = HTTPFields()
    for (name, value) in headers { fields.append(name, value) }
    let request = HTTPRequest(
      method: method, target: target, headers: fields, body: Array(body.utf8), remoteAddress: address,
      receivedAt: .now, loop: TestSandbox.loop)
    let sandbox = sandbox
    return await Task(executorPreference: TestSandbox.loop) { await sandbox.respond(to: request) }.value
  }

  func send(_ request: Fixtures.Request) async -> HTTPResponse {
    await send(
      request.method, request.target, headers: request.headers, body: request.body, from: request.remoteAddress)
  }

  /// Calls the control interface and parses its JSON.
  func control(_ path: String, _ body: String) async throws -> JSONValue {
    try JSONValue.parse(await send("POST", path, body: body).body)
  }

  /// The result of a provider's SDK for the number 13800000000. `more`: further members of the control request.
  func mint(
    _ provider: String, _ appId: String, _ operation: String = "login", _ more: String = ""
  ) async throws -> JSONValue {
    try await control(
      "/sandbox/tokens",
      """
      {"provider": "\(provider)", "appId": "\(appId)", "phoneNumber": "13800000000", "operation": "\(operation)"\
      \(more.isEmpty ? "" : ", " + more)}
      """)
  }

  /// Sends a request to a vendor and parses the JSON of the response.
  func call(_ message: Message) async throws -> JSONValue {
    try JSONValue.parse(await send("POST", message.target, headers: message.headers, body: message.body).body)
  }

  func plant(_ tokens: [Token]) {
    for token in tokens { sandbox.core.state.withLock { $0.tokens.add(token, at: now) } }
  }
}

/// The content of a file in the folder of the tests.
func readFile(_ name: String, beside file: String = #filePath) -> [UInt8] {
  let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  guard let stream = fopen(folder + "/" + name, "r") else { return [] }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}
