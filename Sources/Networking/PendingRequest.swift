/// A request that waits for a connection or for its response.
final class PendingRequest {
  let bytes: [UInt8]
  let isHead: Bool
  /// The response must be complete by then.
  let deadline: MonotonicTime
  /// The request is not sent after this time.
  let latestStart: MonotonicTime
  let needsFreshConnection: Bool
  private var timer: LoopTimer?
  private var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?

  init(
    _ request: HTTPClientRequest, _ options: HTTPSendOptions,
    _ continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
  ) {
    deadline = options.deadline
    latestStart = min(options.latestStart ?? options.deadline, options.deadline)
    needsFreshConnection = options.needsFreshConnection
    isHead = request.method == "HEAD"
    self.continuation = continuation
    var output: [UInt8] = []
    output.reserveCapacity(256 + request.target.utf8.count + request.headers.storage.count + request.body.count)
    output.append(contentsOf: request.method.utf8)
    output.append(0x20)
    output.append(contentsOf: request.target.utf8)
    output.append(contentsOf: " HTTP/1.1\r\n".utf8)
    if request.headers["Host"] == nil {
      output.append(contentsOf: "Host: ".utf8)
      output.append(contentsOf: request.origin.authority.utf8)
      output.append(contentsOf: "\r\n".utf8)
    }
    request.headers.serialize(into: &output)
    if !request.body.isEmpty || request.method == "POST" || request.method == "PUT" {
      output.append(contentsOf: "Content-Length: ".utf8)
      output.append(contentsOf: String(request.body.count).utf8)
      output.append(contentsOf: "\r\n".utf8)
    }
    output.append(contentsOf: "\r\n".utf8)
    output.append(contentsOf: request.body)
    bytes = output
  }

  var isFinished: Bool { continuation == nil }

  /// Calls `body` if the request still waits for a connection at its latest start.
  func expires(on loop: EventLoop, _ body: @escaping () -> Void) {
    let timer = LoopTimer(loop)
    timer.onFire = body
    timer.arm(at: latestStart)
    self.timer = timer
  }

  /// The request no longer waits for a connection.
  func stopWaiting() {
    timer?.disarm()
    // The loop's heap holds the timer until its time has come: it must not hold the request as long.
    timer?.onFire = nil
    timer = nil
  }

  func finish(_ result: Result<HTTPClientResponse, HTTPClientError>) {
    guard let continuation else { return }
    stopWaiting()
    self.continuation = nil
    continuation.resume(returning: result)
  }
}
