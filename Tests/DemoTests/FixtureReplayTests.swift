import Configuration
import JSON
import Networking
import NumberAuth
import ProviderConformance
import ProviderTools
import Sandbox
import Testing

/// The fixtures contain requests that separate code generated. The sandbox answers them, and the adapter parses the
/// responses: three independent implementations of one document must agree.
@Suite("The fixtures of declarative providers") struct FixtureReplayTests {
  private static let vendors = ["jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui"]

  private static let fixtures = vendors.flatMap { vendor in
    ProviderFixture.all(
      beside: Repository.root + "Tests/Providers/DeclarativeTests/FixtureTests.swift", in: vendor + "/")
  }

  private static let loop: EventLoop = {
    guard let loop = try? EventLoop.start(name: "replay") else { fatalError("no event loop") }
    return loop
  }()

  @Test("are complete") func count() {
    #expect(Self.fixtures.count >= 38)
  }

  @Test("are accepted by the sandbox, whose response the adapter accepts", arguments: fixtures)
  func replay(_ fixture: Result<ProviderFixture, FixtureError>) async throws {
    let fixture = try fixture.get()
    let now = fixture.context.now.milliseconds
    let sandbox = Sandbox(
      accounts: try SandboxAccounts(yaml: try #require(fixture.sandboxAccounts).bytes), clock: { now })
    let minted = await Self.send(
      VendorRequest(
        target: "/sandbox/tokens", headers: [.init("Content-Type", "application/json")],
        body: try #require(fixture.mint).bytes),
      to: sandbox)
    #expect(minted.status == 200, "\(String(decoding: minted.body, as: UTF8.self))")
    let answer = await Self.send(try #require(fixture.recordedRequest), to: sandbox)
    let body = String(decoding: answer.body, as: UTF8.self)

    let provider = try #require(Repository.providers[fixture.provider]).makeProvider(fixture.settings)
    guard case .send(_, let read)? = try fixture.call.exchange(with: provider, fixture.context) else {
      Issue.record("the adapter sends no request")
      return
    }
    let outcome: ProviderCall.Outcome
    do throws(Failure) {
      outcome = try read(VendorResponse(status: answer.status, body: answer.body, headers: answer.headers))
    } catch {
      Issue.record("\(body) results in \(error)")
      return
    }
    let expected = try #require(fixture.firstResult)
    switch outcome {
    case .number(let number):
      #expect(number.phoneNumber.text == expected["number"]?.string, "\(body)")
      #expect(number.billed.rawValue == expected["billed"]?.string, "\(body)")
    case .verdict(let verified):
      #expect(verified.verdict.rawValue == expected["verdict"]?.string, "\(body)")
      #expect(verified.verdict == .match, "\(body)")
      #expect(verified.billed.rawValue == expected["billed"]?.string, "\(body)")
    case .parameters, .signature, .credential:
      Issue.record("\(body) is neither a number nor a verdict")
    }
  }

  private static func send(_ request: VendorRequest, to sandbox: Sandbox) async -> HTTPResponse {
    var headers = HTTPFields()
    for header in request.headers { headers.append(header.name, header.value) }
    let request = HTTPRequest(
      method: request.method, target: request.target, headers: headers, body: request.body,
      remoteAddress: "192.0.2.1", receivedAt: .now, loop: loop)
    return await Task(executorPreference: loop) { await sandbox.respond(to: request) }.value
  }
}
