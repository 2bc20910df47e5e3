import Configuration
import Glibc
import JSON
import Networking
import NumberAuth
import Store

@testable import Gateway

/// A vendor in memory: returns responses from a list and records the requests.
final class ScriptedVendor: VendorTransport {
  typealias Answer = Result<HTTPClientResponse, HTTPClientError>

  private struct State {
    var answers: [Answer]
    var requests: [VendorRequest] = []
    var origins: [HTTPOrigin] = []
    var options: [HTTPSendOptions] = []
  }

  private let state: Locked<State>

  /// The last response is repeated.
  init(_ answers: [Answer]) { state = Locked(State(answers: answers)) }

  convenience init(json: String, status: Int = 200) {
    self.init([.success(HTTPClientResponse(status: status, headers: HTTPFields(), body: Array(json.utf8)))])
  }

  var requests: [VendorRequest] { state.withLock { $0.requests } }

  /// The origins of the requests, in the order of `requests`.
  var origins: [HTTPOrigin] { state.withLock { $0.origins } }

  /// The options of the requests, in the order of `requests`.
  var options: [HTTPSendOptions] { state.withLock { $0.options } }

  func send(_ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions) async -> Answer {
    state.withLock { state in
      state.origins.append(origin)
      state.options.append(options)
      state.requests.append(request)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
    }
  }
}

/// A gateway with the repository's configuration, or a changed one. It is called in memory; its log is written to a
/// pipe.
final class TestGateway: Sendable {
  struct Answer {
    let status: Int
    let headers: HTTPFields
    let body: JSONValue
    let bytes: [UInt8]
    var reason: String? { body["reason"]?.string }
  }

  static let shopKey = "numgate-demo-shop-key"
  static let forumKey = "numgate-demo-forum-key"

  let loop: EventLoop
  let gateway: Gateway
  /// Polls only when a test calls it, on the thread of the test.
  let watcher: ConfigurationWatcher
  private let responder: any HTTPResponder
  private let logPipe: (read: Int32, write: Int32)

  /// `change` edits the text of config.yaml before it is loaded.
  convenience init(vendor: any VendorTransport, change: @Sendable (String) -> String = { $0 }) throws {
    try self.init(vendor: vendor, files: TestFiles(change: change))
  }

  init(vendor: any VendorTransport, files: TestFiles = TestFiles(), ledger: Ledger? = nil) throws {
    let configuration = try ConfigurationLoader.load(TestFiles.config, files: files.system)
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw SystemError("pipe") }
    logPipe = (ends[0], ends[1])
    loop = try EventLoop.start(name: "test")
    gateway = Gateway(configuration, log: try LogWriter(descriptor: ends[1]), ledger: ledger)
    watcher = ConfigurationWatcher(gateway, configuration, config: TestFiles.config, files: files.system)
    responder = gateway.responder(on: loop, transport: vendor)
  }

  deinit {
    loop.stop()
    close(logPipe.read)
    close(logPipe.write)
  }

  func call(
    _ method: String, _ path: String, key: String? = shopKey, headers extra: KeyValuePairs<String, String> = [:],
    body: String? = nil, certificate: PeerCertificate? = nil
  ) async throws -> Answer {
    var headers = HTTPFields(extra)
    if let key { headers.append("Authorization", "Bearer " + key) }
    if body != nil, headers["Content-Type"] == nil { headers.append("Content-Type", "application/json") }
    let request = HTTPRequest(
      method: method, target: path, headers: headers, body: Array((body ?? "").utf8), remoteAddress: "127.0.0.1",
      receivedAt: .now, loop: loop, peerCertificate: certificate)
    let responder = responder
    let response = await Task(executorPreference: loop) { await responder.respond(to: request) }.value
    let isJSON = response.headers["Content-Type"]?.contains("json") == true
    return Answer(
      status: response.status, headers: response.headers,
      body: isJSON
        ? try JSONValue.parse(response.body)
        : try JSONValue.parse(JSONFragment { $0.value(String(decoding: response.body, as: UTF8.self)) }.bytes),
      bytes: response.body)
  }

  /// Gives an account a credential that is old enough to be fetched again if the vendor refuses it.
  func keep(_ value: String, of account: String, _ credential: String) throws {
    guard let credentials = gateway.credentials.current.first(where: { $0.account == account })?.credentials else {
      throw SystemError("account")
    }
    let past = MonotonicTime(nanoseconds: MonotonicTime.now.nanoseconds - AccountCredentials.minimumAge.nanoseconds)
    _ = credentials.find(credential, at: past)
    credentials.end(
      credential, .success(FetchedCredential(value: Secret(value), life: .seconds(7200))), from: past, at: past)
  }

  @discardableResult func post(_ path: String, _ body: String, key: String? = shopKey) async throws -> Answer {
    try await call("POST", path, key: key, body: body)
  }

  /// Reports a TLS failure as the server does, on the loop.
  func tlsFailed(_ failure: TLSFailure) async {
    let responder = responder
    await Task(executorPreference: loop) { responder.tlsFailed(failure) }.value
  }

  /// Executes `body` on the loop with the cache of SDK parameters of the current configuration.
  func onLoop<Value: Sendable>(_ body: @escaping @Sendable (ParameterCache) -> Value) async throws -> Value {
    guard let handler = responder as? RequestHandler else { throw SystemError("responder") }
    return await Task(executorPreference: loop) { body(handler.current.value.parameters) }.value
  }

  func metrics() async throws -> [Substring] {
    (try await call("GET", "/metrics", key: nil).body.string ?? "").split(separator: "\n")
  }

  /// The log lines about the configuration since the last call of `log` or `configurationLog`.
  func configurationLog() async throws -> [JSONValue] {
    try await log().split(separator: "\n").filter { $0.contains(#""event":"configuration-"#) }
      .map { try JSONValue.parse(Array($0.utf8)) }
  }

  /// The log since the last call of `log` or `configurationLog`.
  func log() async -> String {
    await gateway.flushLog()
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var waiting = pollfd(fd: logPipe.read, events: Int16(POLLIN), revents: 0)
    while poll(&waiting, 1, 0) == 1 {
      let count = read(logPipe.read, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
