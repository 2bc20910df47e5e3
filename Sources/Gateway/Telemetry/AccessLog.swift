import JSON
import Networking
import NumberAuth

/// One loop's log lines: JSON, one a request, gathered for a moment and handed to the writer together. No line holds a
/// phone number, a token, a key or a signature: only what `CallRecord` knows is written. Lives on its loop.
final class AccessLog: @unchecked Sendable {
  /// How long a line may wait for others, and how many bytes may.
  private static let patience = Duration.milliseconds(50)
  private static let batch = 32_768

  private let writer: LogWriter
  private let loop: EventLoop
  private var lines = JSONWriter(reservingCapacity: 4096)
  /// The second of the line before, and its text.
  private var latest = (second: Int64.min, text: "")

  init(_ writer: LogWriter, _ loop: EventLoop) {
    self.writer = writer
    self.loop = loop
  }

  func handOver() {
    guard lines.count > 0 else { return }
    writer.write(lines.bytes)
    lines.removeAll()
  }

  func request(_ record: CallRecord, status: Int, nanoseconds: UInt64, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "request")
      $0.member("requestId", record.requestId)
      $0.member("endpoint", record.endpoint.rawValue)
      $0.member("status", status)
      $0.member("microseconds", Int(nanoseconds / 1000))
      $0.member("vendorMicroseconds", Int(record.vendorNanoseconds / 1000))
      $0.member("queueMicroseconds", Int(record.queueNanoseconds / 1000))
      $0.member("team", ifPresent: record.team)
      $0.member("app", ifPresent: record.appId)
      $0.member("channel", ifPresent: record.channel?.rawValue)
      $0.member("operation", ifPresent: record.operation?.rawValue)
      $0.member("provider", ifPresent: record.account?.file.name)
      $0.member("account", ifPresent: record.account?.name)
      $0.member("traceId", ifPresent: record.traceId)
      $0.member("transaction", ifPresent: record.vendorNanoseconds > 0 ? record.transaction : nil)
      $0.member("outcome", ifPresent: record.outcome)
      $0.member("billed", ifPresent: record.billed?.rawValue)
      if record.reported != nil { $0.member("outcome", "reported") }
      if let failure = record.failure ?? record.reported {
        $0.member("reason", failure.reason.rawValue)
        $0.member("stage", failure.stage.rawValue)
        $0.member("carrier", ifPresent: failure.carrier?.rawValue)
        $0.member("fault", failure.fault.rawValue)
        $0.member("delivery", failure.delivery.rawValue)
        $0.member("vendorCode", ifPresent: (failure.vendor?.code).map(Redaction.code))
      }
    }
  }

  func unmapped(_ failure: Failure, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "unmapped-code")
      $0.member("level", "warning")
      $0.member("provider", ifPresent: failure.vendor?.provider)
      $0.member("stage", failure.stage.rawValue)
      $0.member("carrier", ifPresent: failure.carrier?.rawValue)
      $0.member("vendorCode", ifPresent: (failure.vendor?.code).map(Redaction.code))
    }
  }

  /// The circuit breaker of an account has changed its state.
  func breaker(account: String, provider: String, _ state: CircuitBreaker.State, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "breaker")
      $0.member("level", state == .open ? "warning" : "info")
      $0.member("account", account)
      $0.member("provider", provider)
      $0.member("state", state.rawValue)
    }
  }

  /// The circuit breaker of a host has changed its state.
  func breaker(host: HTTPOrigin, _ state: CircuitBreaker.State, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "breaker")
      $0.member("level", state == .open ? "warning" : "info")
      $0.member("host", host.description)
      $0.member("state", state.rawValue)
    }
  }

  /// Input that was no acceptable HTTP request.
  func refused(_ error: HTTP1Error, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "refused")
      $0.member("status", error.status)
      $0.member("error", error.label)
    }
  }

  func tlsFailed(_ failure: TLSFailure, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "tls-failed")
      $0.member("reason", failure.rawValue)
    }
  }

  private func text(of time: WallTime) -> String {
    if time.seconds != latest.second { latest = (time.seconds, time.iso8601) }
    return latest.text
  }

  private func line(_ body: (inout JSONWriter) -> Void) {
    if lines.count == 0 { loop.call(after: Self.patience) { [weak self] in self?.handOver() } }
    lines.object(body)
    lines.endLine()
    if lines.count >= Self.batch { handOver() }
  }
}
