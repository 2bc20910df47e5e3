/// A request that waits for a connection or for its response. A finished one can be used again for another request.
final class PendingRequest {
  /// The request as HTTP/1.1 has it.
  private(set) var bytes: [UInt8] = []
  private(set) var isHead = false
  /// The response must be complete by then.
  private(set) var deadline = MonotonicTime(nanoseconds: 0)
  /// The request is not sent after this time.
  private(set) var latestStart = MonotonicTime(nanoseconds: 0)
  private(set) var needsFreshConnection = false
  private var timer: LoopTimer?
  private var continuation: UnsafeContinuation<Result<HTTPClientResponse, HTTPClientError>, Never>?

  func begin(
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
