import Networking
import NumberAuth

/// The calls in flight with a token, on all event loops: two identical calls at once, such as those of a double tap, make
/// one vendor call, and both requests get its answer.
///
/// Bounds: one entry for each request in flight. Each operation takes constant time under the lock of one of 16 shards.
final class TokenFlights: Sendable {
  /// What makes two calls with the same token identical.
  struct Call: Equatable, Sendable {
    let account: String
    let app: String
    let operation: Operation
    /// The entered number of a verification.
    let number: PhoneNumber?
  }

  /// The answer of a request, for the requests that wait for it.
  struct Answer: Sendable {
    let result: Result<HTTPResponse, Failure>
    let transaction: String?
    let outcome: String?
    let billed: Billing?
  }

  enum Entry: Equatable {
    /// Make the call, then call `leave`.
    case first
    /// An identical call is in flight. Use `answer`.
    case identical
    /// Another call with this token is in flight. Make the call without `leave`.
    case other
  }

  typealias Waiter = UnsafeContinuation<Answer?, Never>

  private struct Flight {
    let call: Call
    var waiters: [Waiter] = []
  }

  private static let shardCount = 16
  private let shards: [Locked<[String: Flight]>] = (0..<shardCount).map { _ in Locked([:]) }

  /// Number of calls in flight.
  var count: Int { shards.reduce(0) { $0 + $1.withLock { $0.count } } }
  /// Number of requests that wait for one of them.
  var waiting: Int { shards.reduce(0) { $0 + $1.withLock { $0.values.reduce(0) { $0 + $1.waiters.count } } } }

  func enter(_ token: String, _ call: Call) -> Entry {
    shard(of: token).withLock { flights in
      if let flight = flights[token] { return flight.call == call ? .identical : .other }
      flights[token] = Flight(call: call)
      return .first
    }
  }

  /// Returns the answer of the identical call in flight; nil if it ended before this call.
  func answer(_ token: String, _ call: Call) async -> Answer? {
    await withUnsafeContinuation { continuation in
      let isWaiting = shard(of: token).withLock { flights in
        guard flights[token]?.call == call else { return false }
        flights[token]?.waiters.append(continuation)
        return true
      }
      if !isWaiting { continuation.resume(returning: nil) }
    }
  }

  /// Ends a flight. `answer` is used only if other requests wait for it.
  func leave(_ token: String, _ answer: @autoclosure () -> Answer) {
    let waiters = shard(of: token).withLock { $0.removeValue(forKey: token)?.waiters ?? [] }
    guard !waiters.isEmpty else { return }
    let answer = answer()
    for waiter in waiters { waiter.resume(returning: answer) }
  }

  private func shard(of token: String) -> Locked<[String: Flight]> {
    let bytes = token.utf8
    let middle = bytes.isEmpty ? 0 : bytes[bytes.index(bytes.startIndex, offsetBy: bytes.count / 2)]
    return shards[(Int(bytes.first ?? 0) ^ Int(middle) ^ Int(bytes.last ?? 0)) % Self.shardCount]
  }
}
