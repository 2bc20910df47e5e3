import Networking
import NumberAuth

@testable import Gateway

/// A vendor in memory that holds its first response until `resume` is called, and sends all others immediately.
final class PausedVendor: VendorTransport {
  typealias Answer = Result<HTTPClientResponse, HTTPClientError>

  private struct State {
    var requests: [VendorRequest] = []
    var held: UnsafeContinuation<Void, Never>?
    var arrival: UnsafeContinuation<Void, Never>?
  }

  private let answer: Answer
  private let state = Locked(State())

  init(_ answer: Answer) { self.answer = answer }

  var requests: [VendorRequest] { state.withLock { $0.requests } }

  func send(_ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions) async -> Answer {
    await withUnsafeContinuation { continuation in
      let (isFirst, arrival) = state.withLock { state in
        state.requests.append(request)
        guard state.requests.count == 1 else { return (false, UnsafeContinuation<Void, Never>?.none) }
        state.held = continuation
        defer { state.arrival = nil }
        return (true, state.arrival)
      }
      if !isFirst { continuation.resume() }
      arrival?.resume()
    }
    return answer
  }

  /// Returns when the first request has arrived.
  func arrived() async {
    await withUnsafeContinuation { continuation in
      let hasArrived = state.withLock { state in
        if state.requests.isEmpty { state.arrival = continuation }
        return !state.requests.isEmpty
      }
      if hasArrived { continuation.resume() }
    }
  }

  func resume() {
    let held = state.withLock { state in
      defer { state.held = nil }
      return state.held
    }
    held?.resume()
  }
}
