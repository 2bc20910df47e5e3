import JSON
public import Networking

/// Plays every vendor product and operation through the gateway's public API, as a team's backend and its users'
/// phones would: it knows nothing of the gateway's inside. The phones are the sandbox's.
public struct Tour: Sendable {
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

  /// Plays all stations in order. False where any of them did not come out as expected.
  public func play(report: (Step) -> Void) async -> Bool {
    var isGood = true
    for station in stations() {
      let start = MonotonicTime.now
      let outcome: Outcome
      do throws(TourError) {
        outcome = try await station.play()
      } catch {
        outcome = Outcome(result: error.message, isAsExpected: false)
      }
      let elapsed = MonotonicTime.now.nanoseconds(since: outcome.lastCallStart ?? start)
      isGood = isGood && outcome.isAsExpected
      report(
        Step(
          call: station.call, vendor: outcome.vendor ?? station.vendor, result: outcome.result,
          isAsExpected: outcome.isAsExpected, milliseconds: Double(elapsed) / 1e6))
    }
    return isGood
  }
}

/// What a station came to.
struct Outcome: Sendable {
  var result: String
  var isAsExpected: Bool
  var vendor: String?
  /// The beginning of the call that the station is about, so that its preparations are not timed.
  var lastCallStart: MonotonicTime?
}

struct TourError: Error {
  let message: String
}

/// One stop of the tour.
struct Station: Sendable {
  let call: String
  let vendor: String
  let play: @Sendable () async throws(TourError) -> Outcome
}
