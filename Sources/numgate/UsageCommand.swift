import Configuration
import JSON
import Networking
import NumberAuth
import Store

enum UsageCommand: Command {
  static let name = "usage"
  static let summary = "sum the ledger: calls, results and cost"
  static let help = """
    usage: numgate usage [--from DAY] [--to DAY] [--by LIST] [--app APP]... [--format table|csv|json]
                         [--config config.yaml] [--providers FOLDER]

    Sums the calls in the ledger of `store.path`, also while the gateway runs; with `store.postgres` those of all
    gateways. DAY is a day in China time such as 2026-11-01, included at both ends, or a time such as
    2026-11-01T00:00:00Z; by default this month. LIST has one or
    several of month, day, hour, team, app, account, provider, channel, operation, stage, carrier, outcome, reason,
    delivery, billing and gateway, separated by commas; by default day,app. MAYBE counts calls that the vendor may bill:
    it did not answer, or its document does not say.
    """

  private enum Format: String, CaseIterable {
    case table, csv, json
  }

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    let (from, to, by) = (try arguments.option("--from"), try arguments.option("--to"), try arguments.option("--by"))
    let apps = try arguments.options("--app")
    let format = try arguments.word("--format", as: Format.self) ?? .table
    try arguments.finish()
    var query: UsageQuery
    do throws(UsageParameters.Invalid) {
      query = try UsageParameters.query(from: from, to: to, by: by, now: .systemClock)
    } catch {
      throw UsageError(error.message, command: name)
    }
    if !apps.isEmpty { query.apps = apps }
    guard let configuration = files.load() else { return 1 }
    for app in apps where configuration.apps[app] == nil {
      Terminal.error("warning: the configuration has no app '\(app)'")
    }
    guard let folder = configuration.store.path else {
      Terminal.error("numgate: `store.path` is ':memory:'; ask the running gateway: GET /v1/usage")
      return 1
    }
    do throws(StoreError) {
      let rows: [UsageRow]
      if let postgres = configuration.store.postgres {
        rows = try sharedUsage(query, postgres)
      } else {
        rows = try LedgerReader(folder: folder).usage(query)
      }
      switch format {
      case .table: Terminal.print(table(query, rows))
      case .csv: Terminal.print(csv(query, rows))
      case .json: Terminal.print(json(query, rows))
      }
      return 0
    } catch {
      Terminal.error("numgate: \(error)")
      return 1
    }
  }

  /// The sums of all gateways.
  private static func sharedUsage(_ query: UsageQuery, _ postgres: Secret) throws(StoreError) -> [UsageRow] {
    let result = Locked(Result<[UsageRow], StoreError>.success([]))
    do throws(SystemError) {
      let loop = try EventLoop()
      let usage = try SharedUsage(postgres, gateway: "usage")
      Task(executorPreference: loop) {
        let rows = await usage.usage(query)
        result.withLock { $0 = rows.mapError(StoreError.shared) }
        usage.stop()
        loop.stop()
      }
      loop.run()
    } catch {
      throw .folder(path: "store.postgres", reason: "\(error)")
    }
    return try result.withLock { $0 }.get()
  }

  private static func cells(_ row: UsageRow) -> [String] {
    row.values + [
      "\(row.calls)", "\(row.succeeded)", "\(row.billed)", "\(row.maybeBilled)",
      row.currency.isEmpty ? "" : row.spend.description, row.currency.isEmpty ? "" : row.maybeSpend.description,
      row.currency, "\((row.latency + 500) / 1000)",
    ]
  }

  private static let figures = ["calls", "succeeded", "billed", "maybe", "spend", "maybe spend", "currency", "mean ms"]

  static func table(_ query: UsageQuery, _ rows: [UsageRow]) -> String {
    guard !rows.isEmpty else { return "no calls" }
    let texts = query.by.count
    var lines = [query.by.map(\.rawValue) + figures] + rows.map(cells)
    if rows.count > 1 {
      lines += totals(rows).map { [texts > 0 ? "total" : ""] + Array(repeating: "", count: max(0, texts - 1)) + $0 }
    }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        let isText = column < texts || figures[column - texts] == "currency"
        return isText ? line[column] + padding : padding + line[column]
      }.joined(separator: "  ").trimmingEnd()
    }.joined(separator: "\n")
  }

  /// One line for each currency.
  private static func totals(_ rows: [UsageRow]) -> [[String]] {
    Set(rows.map(\.currency)).sorted().map { currency in
      let rows = rows.filter { $0.currency == currency }
      var total = rows[0]
      total.values = []
      total.latency *= total.calls
      for row in rows.dropFirst() {
        total.calls += row.calls
        total.succeeded += row.succeeded
        total.billed += row.billed
        total.maybeBilled += row.maybeBilled
        total.spend += row.spend
        total.maybeSpend += row.maybeSpend
        total.latency += row.latency * row.calls
      }
      total.latency /= max(1, total.calls)
      return cells(total)
    }
  }

  private static func csv(_ query: UsageQuery, _ rows: [UsageRow]) -> String {
    ([query.by.map(\.rawValue) + figures] + rows.map(cells)).map { $0.joined(separator: ",") }.joined(separator: "\n")
  }

  private static func json(_ query: UsageQuery, _ rows: [UsageRow]) -> String {
    var writer = JSONWriter(reservingCapacity: 4096)
    writer.object {
      $0.array("usage") { array in
        for row in rows { array.object { $0.usage(row, by: query.by) } }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
