import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Idempotent answers in PostgreSQL", .onThreads) struct SharedAnswersTests {
  private let hour = Duration.seconds(3600)

  private func connect(_ database: Secret) throws -> SharedAnswers {
    let answers = SharedAnswers()
    try answers.start(from: database, gateway: "a", statement: .seconds(60))
    wait { answers.error == nil }
    return answers
  }

  @Test("are stored once, loaded, replaced and removed")
  func operations() async throws {
    let answers = try connect(try TestCluster.database())
    let key: [UInt8] = [1, 0, 255]
    #expect(try await answers.load(key).get() == nil)
    #expect(try await answers.insert(key, [7], life: hour).get() == .stored)
    #expect(try await answers.insert(key, [8], life: hour).get() == .existing([7]))
    #expect(try await answers.load(key).get() == [7])
    try await answers.replace(key, [0, 9], life: hour).get()
    #expect(try await answers.load(key).get() == [0, 9])
    // It was replaced since.
    try await answers.remove(key, [7]).get()
    #expect(try await answers.load(key).get() == [0, 9])
    try await answers.remove(key, [0, 9]).get()
    #expect(try await answers.load(key).get() == nil)
    #expect(try await answers.insert(key, [], life: hour).get() == .stored)
    #expect(try await answers.load(key).get() == [])
  }

  @Test("of a key are inserted by one of several gateways")
  func oneInserts() async throws {
    let database = try TestCluster.database()
    let gateways = try (0..<3).map { _ in try connect(database) }
    let stored = try await withThrowingTaskGroup(of: (UInt8, Bool).self) { group in
      for key in 0..<200 as Range<UInt8> {
        for (number, gateway) in gateways.enumerated() {
          group.addTask {
            (key, try await gateway.insert([key], [UInt8(number)], life: .seconds(3600)).get() == .stored)
          }
        }
      }
      var stored: [UInt8: Int] = [:]
      for try await (key, isStored) in group where isStored { stored[key, default: 0] += 1 }
      return stored
    }
    #expect(stored.count == 200)
    #expect(stored.values.allSatisfy { $0 == 1 })
  }

  @Test("expire")
  func expiry() async throws {
    let answers = try connect(try TestCluster.database())
    #expect(try await answers.insert([1], [7], life: .zero).get() == .stored)
    #expect(try await answers.load([1]).get() == nil)
    #expect(try await answers.insert([1], [8], life: hour).get() == .stored)
    #expect(try await answers.load([1]).get() == [8])
  }

  @Test("fail at once while the database is away, and work again afterwards")
  func away() async throws {
    let cluster = try TestCluster()
    let answers = try connect(cluster.connectionString)
    try cluster.kill()
    wait { answers.error != nil }
    let meanwhile = await answers.load([1])
    #expect(throws: PostgresError.self) { try meanwhile.get() }
    try cluster.start()
    wait { answers.error == nil }
    #expect(try await answers.insert([1], [7], life: hour).get() == .stored)
    #expect(answers.stop())
    let afterwards = await answers.load([1])
    #expect(throws: PostgresError.self) { try afterwards.get() }
  }
}
