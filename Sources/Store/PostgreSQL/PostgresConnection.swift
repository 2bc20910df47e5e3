internal import CPostgreSQL
internal import Glibc
internal import Networking
internal import NumberAuth

/// Time limits of a connection.
struct PostgresLimits {
  /// For the attempt to connect to one host. libpq uses at least 2 s.
  var connect = Duration.seconds(5)
  /// For a statement. The server cancels it.
  var statement = Duration.seconds(30)
  /// A server that has not responded at the end of this additional time is disconnected.
  var grace = Duration.seconds(2)
}

/// A libpq connection. It blocks its thread until a statement ends or its time limit passes, and is used on one thread
/// only.
final class PostgresConnection {
  private let connection: OpaquePointer
  private let limits: PostgresLimits
  /// Names of prepared statements by their SQL. Bounded by the number of statements in this module.
  private var prepared: [String: String] = [:]
  private(set) var isUsable = true

  /// Connects, trying the hosts of the connection string in their order.
  init(_ connectionString: Secret, name: String, limits: PostgresLimits = PostgresLimits()) throws(PostgresError) {
    self.limits = limits
    try Self.check(connectionString)
    // The connection string replaces the values before it, and is replaced by those after it.
    let parameters: [(String, String)] = [
      ("target_session_attrs", "read-write"), ("connect_timeout", String(limits.connect.components.seconds)),
      ("tcp_user_timeout", "10000"), ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
      ("dbname", connectionString.revealed), ("application_name", name), ("client_encoding", "UTF8"),
    ]
    connection = Self.connect(parameters)
    guard PQstatus(connection) == CONNECTION_OK else {
      let message = PQerrorMessage(connection).map { String(cString: $0) } ?? ""
      throw PostgresError(.unavailable, Self.reason(message))
    }
    PQsetnonblocking(connection, 1)
    let milliseconds = limits.statement.milliseconds
    let session = """
      SET statement_timeout = \(milliseconds); SET lock_timeout = \(milliseconds);
      SET idle_in_transaction_session_timeout = \(milliseconds); SET timezone = 'UTC';
      SET client_min_messages = 'error'; SET default_transaction_isolation = 'read committed'
      """
    try execute(session)
  }

  deinit { PQfinish(connection) }

  private static func check(_ connectionString: Secret) throws(PostgresError) {
    // The messages of PQconninfoParse quote the string: they are not shown.
    guard let options = PQconninfoParse(connectionString.revealed, nil) else {
      throw PostgresError(.connectionString, "the connection string is not a valid libpq connection string")
    }
    PQconninfoFree(options)
  }

  private static func connect(_ parameters: [(String, String)]) -> OpaquePointer {
    let texts = parameters.map { (strdup($0.0), strdup($0.1)) }
    defer {
      for (key, value) in texts {
        free(key)
        free(value)
      }
    }
    var keys: [UnsafePointer<CChar>?] = texts.map { UnsafePointer($0.0) }
    var values: [UnsafePointer<CChar>?] = texts.map { UnsafePointer($0.1) }
    keys.append(nil)
    values.append(nil)
    guard let connection = PQconnectdbParams(keys, values, 1) else { fatalError("libpq: out of memory") }
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
    return connection
  }

  /// The cause of a failed attempt in fixed words: libpq's messages contain hosts, users and names.
  private static func reason(_ message: String) -> String {
    let known: [(String, String)] = [
      ("password authentication failed", "the server refused the password"),
      ("no password supplied", "the server requires a password"),
      ("no pg_hba.conf entry", "the server does not allow this client (pg_hba.conf)"),
      ("certificate verify failed", "the certificate of the server is not trusted"),
      ("does not match host name", "the certificate of the server is for another host"),
      ("does not exist", "the role or the database does not exist"),
      ("could not translate host name", "the host name cannot be resolved"),
      ("session is read-only", "the server is read-only"),
      ("Connection refused", "connection refused"),
      ("timeout expired", "the time limit for connecting has passed"),
      ("starting up", "the server is starting"),
      ("shutting down", "the server is shutting down"),
      ("too many", "the server has too many connections"),
      ("No such file or directory", "no server at this socket"),
    ]
    let cause = known.first { message.contains($0.0) }?.1
    return "cannot connect to PostgreSQL" + (cause.map { ": " + $0 } ?? "")
  }

