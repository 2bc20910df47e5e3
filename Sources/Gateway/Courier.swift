import Configuration
import Networking
import NumberAuth

/// Takes an adapter's exchange to the vendor: deadline, breaker, and a second attempt only where nothing was sent, for
/// a token must never go out twice.
struct Courier: Sendable {
  let transport: any VendorTransport
  let breakers: Breakers

  /// What came of an exchange, and how long the vendor was waited for.
  struct Delivered<Answer: Sendable>: Sendable {
    let result: Result<Answer, Failure>
    let vendorNanoseconds: UInt64
  }

  func deliver<Answer: Sendable>(
    _ exchange: Exchange<Answer>, to account: Account, stage: Stage
  ) async -> Delivered<Answer> {
    let request: VendorRequest
    let read: @Sendable (VendorResponse) throws(Failure) -> Answer
    switch exchange {
    case .answer(let answer): return Delivered(result: .success(answer), vendorNanoseconds: 0)
    case .send(let vendorRequest, let reader):
      request = vendorRequest
      read = reader
    }
    let start = MonotonicTime.now
    guard breakers.admit(account, at: start) else {
      let failure = Failure(
        .overloaded, stage: stage, detail: "The vendor has been failing and is left alone for a moment.")
      return Delivered(result: .failure(failure), vendorNanoseconds: 0)
    }
    let deadline = start.advanced(by: account.timeout)
    let wire = account.request(request)
    var answer = await transport.send(wire, deadline: deadline)
    if case .failure(let error) = answer, error.nothingWasSent, error != .notSentInTime, MonotonicTime.now < deadline {
      answer = await transport.send(wire, deadline: deadline)
    }
    let end = MonotonicTime.now
    let result = account.result(of: answer, stage: stage, read)
    breakers.record(account, isHealthy: Courier.isHealthy(result), at: end)
    return Delivered(result: result, vendorNanoseconds: end.nanoseconds(since: start))
  }

  /// Transport failures and the vendor's own faults count against it; what a user, a team, a carrier or our
  /// configuration did wrong does not, nor does a code that no table lists.
  private static func isHealthy<Answer>(_ result: Result<Answer, Failure>) -> Bool {
    guard case .failure(let failure) = result else { return true }
    return failure.fault != .vendor || failure.reason == .unmapped
  }
}

/// The breakers of all vendors, shared by the loops: one for each provider and host.
final class Breakers: Sendable {
  private struct Key: Hashable {
    let provider: String
    let origin: HTTPOrigin
  }

  private let settings: BreakerSettings
  private let breakers = Locked([Key: CircuitBreaker]())

  init(_ settings: BreakerSettings) { self.settings = settings }

  func admit(_ account: Account, at now: MonotonicTime) -> Bool {
    withBreaker(account) { $0.admits(at: now) }
  }

  func wouldAdmit(_ account: Account, at now: MonotonicTime) -> Bool {
    withBreaker(account) { $0.wouldAdmit(at: now) }
  }

  func record(_ account: Account, isHealthy: Bool, at now: MonotonicTime) {
    withBreaker(account) { $0.record(success: isHealthy, at: now) }
  }

  func isClosed(_ account: Account) -> Bool {
    withBreaker(account) { $0.isClosed }
  }

  /// Forgets the vendors that no account needs any more.
  func keep(for accounts: some Sequence<Account>) {
    let keys = Set(accounts.map { Key(provider: $0.file.name, origin: $0.origin) })
    breakers.withLock { breakers in breakers = breakers.filter { keys.contains($0.key) } }
  }

  private func withBreaker<Result: Sendable>(_ account: Account, _ body: (inout CircuitBreaker) -> Result) -> Result {
    breakers.withLock {
      body(&$0[Key(provider: account.file.name, origin: account.origin), default: CircuitBreaker(settings)])
    }
  }
}
