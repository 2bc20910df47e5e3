import Foundation
import Networking
import NumberAuth
import Testing

@testable import Store

@Suite("The ledger") struct LedgerTests {
  let folder = TemporaryFolder()

  @Test("A row is in the database when the wait for it ends")
  func committed() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let loop = try EventLoop.start(name: "test")
    let queue = ledger.queue(on: loop)
    let written = await Task(executorPreference: loop) {
      await queue.waitUntilCommitted(queue.append(.example(vendorId: "v1")))
    }.value
    #expect(written)
    #expect(
      folder.query("SELECT vendor_id, hex(request), price FROM calls") == ["v1|00112233445566778899AABBCCDDEEFF|60000"])
    await ledger.close()
    loop.stop()
  }

  @Test("A thousand rows of two loops are committed once each, in few commits")
  func groups() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let loops = [try EventLoop.start(name: "a"), try EventLoop.start(name: "b")]
    await withTaskGroup(of: Void.self) { group in
      for (index, loop) in loops.enumerated() {
        let queue = ledger.queue(on: loop)
        for number in 0..<500 {
          group.addTask(executorPreference: loop) {
            _ = await queue.waitUntilCommitted(queue.append(.example(vendorId: "\(index)-\(number)")))
          }
        }
      }
    }
    #expect(folder.query("SELECT count(*), count(DISTINCT vendor_id) FROM calls") == ["1000|1000"])
    #expect(folder.query("SELECT sum(calls), sum(price) FROM usage_hourly") == ["1000|60000000"])
    #expect(ledger.reading.written == 1000)
    #expect(ledger.reading.commits < 500)
    await ledger.close()
    for loop in loops { loop.stop() }
  }

  @Test("Usage sums calls by the asked dimensions, in China time, for the asked apps")
  func usage() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let loop = try EventLoop.start(name: "test")
    let queue = ledger.queue(on: loop)
    // 2026-11-27T15:30Z is 23:30 in China; 2026-11-27T16:30Z is the next day there.
    let rows: [LedgerRow] = [
      .example(time: "2026-11-27T15:30:00Z"), .example(time: "2026-11-27T16:30:00Z"),
      .example(time: "2026-11-27T16:40:00Z", billed: .unknown, reason: .vendorTimeout),
      .example(time: "2026-11-27T16:50:00Z", app: "other"),
    ]
    await Task(executorPreference: loop) { for row in rows { queue.append(row) } }.value
    await ledger.flush()
    let query = UsageQuery(
      from: WallTime(iso8601: "2026-11-27T00:00:00Z")!, to: WallTime(iso8601: "2026-11-28T00:00:00Z")!,
      by: [.day, .reason], apps: ["shop"])
    let found = try await ledger.usage(query).get()
    #expect(
      found == [
        UsageRow(
          values: ["2026-11-27", ""], currency: "CNY", calls: 1, succeeded: 1, billed: 1, maybeBilled: 0,
          spend: Money(micros: 60_000), maybeSpend: .zero, latency: 30_000),
        UsageRow(
          values: ["2026-11-28", ""], currency: "CNY", calls: 1, succeeded: 1, billed: 1, maybeBilled: 0,
          spend: Money(micros: 60_000), maybeSpend: .zero, latency: 30_000),
        UsageRow(
          values: ["2026-11-28", "vendor-timeout"], currency: "CNY", calls: 1, succeeded: 0, billed: 0, maybeBilled: 1,
          spend: .zero, maybeSpend: Money(micros: 60_000), latency: 30_000),
      ])
    await ledger.close()
    loop.stop()
  }

  @Test("A query returns at most as many rows as it asks for")
  func limited() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let loop = try EventLoop.start(name: "test")
    let queue = ledger.queue(on: loop)
    await Task(executorPreference: loop) {
      for app in ["a", "b", "c"] { queue.append(.example(app: app)) }
    }.value
    await ledger.flush()
    var query = UsageQuery(
      from: WallTime(iso8601: "2026-11-27T00:00:00Z")!, to: WallTime(iso8601: "2026-11-28T00:00:00Z")!, by: [.app])
    query.limit = 2
    #expect(try await ledger.usage(query).get().map(\.values) == [["a"], ["b"]])
    await ledger.close()
    loop.stop()
  }

  @Test("An intent without a row becomes a row that may be billed, after a restart")
  func recovers() async throws {
    let first = try Ledger(StoreSettings(path: folder.path), strict) { _ in }
    let loop = try EventLoop.start(name: "test")
    let queue = first.queue(on: loop)
    await Task(executorPreference: loop) {
      _ = queue.appendIntent(.example(vendorId: nil, billed: .unknown))
      let (_, finished) = queue.appendIntent(.example(vendorId: nil, billed: .unknown))
      queue.append(.example(vendorId: "answered"), intent: finished)
      let (_, refused) = queue.appendIntent(.example(vendorId: nil, billed: .unknown))
      queue.withdraw(intent: refused)
    }.value
    await first.flush()
    await first.close()
    let second = try Ledger(StoreSettings(path: folder.path), strict) { _ in }
    #expect(
      folder.query(
        "SELECT ifnull(vendor_id, ''), reason, billed, delivery FROM calls JOIN series ON series.id = calls.series "
          + "ORDER BY vendor_id") == ["|vendor-timeout|unknown|unknown", "answered||yes|answered"])
    #expect(folder.query("SELECT count(*) FROM intents") == ["0"])
    await second.close()
    loop.stop()
  }

  private var strict: LedgerSettings {
    var settings = LedgerSettings()
    settings.durability = .strict
    return settings
  }

  @Test("A folder that a gateway uses is refused to a second one")
  func locked() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    let error = #expect(throws: StoreError.self) {
      _ = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    }
    #expect(error?.description.contains("is used by another process") == true)
    await ledger.close()
  }

  @Test("A database of a later version is refused and not changed")
  func newer() async throws {
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { _ in }
    await ledger.close()
    _ = folder.query("PRAGMA user_version = 99")
    let error = #expect(throws: StoreError.self) { _ = try LedgerDatabase(path: folder.path + "/ledger.db") }
    #expect(error?.description.contains("has version 99") == true)
    #expect(folder.query("PRAGMA user_version") == ["99"])
  }

  @Test("A damaged database is moved aside, and a new one is used")
  func damaged() async throws {
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: folder.path + "/ledger.db"))
    let events = Locked<[String]>([])
    let ledger = try Ledger(StoreSettings(path: folder.path), LedgerSettings()) { event in
      if case .movedAside(let path, _) = event { events.withLock { $0.append(path) } }
    }
    await ledger.close()
    let moved = events.withLock { $0 }
    #expect(moved.count == 1)
    #expect(moved.first.map { FileManager.default.fileExists(atPath: $0) } == true)
    #expect(folder.query("SELECT count(*) FROM calls") == ["0"])
  }

  @Test("Without a folder only sums are kept")
  func memory() async throws {
    let ledger = try Ledger(StoreSettings(path: nil), LedgerSettings()) { _ in }
    let loop = try EventLoop.start(name: "test")
    let queue = ledger.queue(on: loop)
    let written = await Task(executorPreference: loop) {
      await queue.waitUntilCommitted(queue.append(.example()))
    }.value
    #expect(written)
    await ledger.close()
    loop.stop()
  }
}

