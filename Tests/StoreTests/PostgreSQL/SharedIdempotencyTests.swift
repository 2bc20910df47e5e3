import Networking
import NumberAuth
import Testing

@testable import Store

/// A gateway that shares idempotent requests.
private struct SharingGateway {
  static let oldKey = Secret("an example of a key of the store")
  static let newKey = Secret("the next example of a key of the store")

  let answers = SharedAnswers()
  let registry: IdempotencyRegistry
  let shared: SharedIdempotency
  let loop: EventLoop

  init(_ database: Secret, _ name: String, keys: [Secret] = [oldKey], clock: WallTime = Sample.now) throws {
    // Other tests can keep the machine busy for seconds.
    try answers.start(from: database, gateway: name, statement: .seconds(60))
    let keys = StoreKeys(keys)
    registry = IdempotencyRegistry(IdempotencySettings(), keys)
    shared = SharedIdempotency(answers, keys, life: .seconds(600), clock: { clock })
    loop = try EventLoop.start(name: "test")
    wait { [answers] in answers.error == nil }
  }

  func claim(
    _ body: UInt8 = 1, key: String = "k", within time: Duration = .zero, repeatsInterrupted: Bool = true
  ) async -> SharedIdempotency.Claim {
    let names = registry.names(team: "team", app: "shop", endpoint: "login", key: key)
    let (shared, loop) = (shared, loop)
    return await Task(executorPreference: loop) {
      await shared.claim(
        names, fingerprint: SharingGateway.fingerprint(body), within: time, repeatsInterrupted: repeatsInterrupted,
        on: loop)
    }.value
  }

  func store(_ answer: StoredAnswer, key: String = "k") async throws -> Bool {
    let name = registry.names(team: "team", app: "shop", endpoint: "login", key: key)[0]
    return await shared.store(try #require(registry.seal(answer, name: name, at: Sample.now)))
  }

  static func fingerprint(_ body: UInt8) -> [UInt8] { Array(repeating: body, count: 32) }
}

@Suite("Idempotent requests to several gateways", .onThreads) struct SharedIdempotencyTests {
  private let answer = StoredAnswer(status: 200, fingerprint: SharingGateway.fingerprint(1), body: Array("{}".utf8))

  private func reservation(_ claim: SharedIdempotency.Claim) throws -> SharedIdempotency.Reservation {
    guard case .first(let reservation) = claim else { throw TestFailure(description: "\(claim)") }
    return reservation
  }

  @Test("are processed by one of them; the others get its answer")
  func answered() async throws {
    let database = try TestCluster.database()
    let (a, b) = (try SharingGateway(database, "a"), try SharingGateway(database, "b"))
    _ = try reservation(await a.claim())
    #expect(await b.claim() == .inProgress)
    #expect(await b.claim(2) == .otherBody)
    #expect(try await a.store(answer))
    #expect(await b.claim() == .answered(answer))
    #expect(await b.claim(2) == .otherBody)
  }

  @Test("wait for the gateway that processes them")
  func waits() async throws {
    let database = try TestCluster.database()
    let (a, b) = (try SharingGateway(database, "a"), try SharingGateway(database, "b"))
    _ = try reservation(await a.claim())
    async let waiting = b.claim(within: .seconds(60))
    #expect(try await a.store(answer))
    #expect(await waiting == .answered(answer))
  }

  @Test("are processed again if the first one has no answer to keep")
  func released() async throws {
    let database = try TestCluster.database()
    let (a, b) = (try SharingGateway(database, "a"), try SharingGateway(database, "b"))
    await a.shared.release(try reservation(await a.claim()))
    _ = try reservation(await b.claim())
    #expect(await a.claim() == .inProgress)
  }

  @Test("are processed again by the same gateway if it could not release its reservation")
  func notReleased() async throws {
    let a = try SharingGateway(try TestCluster.database(), "a")
    _ = try reservation(await a.claim())
    _ = try reservation(await a.claim())
  }

  @Test("of a gateway that crashed are processed again by one of the others, or are interrupted")
  func crashed() async throws {
    let database = try TestCluster.database()
    let old = try reservation(await SharingGateway(database, "a").claim(within: .seconds(5)))
    let soon = try SharingGateway(database, "b", clock: Sample.now.advanced(by: .seconds(19)))
    #expect(await soon.claim() == .inProgress)
    let later = Sample.now.advanced(by: .seconds(21))
    let (c, d) = (try SharingGateway(database, "c", clock: later), try SharingGateway(database, "d", clock: later))
    #expect(await c.claim(repeatsInterrupted: false) == .interrupted)
    _ = try reservation(await c.claim())
    #expect(await d.claim() == .inProgress)
    // A gateway that was only slow does not end the reservation of another one.
    await d.shared.release(old)
    #expect(await d.claim() == .inProgress)
  }

  @Test("are known during a change of the keys, on gateways with the keys in another order")
  func keys() async throws {
    let database = try TestCluster.database()
    let a = try SharingGateway(database, "a", keys: [SharingGateway.oldKey, SharingGateway.newKey])
    let b = try SharingGateway(database, "b", keys: [SharingGateway.newKey, SharingGateway.oldKey])
    _ = try reservation(await a.claim())
    #expect(await b.claim() == .inProgress)
    #expect(try await a.store(answer))
    #expect(await b.claim() == .answered(answer))
  }

  @Test("at the same time are processed by one gateway during a change of the keys")
  func keysAtTheSameTime() async throws {
    let database = try TestCluster.database()
    let gateways = [
      try SharingGateway(database, "a", keys: [SharingGateway.oldKey, SharingGateway.newKey]),
      try SharingGateway(database, "b", keys: [SharingGateway.newKey, SharingGateway.oldKey]),
    ]
    let answer = answer
    let firsts = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<50 {
        for gateway in gateways {
          group.addTask {
            let claim = await gateway.claim(key: "k\(number)", within: .seconds(60))
            guard case .first = claim else {
              #expect(claim == .answered(answer))
              return 0
            }
            return try await gateway.store(answer, key: "k\(number)") ? 1 : 0
          }
        }
      }
      var sum = 0
      for try await first in group { sum += first }
      return sum
    }
    #expect(firsts == 50)
  }

  @Test("are known to one gateway only while the database is not available")
  func unavailable() async throws {
    let a = try SharingGateway(try TestCluster.database(), "a")
    a.answers.stop()
    guard case .unavailable = await a.claim() else { throw TestFailure(description: "the database is available") }
    #expect(try await a.store(answer) == false)
  }
}
