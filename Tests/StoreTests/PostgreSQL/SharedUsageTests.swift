import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Usage in PostgreSQL", .onThreads) struct SharedUsageTests {
  /// Calls of two apps in three hours around midnight in China, with prices and failures.
  private static let rows: [LedgerRow] = (0..<120).map { number in
    let app = number % 3 == 0 ? "bank" : "shop"
    var series = Sample.series(
      app: app, operation: number % 4 == 0 ? .verify : .login, outcome: number % 5 == 0 ? "failed" : "ok",
      reason: number % 5 == 0 ? .tokenExpired : nil)
    if number % 5 == 0 { series.billed = number % 2 == 0 ? .unknown : .no }
    // 2026-11-28T15:00:00Z is 23:00 in China.
    let time = WallTime(milliseconds: 1_795_878_000_000 + Int64(number % 3) * 3_600_000)
    return Sample.row(number, at: time, series)
  }

  private static let from = WallTime(milliseconds: 1_795_795_200_000)
  private static let to = WallTime(milliseconds: 1_796_054_400_000)

  @Test(
    "has the rows and the order of the query on SQLite",
    arguments: [
      ["day", "app"], ["month"], ["hour", "operation"], ["outcome", "reason", "billed"],
      ["gateway", "carrier", "team"],
      ["account", "provider", "channel", "stage", "delivery"], [],
    ])
  func equalsSQLite(dimensions: [String]) async throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    outbox.append(Self.rows)
    try Shipment(outbox, database).shipAll(outbox)
    let local = try LedgerDatabase(path: ":memory:")
    try local.write(Self.rows.map { .call($0, intent: nil) }[...])
    let usage = try SharedUsage(database, gateway: "a")
    for apps in [nil, ["shop"], ["shop", "bank"], ["none"]] as [[String]?] {
      let query = UsageQuery(
        from: Self.from, to: Self.to, by: dimensions.compactMap { UsageQuery.Dimension(rawValue: $0) }, apps: apps)
      #expect(try await usage.usage(query).get() == query.run(on: local.database))
    }
  }

  @Test("counts days in China time")
  func days() async throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    outbox.append(Self.rows)
    try Shipment(outbox, database).shipAll(outbox)
    let usage = try SharedUsage(database, gateway: "a")
    let rows = try await usage.usage(UsageQuery(from: Self.from, to: Self.to, by: [.day])).get()
    #expect(rows.map(\.values) == [["2026-11-28"], ["2026-11-29"]])
    #expect(rows.map(\.calls) == [40, 80])
  }

  @Test("fails without a database")
  func absent() async throws {
    let usage = try SharedUsage(Secret("host=/nowhere"), gateway: "a")
    let result = await usage.usage(UsageQuery(from: Self.from, to: Self.to, by: [.day]))
    #expect(throws: PostgresError.self) { try result.get() }
  }
}
