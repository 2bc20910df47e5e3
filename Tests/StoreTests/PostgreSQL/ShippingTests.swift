import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Shipping to PostgreSQL", .onThreads) struct ShippingTests {
  @Test("stores each row once and sums it by hour and series")
  func ships() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let hourLater = Sample.now.advanced(by: .seconds(3600))
    outbox.append((1...250).map { Sample.row($0) } + (251...300).map { Sample.row($0, at: hourLater) })
    let readings = try Shipment(outbox, database, batch: 100).shipAll(outbox)
    #expect(readings.shipped == 300)
    #expect(readings.duplicates == 0)
    #expect(readings.waiting == 0)
    #expect(readings.lastSuccess == Sample.now.milliseconds)
    #expect(try TestCluster.query("SELECT count(*), count(DISTINCT seq) FROM calls", database) == [["300", "300"]])
    #expect(
      try TestCluster.query(
        "SELECT extract(hour FROM hour AT TIME ZONE 'UTC'), calls, price, latency FROM usage_hourly ORDER BY hour",
        database)
        == [["5", "250", "15000000", "37500000"], ["6", "50", "3000000", "7500000"]])
    #expect(
      try TestCluster.query("SELECT team, app, operation FROM series", database) == [["retail", "shop", "login"]])
  }

  @Test("stores texts with tabs, line feeds and backslashes, and replaces NUL")
  func texts() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    var row = Sample.row(code: "a\tb\nc\\N\r")
    row.vendorId = "x\0y"
    row.numberHash = [0x00, 0xff, 0x5c]
    row.requestId = "00112233445566778899aabbccddeeff"
    row.transaction = "sixteen letters."
    outbox.append([row])
    try Shipment(outbox, database).shipAll(outbox)
    let stored = try TestCluster.query(
      "SELECT code, vendor_id, number_hash, request, txn, price, latency, at FROM calls", database)
    #expect(
      stored == [
        [
          "a\tb\nc\\N\r", "x\u{fffd}y", "\\x00ff5c", "\\x00112233445566778899aabbccddeeff",
          "\\x7369787465656e206c6574746572732e00", "60000", "150000", "2026-11-28 05:30:00+00",
        ]
      ])
  }

  @Test("does not count rows twice if the acknowledgement of the outbox fails")
  func acknowledgementFails() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    outbox.append((1...10).map { Sample.row($0) })
    let state = Locked(ShippingReadings())
    let shipment = Shipment(outbox, database)
    outbox.refuseAcknowledgements(true)
    _ = shipment.step(state)
    #expect(state.withLock { $0.failures } == 1)
    outbox.append((11...15).map { Sample.row($0) })
    outbox.refuseAcknowledgements(false)
    let readings = try shipment.shipAll(outbox, state)
    #expect(readings.duplicates == 10)
    #expect(readings.error == nil)
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["15"]])
    #expect(try TestCluster.query("SELECT count(*) FROM calls", database) == [["15"]])
  }

  @Test("keeps the rows of two outboxes with the same numbers apart")
  func twoOutboxes() throws {
    let database = try TestCluster.database()
    for source in [1, 2] as [Int32] {
      let outbox = MemoryOutbox(source: source)
      outbox.append((1...5).map { Sample.row($0, Sample.series(gateway: "gateway-\(source)")) })
      try Shipment(outbox, database).shipAll(outbox)
    }
    #expect(try TestCluster.query("SELECT count(*) FROM calls", database) == [["10"]])
    #expect(try TestCluster.query("SELECT gateway FROM series ORDER BY 1", database) == [["gateway-1"], ["gateway-2"]])
  }

  @Test("creates partitions for past days and the coming days, and drops those older than `keep`")
  func partitions() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let day = Duration.seconds(86_400)
    let clock = Locked(Sample.now)
    outbox.append([
      Sample.row(1, at: WallTime(milliseconds: Sample.now.milliseconds - 2 * 86_400_000)),
      Sample.row(2, at: WallTime(milliseconds: Sample.now.milliseconds - 11 * 86_400_000)), Sample.row(3),
    ])
    let shipment = Shipment(outbox, database, keep: .seconds(10 * 86_400)) { clock.withLock { $0 } }
    let readings = try shipment.shipAll(outbox)
    #expect(readings.expired == 1)
    #expect(readings.shipped == 2)
    let tables = "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'calls\\_%' ORDER BY 1"
    #expect(
      try TestCluster.query(tables, database).compactMap(\.[0]) == [
        "calls_20261126", "calls_20261128", "calls_20261129", "calls_20261130", "calls_20261201",
      ])
    clock.withLock { $0 = $0.advanced(by: day * 9) }
    _ = shipment.step(Locked(ShippingReadings()))
    #expect(
      try TestCluster.query(tables, database).compactMap(\.[0]) == [
        "calls_20261128", "calls_20261129", "calls_20261130", "calls_20261201", "calls_20261207", "calls_20261208",
        "calls_20261209", "calls_20261210",
      ])
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["1"]])
  }

  @Test("skips a row that the database refuses, and stores the others")
  func refusedRow() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let shipment = Shipment(outbox, database, batch: 8)
    try shipment.shipAll(outbox)
    _ = try TestCluster.query("ALTER TABLE calls ADD CHECK (code <> 'bad')", database)
    outbox.append((1...20).map { Sample.row($0, code: $0 == 7 ? "bad" : "0") })
    let readings = try shipment.shipAll(outbox)
    #expect(readings.refused == 1)
    #expect(try TestCluster.query("SELECT count(*) FROM calls", database) == [["19"]])
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["19"]])
  }

  @Test("reports SQLSTATE and no value of a row if a statement fails")
  func statementError() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let state = Locked(ShippingReadings())
    let shipment = Shipment(outbox, database)
    try shipment.shipAll(outbox)
    _ = try TestCluster.query("ALTER TABLE calls RENAME TO other", database)
    outbox.append([Sample.row(77)])
    _ = shipment.step(state)
    let error = try #require(state.withLock { $0.error })
    #expect(error.sqlState == "42P01")
    #expect(!error.description.contains("77"))
    #expect(try outbox.waiting() == 1)
  }

  @Test("is done by a thread of its own, which is woken for new rows")
  func thread() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    let shipper = OutboxShipper()
    var settings = OutboxShipper.Settings(keep: .seconds(86_400))
    settings.interval = .seconds(600)
    try shipper.start(outbox, to: database, gateway: "gateway-1", settings) { Sample.now }
    wait { shipper.readings.lastSuccess != nil }
    outbox.append((1...1000).map { Sample.row($0) })
    shipper.wake()
    wait { shipper.readings.shipped >= 1000 }
    #expect(shipper.stop())
    #expect(try TestCluster.query("SELECT count(*) FROM calls", database) == [["1000"]])
  }
}
