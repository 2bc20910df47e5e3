import Networking
import NumberAuth

@testable import Gateway

/// A vendor in memory that holds every request until it is told to answer.
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

  /// Returns once so many requests have arrived in all.
  func arrived(_ count: Int) async {
    await withUnsafeContinuation { continuation in
      let isHere = state.withLock { state in
        if state.bodies.count < count { state.arrivals.append((count, continuation)) }
        return state.bodies.count >= count
      }
      if isHere { continuation.resume() }
    }
  }

  /// Answers the request that has waited longest.
  func answerNext(_ answer: Answer) {
    state.withLock { $0.held.isEmpty ? nil : $0.held.removeFirst() }?.resume(returning: answer)
  }
}
