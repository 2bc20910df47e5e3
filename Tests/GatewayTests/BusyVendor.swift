import Networking
import NumberAuth

@testable import Gateway

/// A vendor in memory that holds every request until `answerNext` is called.
final class BusyVendor: VendorTransport {
  typealias Answer = Result<HTTPClientResponse, HTTPClientError>

  private struct State {
    var bodies: [String] = []
    var held: [UnsafeContinuation<Answer, Never>] = []
    var arrivals: [(count: Int, continuation: UnsafeContinuation<Void, Never>)] = []
  }

  private let state = Locked(State())

  /// The bodies of the requests, in the order of arrival.
  var bodies: [String] { state.withLock { $0.bodies } }

  func send(_ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions) async -> Answer {
    await withUnsafeContinuation { continuation in
      let ready = state.withLock { state in
        state.bodies.append(String(decoding: request.body, as: UTF8.self))
        state.held.append(continuation)
        let ready = state.arrivals.filter { $0.count <= state.bodies.count }
        state.arrivals.removeAll { $0.count <= state.bodies.count }
        return ready.map(\.continuation)
      }
      for continuation in ready { continuation.resume() }
    }
  }

  /// Returns when `count` requests have arrived in total.
  func arrived(_ count: Int) async {
    await withUnsafeContinuation { continuation in
      let hasArrived = state.withLock { state in
        if state.bodies.count < count { state.arrivals.append((count, continuation)) }
        return state.bodies.count >= count
      }
      if hasArrived { continuation.resume() }
    }
  }

  /// Answers the request that has waited longest.
  func answerNext(_ answer: Answer) {
    state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }?.resume(returning: answer)
  }
}
