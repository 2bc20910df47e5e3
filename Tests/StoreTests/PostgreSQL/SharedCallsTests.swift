import NumberAuth
import Testing

@testable import Store

@Suite("Calls in PostgreSQL", .onThreads) struct SharedCallsTests {
  @Test("are compared with a bill as calls in SQLite are")
  func reconcile() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    outbox.append(ReconciliationTests.rows)
    try Shipment(outbox, database).shipAll(outbox)
    let folder = TemporaryFolder()
    let local = try LedgerDatabase(path: folder.path + "/ledger.db")
    try local.write(ReconciliationTests.rows.map { .call($0, intent: nil) }[...])
    func report(_ source: any CallSource) throws -> String {
      try Reconciler.reconcile(
        source, account: "a", bill: ReconciliationTests.bill("differences.csv"), ReconciliationTests.english,
        from: UsageParameters.time("2026-11-01", isEnd: false), to: UsageParameters.time("2026-11-30", isEnd: true)
      ).json
    }
    #expect(try report(SharedCalls(database)) == report(LedgerReader(folder: folder.path)))
  }

  @Test("are read in pages, each once and in order")
  func pages() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let count = SharedCalls.page * 2 + 5
    outbox.append(
      (0..<count).map { Sample.row($0, at: WallTime(milliseconds: Sample.now.milliseconds + Int64($0 / 7))) })
    try Shipment(outbox, database).shipAll(outbox)
    var ids: [String?] = []
    try SharedCalls(database).forEachCall(
      account: "shop-h5", from: Sample.now, to: Sample.now.advanced(by: .seconds(3600))
    ) { call in
      ids.append(call.vendorId)
      #expect(call.requestId == "request-\(ids.count - 1)")
    }
    #expect(ids == (0..<count).map { "vendor-\($0)" })
  }

  @Test("cannot be read without a database")
  func absent() throws {
    #expect(throws: StoreError.self) {
      try SharedCalls(Secret("host=/nowhere")).forEachCall(
        account: "a", from: Sample.now, to: Sample.now.advanced(by: .seconds(1))
      ) { _ in }
    }
  }
}
