import Configuration
import Glibc
import Networking
import NumberAuth

@testable import Gateway

/// Sessions: only texts that were issued with the key are accepted.
let session = FuzzTarget(name: "session") { input in
  guard let text = String(validating: input, as: UTF8.self) else { return }
  let now = WallTime(milliseconds: 1_700_000_000_000)
  if let session = try? sessions.read(text, appId: "shop", now: now) {
    require(sessions.issue(session) == text, "only issued sessions are accepted")
  }
}

private let sessions = Sessions(keys: [Array(repeating: 7, count: 32)])

/// Request bodies for all endpoints, each followed by the body of the vendor's response, in memory. All responses must
/// be documented.
let endpoints = FuzzTarget(name: "endpoints") { input in
  guard input.count >= 3 else { return }
  let path = paths[Int(input[0]) % paths.count]
  let rest = Array(input.dropFirst(3))
  let cut = rest.isEmpty ? 0 : (Int(input[1]) << 8 | Int(input[2])) % (rest.count + 1)
  let response = gateway.post(path, Array(rest[..<cut]), vendorBody: Array(rest[cut...]))
  require(
    [200, 400, 401, 403, 404, 409, 413, 422, 429, 502, 503, 504].contains(response.status),
    "\(response.status) is a documented status")
  require(response.headers["x-request-id"] != nil, "every response has a request id")
}

private let paths = ["login", "verify", "sessions", "signatures", "failures"].map { "/v1/apps/shop/" + $0 }
private let gateway = FuzzGateway()

/// A gateway with the shipped configuration and its own loop; one request at a time.
private final class FuzzGateway: Sendable {
  private final class Vendor: VendorTransport {
    let body = Locked([UInt8]())

    func send(
      _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
    ) async -> Result<HTTPClientResponse, HTTPClientError> {
      .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: body.withLock { $0 }))
    }
  }

  private let loop: EventLoop
  private let responder: any HTTPResponder
  private let vendor = Vendor()

  init() {
    do {
      loop = try EventLoop.start(name: "fuzz")
      let log = try LogWriter(descriptor: open("/dev/null", O_WRONLY))
      responder = Gateway(Repository.shipped, log: log).responder(on: loop, transport: vendor)
    } catch {
      fatalError("\(error)")
    }
  }

  func post(_ path: String, _ body: [UInt8], vendorBody: [UInt8]) -> HTTPResponse {
    vendor.body.withLock { $0 = vendorBody }
    let request = HTTPRequest(
      method: "POST", target: path,
      headers: HTTPFields(["Authorization": "Bearer numgate-demo-shop-key", "Content-Type": "application/json"]),
      body: body,
      remoteAddress: "127.0.0.1", receivedAt: .now, loop: loop)
    let done = Locked<HTTPResponse?>(nil)
    var pipe: [Int32] = [0, 0]
    guard Glibc.pipe(&pipe) == 0 else { fatalError("pipe") }
    defer { for end in pipe { close(end) } }
    let (responder, end) = (responder, pipe[1])
    Task(executorPreference: loop) {
      let response = await responder.respond(to: request)
      done.withLock { $0 = response }
      var byte: UInt8 = 0
      _ = write(end, &byte, 1)
    }
    var byte: UInt8 = 0
    // libFuzzer's alarm interrupts the read.
    while read(pipe[0], &byte, 1) < 0, errno == EINTR {}
    return done.withLock { $0 } ?? HTTPResponse(status: 0, headers: HTTPFields(), body: [])
  }
}
