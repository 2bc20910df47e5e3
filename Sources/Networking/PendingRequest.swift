/// A request that waits for a connection or for its response.
final class PendingRequest {
  /// The request as HTTP/1.1 has it.
  private(set) var bytes: [UInt8]
  let isHead: Bool
  /// The response must be complete by then.
  let deadline: MonotonicTime
  /// The request is not sent after this time.
  let latestStart: MonotonicTime
  let needsFreshConnection: Bool
  private var timer: LoopTimer?
  private var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?

  init(
    _ bytes: [UInt8], isHead: Bool, _ options: HTTPSendOptions,
    _ continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>
  ) {
    deadline = options.deadline
    latestStart = min(options.latestStart ?? options.deadline, options.deadline)
    needsFreshConnection = options.needsFreshConnection
    self.isHead = isHead
    self.continuation = continuation
    self.bytes = bytes
  }

  /// The memory of `bytes`, for the next request. Call when nothing more of them will be sent.
  func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
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