extension LedgerRow {
  /// A login of the app `shop`, billed with CNY 0.06.
  static func example(
    time: String = "2026-11-27T08:00:00Z", app: String = "shop", vendorId: String? = "v", billed: Billing = .yes,
    reason: FailureReason? = nil
  ) -> LedgerRow {
    LedgerRow(
      time: WallTime(iso8601: time)!,
      series: SeriesEntry(
        Series(
          gateway: "g", team: "t", app: app, account: "a", provider: "p", channel: .h5, operation: .login,
          stage: .login,
          carrier: .chinaMobile, outcome: reason == nil ? "ok" : "failed", reason: reason, delivery: .answered,
          billed: billed, currency: "CNY")),
      requestId: "00112233445566778899aabbccddeeff", transaction: "text id", vendorId: vendorId,
      price: Money(micros: 60_000), latency: 30_000)
  }
}

/// A folder that is removed at the end of the test.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array((NSTemporaryDirectory() + "numgate-store-XXXXXX").utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The rows of a query on `ledger.db` by SQLite's own shell: columns joined by `|`.
  func query(_ sql: String) -> [String] {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = [path + "/ledger.db", sql]
    process.standardOutput = pipe
    process.standardError = pipe
    do { try process.run() } catch { return ["sqlite3: \(error)"] }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
