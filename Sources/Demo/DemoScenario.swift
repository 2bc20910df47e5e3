import JSON
public import Networking

/// Plays every vendor product and operation through the gateway's public API, as a team's backend and its users'
/// phones would: it knows nothing of the gateway's inside. The phones are the sandbox's.
public struct DemoScenario: Sendable {
  /// One thing that was tried.
  public struct Step: Sendable {
    public let call: String
    public let vendor: String
    public let result: String
    public let isAsExpected: Bool
    public let milliseconds: Double
  }

  let gateway: Caller
  let sandbox: Caller

  /// Call everything from tasks on `loop`.
  public init(gateway: HTTPOrigin, sandbox: HTTPOrigin, loop: EventLoop) {
    let client = HTTPClient(loop: loop)
    self.gateway = Caller(client: client, origin: gateway)
    self.sandbox = Caller(client: client, origin: sandbox)
  }

  /// Plays all steps in order. False where any of them did not come out as expected.
  public func play(report: (Step) -> Void) async -> Bool {
    var isGood = true
    for step in steps() {
      let start = MonotonicTime.now
      let outcome: Outcome
      do throws(DemoError) {
        outcome = try await step.play()
      } catch {
        outcome = Outcome(result: error.message, isAsExpected: false)
      }
      let elapsed = MonotonicTime.now.nanoseconds(since: outcome.lastCallStart ?? start)
      isGood = isGood && outcome.isAsExpected
      report(
        Step(
          call: step.call, vendor: outcome.vendor ?? step.vendor, result: outcome.result,
          isAsExpected: outcome.isAsExpected, milliseconds: Double(elapsed) / 1e6))
    }
    return isGood
  }
}

/// What a step came to.
struct Outcome: Sendable {
  var result: String
  var isAsExpected: Bool
  var vendor: String?
  /// The beginning of the call that the step is about, so that its preparations are not timed.
  var lastCallStart: MonotonicTime?
}

struct DemoError: Error {
  let message: String
}

/// One stop of the tour.
struct DemoStep: Sendable {
  let call: String
  let vendor: String
  let play: @Sendable () async throws(DemoError) -> Outcome
}
