import Configuration
import NumberAuth
import Store

enum ReconcileCommand: Command {
  static let name = "reconcile"
  static let summary = "compare a vendor's bill with the ledger"
  static let help = """
    usage: numgate reconcile --account ACCOUNT --bill FILE [--from DAY] [--to DAY]
                             [--id-column NAME] [--time-column NAME] [--operation-column NAME] [--amount-column NAME]
                             [--time-zone china|utc] [--login TEXT]... [--verify TEXT]...
                             [--rows NUMBER] [--format table|csv|json] [--config config.yaml] [--providers FOLDER]

    Compares the bill of an account, a CSV file with a header in UTF-8 or GBK, with the calls in the ledger of
    `store.path`; with `store.postgres`, with those of all gateways. Calls are found by the vendor's id. Calls and lines
    without an id are compared by day and operation: their numbers and amounts.

    The columns are those of `bill` in the provider's file; options replace them. --login and --verify: texts of the
    operation column. DAY is a day in China time such as 2026-11-01, included at both ends, or a time such as
    2026-11-01T00:00:00Z; by default the days of the bill. --rows: differences that a table has at most, by default 50.

    Differences: only-here (billed in the ledger, not in the bill), only-there (in the bill, not in the ledger), amount
    (other price), twice (in the bill more often than in the ledger), not-billable (in the bill, not billed according
    to the ledger). Calls that the vendor may bill are equal with a line and without.

    Exit code 0: equal. 1: different, or a line cannot be read, or the command fails.
    """

  private enum Format: String, CaseIterable {
    case table, csv, json
  }

  private struct Options {
    var id, time, operation, amount: String?
    var zone: WallTime.Zone?
    var texts: [(String, Operation)] = []

    init(_ arguments: inout Arguments) throws(UsageError) {
      id = try arguments.option("--id-column")
      time = try arguments.option("--time-column")
      operation = try arguments.option("--operation-column")
      amount = try arguments.option("--amount-column")
      zone = try arguments.word("--time-zone", as: WallTime.Zone.self)
      texts =
        try arguments.options("--login").map { ($0, .login) } + arguments.options("--verify").map { ($0, .verify) }
    }

    func over(_ mapping: BillMapping?) -> BillMapping {
      var mapping = mapping ?? BillMapping()
      mapping.id = id ?? mapping.id
      mapping.time = time ?? mapping.time
      mapping.operation = operation ?? mapping.operation
      mapping.amount = amount ?? mapping.amount
      mapping.timeZone = zone ?? mapping.timeZone
      for (text, operation) in texts { mapping.operations[text] = operation }
      return mapping
    }
  }

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    let (accountName, path) = (try arguments.required("--account"), try arguments.required("--bill"))
    let (from, to) = (try arguments.option("--from"), try arguments.option("--to"))
    let options = try Options(&arguments)
    let format = try arguments.word("--format", as: Format.self) ?? .table
    let limit = try arguments.option("--rows")
    try arguments.finish()
    guard let rows = limit.map(Int.init) ?? 50, rows >= 0 else {
      throw UsageError("--rows must be a number", command: name)
    }
    let (start, end) = (try time(from, "--from", isEnd: false), try time(to, "--to", isEnd: true))
    if let start, let end, start >= end { throw UsageError("--from must be before --to", command: name) }
    guard let configuration = files.load() else { return 1 }
    guard let account = configuration.accounts[accountName] else {
      throw UsageError("the configuration has no account '\(accountName)'", command: name)
    }
    guard let folder = configuration.store.path else {
      Terminal.error("numgate: `store.path` is ':memory:': the ledger has no calls, only sums")
      return 1
    }
    do {
      let source: any CallSource
      if let postgres = configuration.store.postgres {
        source = SharedCalls(postgres)
      } else {
        source = try LedgerReader(folder: folder)
      }
      let result = try Reconciler.reconcile(
        source, account: accountName, bill: path, options.over(account.file.bill), from: start, to: end)
      switch format {
      case .table: Terminal.print(result.table(limit: rows))
      case .csv: Terminal.print(result.csv)
      case .json: Terminal.print(result.json)
      }
      return result.isEqual ? 0 : 1
    } catch {
      Terminal.error("numgate: \(error)")
      return 1
    }
  }

  private static func time(_ text: String?, _ option: String, isEnd: Bool) throws(UsageError) -> WallTime? {
    guard let text else { return nil }
    guard let time = UsageParameters.time(text, isEnd: isEnd) else {
      throw UsageError(
        "\(option) must be a day such as 2026-11-01, or a time such as 2026-11-01T00:00:00Z", command: name)
    }
    return time
  }
}