  // MARK: Statements

  /// Runs statements without parameters in one round trip. Returns the rows of the last one.
  @discardableResult
  func execute(_ script: String) throws(PostgresError) -> PostgresRows {
    guard PQsendQuery(connection, script) == 1 else { throw lost() }
    return try results().last ?? PostgresRows()
  }

  /// Runs a statement once, without preparing it.
  func execute(_ sql: String, _ parameters: [PostgresValue]) throws(PostgresError) -> PostgresRows {
    guard send(parameters, { PQsendQueryParams(connection, sql, $0, nil, $1, nil, nil, 0) }) else { throw lost() }
    return try results().last ?? PostgresRows()
  }

  /// Runs a prepared statement; prepares it at its first use.
  @discardableResult
  func run(_ sql: String, _ parameters: [PostgresValue] = []) throws(PostgresError) -> PostgresRows {
    let name: String
    if let known = prepared[sql] {
      name = known
    } else {
      name = "s\(prepared.count)"
      guard PQsendPrepare(connection, name, sql, 0, nil) == 1 else { throw lost() }
      _ = try results()
      prepared[sql] = name
    }
    guard send(parameters, { PQsendQueryPrepared(connection, name, $0, $1, nil, nil, 0) }) else { throw lost() }
    return try results().last ?? PostgresRows()
  }

