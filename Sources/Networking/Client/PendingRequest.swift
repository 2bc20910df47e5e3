/// A request that waits for a connection or for its response. The object can be reused after the request has finished.
final class PendingRequest {
  /// The serialized request.
  private(set) var bytes: [UInt8] = []
  private(set) var isHead = false
  /// The response must be complete at this time.
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

  /// Returns `bytes` so that their memory can be reused. Call when no more bytes of the request will be sent.
  func takeBytes() -> [UInt8] {
    defer { bytes = [] }
    return bytes
  }

  var isFinished: Bool { continuation == nil }

  /// Calls `body` at `latestStart` if the request still waits for a connection then.
  func expires(on loop: EventLoop, _ body: @escaping () -> Void) {
    let timer = LoopTimer(loop)
    timer.onFire = body
    timer.arm(at: latestStart)
    self.timer = timer
  }

  /// Cancels the time limit for getting a connection.
  func stopWaiting() {
    timer?.disarm()
    // The heap of the loop holds the timer until it is due. It must not hold the request until then.
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
