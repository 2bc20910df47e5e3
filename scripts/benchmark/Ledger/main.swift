import Glibc
import Networking
import NumberAuth
import Store

// Measures the ledger alone, in a new folder: rows committed per second with 1,024 callers that each wait for their row,
// the size of a row on disk, and the time of a usage query over many rows. Prints one JSON object.
//
// usage: ledger-benchmark FOLDER SECONDS ROWS

guard CommandLine.arguments.count == 4, let seconds = Int(CommandLine.arguments[2]),
  let rowCount = Int(CommandLine.arguments[3])
else { fatalError("usage: ledger-benchmark FOLDER SECONDS ROWS") }
let folder = CommandLine.arguments[1]

let cache = Locked(SeriesCache())

/// Rows of ten apps on four accounts: `count` rows over the thirty days before `now`, or at `now`.
func row(_ number: Int, of count: Int?, now: WallTime) -> LedgerRow {
  let spread = Int64(30 * 86_400_000)
  let time =
    count.map { WallTime(milliseconds: now.milliseconds - spread + Int64(number) * spread / Int64($0)) } ?? now
  let carrier = Carrier.allCases[number % 3]
  let hasFailed = number % 20 == 0
  return LedgerRow(
    time: time,
    series: cache.withLock { cache in
      cache.entry(
        of: Series(
          gateway: "0a1b2c3d", team: "team-\(number % 5)", app: "app-\(number % 10)", account: "account-\(number % 4)",
          provider: "china-mobile-app", channel: .app, operation: .login, stage: .login, carrier: carrier,
          outcome: hasFailed ? "failed" : "ok", reason: hasFailed ? .tokenExpired : nil, delivery: .answered,
          billed: hasFailed ? .no : .yes, currency: "CNY"))
    },
    requestId: identifier(number), transaction: identifier(number + 1),
    vendorId: "2026112712\(100_000_000_000 + number)",
    vendorCode: hasFailed ? "103105" : nil, price: hasFailed ? .zero : Money(micros: 60_000), latency: 41_000)
}

/// 32 hexadecimal digits.
func identifier(_ number: Int) -> String {
  let text = String(UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
  return String(repeating: "0", count: 32 - text.count) + text
}

func milliseconds(_ body: () async throws -> Void) async rethrows -> Double {
  let start = MonotonicTime.now
  try await body()
  return Double(MonotonicTime.now.nanoseconds(since: start)) / 1e6
}

func size(_ path: String) -> Int {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : 0
}

let now = WallTime.systemClock
let ledger = try Ledger(StoreSettings(path: folder), LedgerSettings()) { fatalError("\($0)") }
let loops = [try EventLoop.start(name: "caller-0"), try EventLoop.start(name: "caller-1")]
let queues = loops.map { ledger.queue(on: $0) }

// 1. Callers that wait for each row.
let end = MonotonicTime.now.advanced(by: .seconds(seconds))
let committed = await withTaskGroup(of: Int.self) { group in
  for caller in 0..<1024 {
    let (loop, queue) = (loops[caller % 2], queues[caller % 2])
    group.addTask(executorPreference: loop) {
      var count = 0
      while MonotonicTime.now < end {
        if await queue.waitUntilCommitted(queue.append(row(caller + count * 1024, of: nil, now: now))) { count += 1 }
      }
      return count
    }
  }
  var sum = 0
  for await count in group { sum += count }
  return sum
}
let perSecond = Double(committed) / Double(seconds)

// 2. Many rows, in batches.
let before = size(folder + "/ledger.db")
for start in stride(from: 0, to: rowCount, by: 10_000) {
  await Task(executorPreference: loops[0]) {
    for number in start..<min(start + 10_000, rowCount) { queues[0].append(row(number, of: rowCount, now: now)) }
  }.value
  await ledger.flush()
}
let query = UsageQuery(
  from: WallTime(milliseconds: now.milliseconds - 31 * 86_400_000),
  to: WallTime(milliseconds: now.milliseconds + 3_600_000), by: [.day, .app])
var queries: [Double] = []
for _ in 0..<5 {
  queries.append(
    try await milliseconds {
      let rows = try await ledger.usage(query).get()
      precondition(rows.reduce(0) { $0 + Int($1.calls) } == rowCount + committed, "rows are missing")
    })
}
await ledger.close()
let bytes = Double(size(folder + "/ledger.db") - before) / Double(max(1, rowCount))
print(
  #"{"rows_per_second": \#(perSecond), "rows": \#(rowCount), "bytes_per_row": \#(bytes), "usage_ms": \#(queries.sorted()[2])}"#
)
for loop in loops { loop.stop() }
