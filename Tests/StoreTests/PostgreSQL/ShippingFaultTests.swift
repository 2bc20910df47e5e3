import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Shipping while PostgreSQL fails", .onThreads, .serialized) struct ShippingFaultTests {
  @Test("counts rows once if the connection is lost between a commit and its response")
  func lostResponse() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    try Shipment(outbox, database).shipAll(outbox)
    // The schema and the partitions exist: the first commit is that of the rows.
    let proxy = try TestProxy(to: TestCluster.folder(of: database), cutAt: "COMMIT\0")
    let shipment = Shipment(outbox, proxy.connectionString(database))
    outbox.append((1...50).map { Sample.row($0) })
    let state = Locked(ShippingReadings())
    _ = shipment.step(state)
    #expect(state.withLock { $0.error?.kind } == .unavailable)
    #expect(try outbox.waiting() == 50)
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["50"]])
    let readings = try shipment.shipAll(outbox, state)
    #expect(readings.duplicates == 50)
    #expect(readings.error == nil)
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["50"]])
  }

  @Test("loses and repeats nothing when the server is killed and started again")
  func killedServer() throws {
    let cluster = try TestCluster()
    let outbox = MemoryOutbox()
    let shipper = OutboxShipper()
    var settings = OutboxShipper.Settings(keep: .seconds(86_400))
    settings.batch = 500
    settings.interval = .milliseconds(100)
    try shipper.start(outbox, to: cluster.connectionString, gateway: "gateway-1", settings) { Sample.now }
    outbox.append((1...20_000).map { Sample.row($0) })
    shipper.wake()
    for kill in 1...3 {
      wait { shipper.readings.shipped >= 1000 * kill }
      try cluster.kill()
      outbox.append((1...1000).map { Sample.row($0) })
      wait { shipper.readings.error != nil }
      #expect(try outbox.waiting() >= 1000)
      try cluster.start()
      wait { shipper.readings.error == nil }
    }
    try wait { try outbox.waiting() <= 0 }
    #expect(shipper.stop())
    let calls = "SELECT count(*), count(DISTINCT seq), max(seq) FROM calls"
    #expect(try TestCluster.query(calls, cluster.connectionString) == [["23000", "23000", "23000"]])
    #expect(try TestCluster.query("SELECT sum(calls) FROM usage_hourly", cluster.connectionString) == [["23000"]])
  }

  @Test("continues on the next host of the connection string, with an empty database too")
  func failOver() throws {
    let (first, second) = (try TestCluster(), try TestCluster())
    let both = Secret("host=\(first.folder),\(second.folder) user=numgate dbname=postgres")
    let outbox = MemoryOutbox()
    let state = Locked(ShippingReadings())
    let shipment = Shipment(outbox, both)
    outbox.append((1...10).map { Sample.row($0) })
    try shipment.shipAll(outbox, state)
    try first.kill()
    outbox.append((11...30).map { Sample.row($0) })
    let readings = try shipment.shipAll(outbox, state)
    #expect(readings.shipped == 30)
    #expect(readings.failures >= 1)
    #expect(try TestCluster.query("SELECT count(*) FROM calls", second.connectionString) == [["20"]])
    #expect(try TestCluster.query("SELECT app FROM series", second.connectionString) == [["shop"]])
  }

  @Test("does not use a host that is read-only")
  func readOnly() throws {
    let cluster = try TestCluster()
    let outbox = MemoryOutbox()
    let state = Locked(ShippingReadings())
    let shipment = Shipment(outbox, cluster.connectionString)
    try shipment.shipAll(outbox, state)
    _ = try TestCluster.query("ALTER SYSTEM SET default_transaction_read_only = on", cluster.connectionString)
    try cluster.kill()
    try cluster.start()
    outbox.append([Sample.row()])
    _ = shipment.step(state)
    let other = Locked(ShippingReadings())
    _ = Shipment(outbox, cluster.connectionString).step(other)
    #expect(other.withLock { $0.error?.description } == "cannot connect to PostgreSQL: the server is read-only")
    #expect(try outbox.waiting() == 1)
  }

  @Test("delivers every row on a slow link")
  func slowLink() throws {
    let database = try TestCluster.database()
    let proxy = try TestProxy(to: TestCluster.folder(of: database), delayMicroseconds: 5000)
    let outbox = MemoryOutbox()
    outbox.append((1...5000).map { Sample.row($0) })
    let readings = try Shipment(outbox, proxy.connectionString(database), batch: 1000).shipAll(outbox)
    #expect(readings.shipped == 5000)
    #expect(readings.failures == 0)
    #expect(try TestCluster.query("SELECT calls FROM usage_hourly", database) == [["5000"]])
  }

  @Test("waits in the outbox while no server exists")
  func absent() throws {
    let outbox = MemoryOutbox()
    outbox.append((1...10).map { Sample.row($0) })
    let state = Locked(ShippingReadings())
    let shipment = Shipment(outbox, Secret("host=/nowhere"))
    for _ in 0..<100 { _ = shipment.step(state) }
    let readings = state.withLock { $0 }
    #expect(readings.waiting == 10)
    #expect(readings.lastSuccess == nil)
    #expect(readings.error?.kind == .unavailable)
    #expect(readings.failures >= 1)
  }
}
