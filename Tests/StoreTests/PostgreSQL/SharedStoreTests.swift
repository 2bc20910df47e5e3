import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("The store that gateways share", .onThreads) struct SharedStoreTests {
  private func open(_ database: Secret, _ outbox: MemoryOutbox, report: (PostgresError) -> Void = { _ in }) throws
    -> SharedStore
  {
    try SharedStore(
      database, gateway: "a", keep: .seconds(86_400), outbox: outbox, now: { Sample.now }, report: report)
  }

  @Test("ships rows and answers queries")
  func works() async throws {
    let outbox = MemoryOutbox()
    outbox.append((1...10).map { Sample.row($0) })
    let store = try open(try TestCluster.database(), outbox)
    wait { store.shipper.readings.shipped == 10 && store.answers.error == nil }
    let query = UsageQuery(from: Sample.now, to: Sample.now.advanced(by: .seconds(3600)), by: [.app])
    let rows = try await store.usage.usage(query).get()
    #expect(rows.map(\.values) == [["shop"]])
    #expect(rows.map(\.calls) == [10])
    store.stop()
    #expect(await store.answers.load([1]) == .failure(.stopped))
  }

  @Test("does not start if a newer gateway has updated the schema")
  func newerSchema() throws {
    let database = try TestCluster.database()
    try PostgresSchema.migrate(try PostgresConnection(database, name: "tests"))
    _ = try TestCluster.query("INSERT INTO numgate_schema VALUES (4, now())", database)
    let error = #expect(throws: StoreError.self) { try open(database, MemoryOutbox()) }
    #expect(
      error?.description
        == "`store.postgres`: the schema of the PostgreSQL database has version 4, this Numgate supports version 3; "
        + "update this gateway")
  }

  @Test("does not start with a malformed connection string")
  func malformed() throws {
    let error = #expect(throws: StoreError.self) { try open(Secret("hunter2"), MemoryOutbox()) }
    #expect(
      error?.description == "`store.postgres`: the connection string is not a valid libpq connection string")
  }

  @Test("starts without the database and reports why")
  func absent() throws {
    let outbox = MemoryOutbox()
    outbox.append([Sample.row()])
    var reported: PostgresError?
    let store = try open(Secret("host=/nowhere"), outbox) { reported = $0 }
    #expect(reported?.description == "cannot connect to PostgreSQL: no server at this socket")
    wait { store.shipper.readings.failures > 0 }
    #expect(store.shipper.readings.waiting == 1)
    store.stop()
  }
}
