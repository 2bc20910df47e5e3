import JSON
public import Networking

/// Calls every vendor product and operation through the gateway's public API, in the roles of a team's backend and of
/// phones. It does not use the gateway's code. The sandbox simulates the SDKs on the phones.
public struct DemoScenario: Sendable {
  /// The result of one step.
  public struct Step: Sendable {
    public let call: String
    public let vendor: String
    public let result: String
    public let isAsExpected: Bool
    public let milliseconds: Double
  }

  let gateway: Caller
  let sandbox: Caller

  /// All calls must be made from tasks on `loop`.
  public init(gateway: HTTPOrigin, sandbox: HTTPOrigin, loop: EventLoop) {
    let client = HTTPClient(loop: loop)
    self.gateway = Caller(client: client, origin: gateway)
    self.sandbox = Caller(client: client, origin: sandbox)
  }

  /// Runs all steps in order. Returns false if the result of a step is not as expected.
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

/// The outcome of a step.
struct Outcome: Sendable {
  var result: String
  var isAsExpected: Bool
  var vendor: String?
  /// The start of the last call: the preceding calls are not included in the time of the step.
  var lastCallStart: MonotonicTime?
}

struct DemoError: Error {
  let message: String
}

/// One step of the scenario.
struct DemoStep: Sendable {
  let call: String
  let vendor: String
  let play: @Sendable () async throws(DemoError) -> Outcome
}
