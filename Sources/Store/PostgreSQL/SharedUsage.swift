public import Networking
public import NumberAuth

/// Answers usage queries from the shared database, for the calls of all gateways. One query at a time, on a thread of
/// its own.
public final class SharedUsage: Sendable {
  /// Maximum number of waiting queries; further ones fail.
  static let maximumWaiting = 100

  private struct Question {
    let query: UsageQuery
    let continuation: UnsafeContinuation<Result<[UsageRow], PostgresError>, Never>
  }

  private struct State {
    var questions: [Question] = []
    var isStopped = false
  }

  private let thread = PostgresThread()
  private let state = Locked(State())

  /// Throws if the process cannot create a thread.
  public init(_ connectionString: Secret, gateway: String) throws(SystemError) {
    let (thread, state) = (thread, state)
    try thread.start(name: "numgate-usage") {
      let session = PostgresSession(
        connectionString, name: "numgate \(gateway) usage",
        prepare: { connection throws(PostgresError) in try PostgresSchema.migrate(connection) })
      while !thread.isStopping {
        guard let question = state.withLock({ $0.questions.isEmpty ? nil : $0.questions.removeFirst() }) else {
          thread.wait(for: .seconds(60))
          continue
        }
        let result: Result<[UsageRow], PostgresError>
        do throws(PostgresError) {
          result = .success(try session.use { connection throws(PostgresError) in try question.query.run(connection) })
        } catch {
          result = .failure(error)
        }
        question.continuation.resume(returning: result)
      }
      let rest = state.withLock { state in
        state.isStopped = true
        defer { state.questions = [] }
        return state.questions
      }
      for question in rest { question.continuation.resume(returning: .failure(.stopped)) }
    }
  }

  deinit { thread.stop() }

  /// The sums of the calls of all gateways. Calls that are not shipped yet are missing.
  public func usage(_ query: UsageQuery) async -> Result<[UsageRow], PostgresError> {
    await withUnsafeContinuation { continuation in
      let isAccepted = state.withLock { state in
        guard !state.isStopped, state.questions.count < Self.maximumWaiting else { return false }
        state.questions.append(Question(query: query, continuation: continuation))
        return true
      }
      if isAccepted { thread.wake() } else { continuation.resume(returning: .failure(.stopped)) }
    }
  }

  /// Ends the thread after the current query.
  public func stop() { thread.stop() }
}

extension PostgresError {
  static let stopped = PostgresError(.unavailable, "too many queries are waiting, or the gateway is stopping")
}

extension UsageQuery {
  /// Runs the query. The rows and their order are those of the query on SQLite.
  func run(_ connection: PostgresConnection) throws(PostgresError) -> [UsageRow] {
    var parameters = [PostgresValue(fromHour * 3600), PostgresValue(toHour * 3600)]
    if let apps {
      parameters.append(PostgresValue(apps))
      parameters.append(PostgresValue(apps.map { Int64(AppKey.of($0)) }))
    }
    let result = try connection.execute(sql, parameters)
    let first = by.count
    return result.rows.indices.map { row in
      UsageRow(
        values: by.indices.map { result.rows[row][$0] ?? "" }, currency: result.rows[row][first] ?? "",
        calls: result.integer(row, first + 1), succeeded: result.integer(row, first + 2),
        billed: result.integer(row, first + 3), maybeBilled: result.integer(row, first + 4),
        spend: Money(micros: result.integer(row, first + 5)),
        maybeSpend: Money(micros: result.integer(row, first + 6)),
        latency: result.integer(row, first + 7) / max(1, result.integer(row, first + 1)))
    }
  }

  private var sql: String {
    let local = "u.hour AT TIME ZONE 'UTC' + interval '\(zoneHours) hours'"
    let columns = by.map { dimension -> String in
      switch dimension {
      case .month: "to_char(\(local), 'YYYY-MM')"
      case .day: "to_char(\(local), 'YYYY-MM-DD')"
      case .hour: "to_char(\(local), 'YYYY-MM-DD\"T\"HH24:00')"
      default: "s.\(dimension.column) COLLATE \"C\""
      }
    }
    let groups = (1...(columns.count + 1)).map(String.init).joined(separator: ", ")
    func sum(_ value: String, where condition: String) -> String {
      "coalesce(sum(\(value)) FILTER (WHERE \(condition)), 0)::bigint"
    }
    return """
      SELECT \((columns + ["s.currency COLLATE \"C\""]).joined(separator: ", ")), sum(u.calls)::bigint,
        \(sum("u.calls", where: "s.reason = ''")), \(sum("u.calls", where: "s.billed = 'yes'")),
        \(sum("u.calls", where: "s.billed = 'unknown'")), \(sum("u.price", where: "s.billed = 'yes'")),
        \(sum("u.price", where: "s.billed = 'unknown'")), sum(u.latency)::bigint
      FROM usage_hourly u JOIN series s ON s.id = u.series
      WHERE u.hour >= to_timestamp($1::bigint) AND u.hour < to_timestamp($2::bigint)
        \(apps == nil ? "" : "AND s.app = ANY ($3::text[]) AND u.app = ANY ($4::integer[])")
      GROUP BY \(groups) ORDER BY \(groups) \(limit.map { "LIMIT \($0)" } ?? "")
      """
  }
}
