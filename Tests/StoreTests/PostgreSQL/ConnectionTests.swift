import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("Connections to PostgreSQL", .onThreads) struct ConnectionTests {
  @Test(
    "fail without the connection string in the error",
    arguments: [
      ("host=/nowhere/hunter2 password=hunter2", PostgresError.Kind.unavailable),
      ("postgresql://hunter2:hunter2@127.0.0.1:1/hunter2", .unavailable),
      ("host=127.0.0.1 port=1 hunter2", .connectionString), ("hunter2", .connectionString),
    ])
  func secrets(text: String, kind: PostgresError.Kind) throws {
    let error = #expect(throws: PostgresError.self) { try PostgresConnection(Secret(text), name: "tests") }
    #expect(error?.kind == kind)
    #expect(error?.description.contains("hunter2") == false)
  }

  @Test("fail without the name of a database that does not exist")
  func missingDatabase() throws {
    let server = try TestCluster.database()
    let error = #expect(throws: PostgresError.self) {
      try PostgresConnection(Secret(server.revealed + " dbname=hunter2"), name: "tests")
    }
    #expect(error?.description == "cannot connect to PostgreSQL: the role or the database does not exist")
  }

  @Test("cancel a statement after its time limit and remain usable")
  func statementTimeLimit() throws {
    var limits = PostgresLimits()
    limits.statement = .seconds(1)
    let connection = try PostgresConnection(try TestCluster.database(), name: "tests", limits: limits)
    let error = #expect(throws: PostgresError.self) { try connection.run("SELECT pg_sleep(60)") }
    #expect(error?.sqlState == "57014")
    #expect(connection.isUsable)
    #expect(try connection.run("SELECT 1 + $1::bigint", [PostgresValue(2)]).integer(0, 0) == 3)
  }

  @Test("stop waiting for a server that does not respond")
  func silentServer() throws {
    let proxy = try TestProxy(to: "")
    var limits = PostgresLimits()
    limits.connect = .seconds(2)
    let silent = Secret("host=127.0.0.1 port=\(proxy.port) user=numgate")
    let error = #expect(throws: PostgresError.self) {
      try PostgresConnection(silent, name: "tests", limits: limits)
    }
    #expect(error?.kind == .unavailable)
  }

  @Test("are unusable after the server has ended the session")
  func terminated() throws {
    let database = try TestCluster.database()
    let connection = try PostgresConnection(database, name: "tests")
    let process = try connection.run("SELECT pg_backend_pid()").integer(0, 0)
    _ = try TestCluster.query("SELECT pg_terminate_backend(\(process))", database)
    let error = #expect(throws: PostgresError.self) {
      while true { try connection.run("SELECT 1") }
    }
    #expect(error?.kind == .unavailable)
    #expect(!connection.isUsable)
  }

  @Test("run several statements as one transaction in one round trip")
  func transaction() throws {
    let connection = try PostgresConnection(try TestCluster.database(), name: "tests")
    try connection.execute("CREATE TABLE t (n bigint PRIMARY KEY)")
    let insert = "INSERT INTO t VALUES ($1)"
    let rows = try connection.transaction([
      (insert, [PostgresValue(1)]), (insert, [PostgresValue(2)]), ("SELECT sum(n)::bigint FROM t", []),
    ])
    #expect(rows.map(\.count) == [1, 1, 1])
    #expect(rows[2].integer(0, 0) == 3)
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction([(insert, [PostgresValue(3)]), (insert, [PostgresValue(1)])])
    }
    #expect(error?.sqlState == "23505")
    #expect(try connection.run("SELECT count(*) FROM t").integer(0, 0) == 2)
  }

  @Test("roll back a transaction that fails")
  func rollback() throws {
    let connection = try PostgresConnection(try TestCluster.database(), name: "tests")
    try connection.execute("CREATE TABLE t (n bigint)")
    #expect(throws: PostgresError.self) {
      try connection.inTransaction { () throws(PostgresError) in
        try connection.execute("INSERT INTO t VALUES (1)")
        try connection.copy("COPY t FROM STDIN", Array("2\nnot a number\n".utf8))
      }
    }
    #expect(try connection.run("SELECT count(*) FROM t").integer(0, 0) == 0)
  }
}

@Suite("Schema in PostgreSQL", .onThreads) struct PostgresSchemaTests {
  @Test("is created once by gateways that start at the same time")
  func concurrentMigration() async throws {
    let database = try TestCluster.database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { try PostgresSchema.migrate(try PostgresConnection(database, name: "tests")) }
      }
      try await group.waitForAll()
    }
    let versions = try TestCluster.query("SELECT version FROM numgate_schema ORDER BY 1", database)
    #expect(versions.count == PostgresSchema.migrations.count)
  }

  @Test("is updated by the migrations that are missing")
  func update() throws {
    let connection = try PostgresConnection(try TestCluster.database(), name: "tests")
    try PostgresSchema.migrate(connection, ["CREATE TABLE a (n bigint)"])
    try PostgresSchema.migrate(connection, ["CREATE TABLE a (n bigint)", "ALTER TABLE a ADD COLUMN m bigint"])
    #expect(try connection.execute("SELECT n, m FROM a").rows.isEmpty)
  }

  @Test("is unchanged after a migration that fails")
  func failedMigration() throws {
    let connection = try PostgresConnection(try TestCluster.database(), name: "tests")
    #expect(throws: PostgresError.self) {
      try PostgresSchema.migrate(connection, ["CREATE TABLE a (n bigint)", "CREATE TABLE a (n bigint)"])
    }
    #expect(throws: PostgresError.self) { try connection.execute("SELECT * FROM a") }
    #expect(connection.isUsable)
  }

  @Test("of a newer version is refused; the rows remain in the outbox")
  func newerSchema() throws {
    let database = try TestCluster.database()
    let outbox = MemoryOutbox()
    try Shipment(outbox, database).shipAll(outbox)
    _ = try TestCluster.query("INSERT INTO numgate_schema VALUES (99, now())", database)
    outbox.append([Sample.row()])
    let state = Locked(ShippingReadings())
    _ = Shipment(outbox, database).step(state)
    let error = try #require(state.withLock { $0.error })
    #expect(error.kind == .newerSchema)
    #expect(error.description.contains("version 99"))
    #expect(try outbox.waiting() == 1)
  }
}
