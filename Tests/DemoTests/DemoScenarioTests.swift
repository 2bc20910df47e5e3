import Demo
import Networking
import Testing

@Suite("The demo scenario") struct DemoTests {
  @Test("has the expected results for all vendors and operations over HTTP") func everyStep() async throws {
    let stand = try TestDeployment()
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
