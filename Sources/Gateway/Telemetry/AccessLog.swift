import Configuration
import JSON
import Networking
import NumberAuth

/// Log lines of one loop: one JSON line for each request, passed to the writer in batches. No line contains a phone
/// number, a token, a key or a signature: only fields of `CallRecord` are written. Used on its loop only.
final class AccessLog: @unchecked Sendable {
  /// Maximum time that a line is buffered, and maximum size of the buffer in bytes.
  private static let flushInterval = Duration.milliseconds(50)
  private static let bufferLimit = 32_768

  private let writer: LogWriter
  private let loop: EventLoop
  private var lines = JSONWriter(reservingCapacity: 4096)
  /// The second of the previous line's time, and its text.
  private var latest = (second: Int64.min, text: "")

  init(_ writer: LogWriter, _ loop: EventLoop) {
    self.writer = writer
    self.loop = loop
  }

  func flush() {
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
      $0.member("reuse", ifPresent: record.reuse?.rawValue)
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

  /// Logs a state change of the circuit breaker of an account.
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

  /// Logs a state change of the circuit breaker of a host. `account`: the only account that uses it.
  func breaker(of host: HostGate, _ state: CircuitBreaker.State, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "breaker")
      $0.member("level", state == .open ? "warning" : "info")
      $0.member("host", host.key.origin.description)
      $0.member("account", ifPresent: host.key.account)
      $0.member("state", state.rawValue)
    }
  }

  /// Logs that a credential was fetched, or why it was not.
  func credential(_ name: String, of account: Account, _ result: Result<FetchedCredential, Failure>, at now: WallTime) {
    line {
      $0.member("time", text(of: now))
      $0.member("event", "credential")
      $0.member("account", account.name)
      $0.member("provider", account.file.name)
      $0.member("credential", name)
      switch result {
      case .success(let fetched):
        $0.member("level", "info")
        $0.member("lifeSeconds", Int(fetched.life.components.seconds))
      case .failure(let failure):
        $0.member("level", "warning")
        $0.member("reason", failure.reason.rawValue)
        $0.member("vendorCode", ifPresent: failure.vendor.map { Redaction.code($0.code) })
        $0.member("detail", ifPresent: failure.detail)
      }
    }
  }

  /// Logs input that is not a valid HTTP request.
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

  func line(_ body: (inout JSONWriter) -> Void) {
    if lines.count == 0 { loop.call(after: Self.flushInterval) { [weak self] in self?.flush() } }
    lines.object(body)
    lines.endLine()
    if lines.count >= Self.bufferLimit { flush() }
  }
}
