import Demo
import Networking
import Testing

@Suite("The scenario") struct DemoTests {
  @Test("comes out as expected, every vendor and operation over HTTP") func everyStep() async throws {
    let stand = try Stand()
    let scenario = DemoScenario(gateway: stand.gateway, sandbox: stand.sandbox, loop: stand.loop)
    let steps = Locked([DemoScenario.Step]())
    let isGood = await Task(executorPreference: stand.loop) {
      await scenario.play { step in steps.withLock { $0.append(step) } }
    }.value
    let played = steps.withLock { $0 }
    for step in played { #expect(step.isAsExpected, "\(step.call), \(step.vendor): \(step.result)") }
    #expect(isGood)
    #expect(Set(played.map(\.vendor)).isSuperset(of: stand.configuration.providers.keys))
  }
}
