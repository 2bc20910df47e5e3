import Glibc
public import Networking

/// Writes log lines to a descriptor on its own thread, so that a full disk or a slow reader does not block requests.
/// Lines that cannot be written or do not fit into the queue are counted and dropped.
public final class LogWriter: Sendable {
  private struct State {
    var queuedBytes = 0
    var dropped: UInt64 = 0
  }

  /// Maximum size of the queued lines, in bytes.
  private static let queueLimit = 8 << 20

  private let descriptor: Int32
  private let loop: EventLoop
  private let state = Locked(State())

  /// Throws if the thread cannot be created.
  public init(descriptor: Int32) throws(SystemError) {
    self.descriptor = descriptor
    loop = try EventLoop.start(name: "numgate-log")
  }

  /// Number of dropped lines.
  public var dropped: UInt64 { state.withLock { $0.dropped } }

  /// Queues complete lines, each with its line feed.
  func write(_ lines: [UInt8]) {
    let fits = state.withLock { state in
      guard state.queuedBytes + lines.count <= Self.queueLimit else {
        state.dropped += UInt64(lines.count { $0 == 0x0a })
        return false
      }
      state.queuedBytes += lines.count
      return true
    }
    guard fits else { return }
    loop.execute { [self] in
      let written = writeAll(lines)
      let lost = written < lines.count ? UInt64(lines[written...].count { $0 == 0x0a }) : 0
      state.withLock { state in
        state.queuedBytes -= lines.count
        state.dropped += lost
      }
    }
  }

  private func writeAll(_ lines: [UInt8]) -> Int {
    var written = 0
    while written < lines.count {
      let count = lines.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count > 0 {
        written += count
      } else if errno == EAGAIN {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 1000)
      } else if errno != EINTR {
        return written
      }
    }
    return written
  }

  /// Returns when all lines queued so far have been written. Call from any task.
  func flush() async {
    await withUnsafeContinuation { continuation in loop.execute { continuation.resume() } }
  }
}