  /// Runs statements as one transaction in one round trip. Returns the rows of each statement.
  func transaction(_ statements: [(sql: String, parameters: [PostgresValue])]) throws(PostgresError) -> [PostgresRows] {
    guard PQenterPipelineMode(connection) == 1 else { throw lost() }
    var isSent = true
    // The statements between two synchronisation points are one implicit transaction, but each must see the commits
    // that happened while the previous one waited for a lock. That is the case with READ COMMITTED.
    for (sql, parameters) in [("BEGIN", [])] + statements + [("COMMIT", [])] {
      isSent = isSent && send(parameters) { PQsendQueryParams(connection, sql, $0, nil, $1, nil, nil, 0) }
    }
    guard isSent, PQpipelineSync(connection) == 1 else { throw lost() }
    var outcome: [PostgresRows] = []
    var failure: PostgresError?
    let deadline = self.deadline()
    loop: while true {
      guard let result = try next(deadline) else { continue }  // nil separates the results of two statements.
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC: break loop
      case PGRES_PIPELINE_ABORTED: continue
      case PGRES_FATAL_ERROR: failure = failure ?? error(of: result)
      default: outcome.append(rows(of: result))
      }
    }
    guard PQexitPipelineMode(connection) == 1 else { throw lost() }
    if let failure {
      rollback()
      throw failure
    }
    return Array(outcome.dropFirst().dropLast())
  }

  /// Runs `body` in a transaction.
  func inTransaction<Result>(
    _ body: () throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    try execute("BEGIN")
    do {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      rollback()
      throw error
    }
  }

  private func rollback() {
    guard isUsable else { return }
    do { try execute("ROLLBACK") } catch { isUsable = false }
  }

  /// Sends rows in the text format of COPY.
  func copy(_ sql: String, _ rows: [UInt8]) throws(PostgresError) {
    guard PQsendQuery(connection, sql) == 1 else { throw lost() }
    let deadline = self.deadline()
    guard let start = try next(deadline) else { throw lost() }
    let status = PQresultStatus(start)
    let failure = status == PGRES_COPY_IN ? nil : error(of: start)
    PQclear(start)
    if let failure {
      _ = try? results()
      throw failure
    }
    var offset = 0
    while offset < rows.count {
      let count = min(rows.count - offset, 65_536)
      let sent = rows.withUnsafeBytes {
        PQputCopyData(
          connection, $0.baseAddress!.advanced(by: offset).assumingMemoryBound(to: CChar.self), Int32(count))
      }
      if sent < 0 { throw lost() }
      if sent == 1 { offset += count } else { try wait(deadline, forWriting: true) }
    }
    while true {
      let ended = PQputCopyEnd(connection, nil)
      if ended < 0 { throw lost() }
      if ended == 1 { break }
      try wait(deadline, forWriting: true)
    }
    _ = try results()
  }

  // MARK: libpq

  private func send(
    _ parameters: [PostgresValue], _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>) -> Int32
  ) -> Bool {
    let texts = parameters.map { $0.text.map { strdup($0) } ?? nil }
    defer { for text in texts { free(text) } }
    var values = texts.map { $0.map { UnsafePointer($0) } }
    values.append(nil)
    return body(Int32(parameters.count), values) == 1
  }

  private func deadline() -> MonotonicTime { .now.advanced(by: limits.statement + limits.grace) }

  /// All results of the current query; throws the first failure after the last of them.
  private func results() throws(PostgresError) -> [PostgresRows] {
    var all: [PostgresRows] = []
    var failure: PostgresError?
    let deadline = self.deadline()
    while let result = try next(deadline) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? error(of: result)
      case PGRES_COPY_IN: PQputCopyEnd(connection, "not expected")
      default: all.append(rows(of: result))
      }
    }
    if let failure { throw failure }
    return all
  }

  private func next(_ deadline: MonotonicTime) throws(PostgresError) -> OpaquePointer? {
    while true {
      let flushed = PQflush(connection)
      if flushed < 0 { throw lost() }
      if flushed == 0, PQisBusy(connection) == 0 { break }
      try wait(deadline, forWriting: flushed == 1)
    }
    return PQgetResult(connection)
  }

  /// Waits until the socket is readable (or writable), and reads.
  private func wait(_ deadline: MonotonicTime, forWriting: Bool) throws(PostgresError) {
    var descriptor = pollfd(
      fd: PQsocket(connection), events: Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0), revents: 0)
    let left = deadline.nanoseconds(since: .now)
    guard descriptor.fd >= 0, left > 0 else {
      isUsable = false
      throw PostgresError(.unavailable, "PostgreSQL did not respond within the time limit")
    }
    _ = poll(&descriptor, 1, Int32(clamping: left / 1_000_000 + 1))
    if descriptor.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0, PQconsumeInput(connection) == 0 { throw lost() }
  }

  private func rows(of result: OpaquePointer) -> PostgresRows {
    let columns = PQnfields(result)
    var rows = PostgresRows()
    rows.rows = (0..<PQntuples(result)).map { row in
      (0..<columns).map { column in
        PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
      }
    }
    rows.count = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    return rows
  }

  private func error(of result: OpaquePointer) -> PostgresError {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
    }
    // "C" is PG_DIAG_SQLSTATE, "M" PG_DIAG_MESSAGE_PRIMARY. Details quote values and are not shown.
    guard let state = field("C"), PQstatus(connection) == CONNECTION_OK else { return lost() }
    // Classes 57P (operator intervention) and 08 (connection) end the session. 25006: the server became a standby.
    if state.hasPrefix("57P") || state.hasPrefix("08") || state == "25006" {
      isUsable = false
      return PostgresError(.unavailable, sqlState: state, "PostgreSQL ended the session (SQLSTATE \(state))")
    }
    return PostgresError(.statement, sqlState: state, "SQLSTATE \(state): \(field("M") ?? "no message")")
  }

  private func lost() -> PostgresError {
    isUsable = false
    return PostgresError(.unavailable, "the connection to PostgreSQL was lost")
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
