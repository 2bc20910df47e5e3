import Foundation
import NumberAuth
import Testing

@testable import Store

@Suite("A vendor's bill and the ledger") struct ReconciliationTests {
  let folder = TemporaryFolder()

  static let chinese = BillMapping(
    id: "流水号", time: "调用时间", operation: "业务", amount: "金额(元)", ["一键登录": .login, "号码校验": .verify])
  static let english = BillMapping(id: "id", time: "time", operation: "operation", amount: "price")

  /// Calls of November in two accounts.
  static let rows: [LedgerRow] = [
    .call("v1", "2026-11-01T02:00:00Z"), .call("v2", "2026-11-01T03:00:00Z"),
    .call("v3", "2026-11-02T01:30:00Z", .verify, price: 30_000),
    .call("v4", "2026-11-02T01:31:05Z", billed: .unknown), .call("v5", "2026-11-02T02:00:00Z", billed: .no, price: 0),
    .call(nil, "2026-11-03T04:00:00Z", billed: .unknown), .call("v6", "2026-11-30T15:59:59Z"),
    .call("b1", "2026-11-02T02:00:00Z", account: "b"),
  ]

  static func bill(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/Bills/" + name).path
  }

  private func reconcile(
    _ bill: String, _ mapping: BillMapping, _ rows: [LedgerRow] = rows, from: String? = "2026-11-01",
    to: String? = "2026-11-30", account: String = "a"
  ) throws -> Reconciliation {
    let database = try LedgerDatabase(path: folder.path + "/ledger.db")
    try database.write(rows.map { .call($0, intent: nil) }[...])
    return try Reconciler.reconcile(
      LedgerReader(folder: folder.path), account: account, bill: bill.hasPrefix("/") ? bill : Self.bill(bill), mapping,
      from: from.flatMap { UsageParameters.time($0, isEnd: false) },
      to: to.flatMap { UsageParameters.time($0, isEnd: true) })
  }

  @Test(
    "are equal if each billed call is in the bill, in UTF-8 with quotes and in GBK with a title",
    arguments: ["equal.csv", "gbk.csv"])
  func equal(_ bill: String) throws {
    let result = try reconcile(bill, Self.chinese)
    #expect(result.isEqual)
    #expect(
      result.table(limit: 10) == """
        account a, 2026-11-01 00:00:00 to 2026-12-01 00:00:00 in China time

                                       calls  amount
        ledger: billed                     4    0.21
        ledger: may be billed              2    0.12
        bill                               5    0.27
        equal by id                        5    0.27
          may be billed in the ledger      1    0.06

        without the vendor's id:
        day         operation  billed  maybe  only here  no id  only there  ledger  bill  result
        2026-11-03  login           0      1          0      0           0    0.00  0.00  equal

        equal
        """)
  }

  @Test("differ in rows only here, only there, in the amount, in repeated and in unbilled calls")
  func different() throws {
    let result = try reconcile("differences.csv", Self.english)
    #expect(!result.isEqual)
    #expect(
      result.table(limit: 10) == """
        account a, 2026-11-01 00:00:00 to 2026-12-01 00:00:00 in China time

                                       calls  amount
        ledger: billed                     4    0.21
        ledger: may be billed              2    0.12
        bill                               6    0.35
        equal by id                        2    0.09
        only here: not in the bill         1    0.06
        only there: not in the ledger      1    0.06
        amount: other price                1    0.02
        twice: more often in the bill      1    0.06
        not-billable in the ledger         1    0.06

        difference    line  time                 operation  ledger  bill  vendor's id  request
        amount           2  2026-11-01 10:00:00  login        0.06  0.08  v1
        twice            3  2026-11-01 10:00:00  login        0.06  0.06  v1
        not-billable     5  2026-11-02 10:00:00  login           -  0.06  v5
        only-there       6  2026-11-01 11:00:00  login           -  0.06  x7
        only-here        -  2026-11-01 11:00:00  login        0.06     -  v2           00112233445566778899aabbccddeeff

        without the vendor's id:
        day         operation  billed  maybe  only here  no id  only there  ledger  bill  result
        2026-11-03  login           0      1          0      0           0    0.00  0.00  equal

        operation 'sms' is not mapped: 1 line
        line 7: 2 fields, the header has 4
        line 8: the amount cannot be read
        line 9: the time cannot be read
        line 11: a quoted field has no end

        different: 0.26 CNY in question
        """)
    #expect(try result.csv + "\n" == String(contentsOfFile: Self.bill("differences.report.csv"), encoding: .utf8))
    #expect(try result.json + "\n" == String(contentsOfFile: Self.bill("differences.report.json"), encoding: .utf8))
  }

  @Test("are compared by day and operation if the bill has no ids")
  func withoutIds() throws {
    let mapping = BillMapping(id: nil, time: "day", operation: "operation", amount: "price")
    let result = try reconcile("without-ids.csv", mapping)
    #expect(
      result.table(limit: 10) == """
        account a, 2026-11-01 00:00:00 to 2026-12-01 00:00:00 in China time

                               calls  amount
        ledger: billed             4    0.21
        ledger: may be billed      2    0.12
        bill                       6    0.33
        equal by id                0    0.00

        without the vendor's id:
        day         operation  billed  maybe  only here  no id  only there  ledger  bill  result
        2026-11-01  login           2      0          0      2           0    0.12  0.12  equal
        2026-11-02  login           0      1          0      1           0    0.06  0.06  equal
        2026-11-02  verify          1      0          0      1           0    0.03  0.03  equal
        2026-11-03  login           0      1          0      2           0    0.06  0.12  different
        2026-11-30  login           1      0          0      0           0    0.06  0.00  different

        different: 0.12 CNY in question
        """)
  }

  @Test("A line whose id is not in the ledger can be a call for which the vendor returned no id")
  func unknownId() throws {
    let result = try reconcile("unknown-id.csv", Self.english)
    #expect(result.isEqual)
    #expect(
      result.table(limit: 10) == """
        account a, 2026-11-01 00:00:00 to 2026-12-01 00:00:00 in China time

                               calls  amount
        ledger: billed             4    0.21
        ledger: may be billed      2    0.12
        bill                       5    0.27
        equal by id                4    0.21

        without the vendor's id:
        day         operation  billed  maybe  only here  no id  only there  ledger  bill  result
        2026-11-03  login           0      1          0      0           1    0.06  0.06  equal

        equal
        """)
  }

  @Test("A bill of another month is recognised")
  func otherMonth() throws {
    let result = try reconcile("october.csv", Self.english)
    #expect(!result.isEqual)
    #expect(
      result.table(limit: 10) == """
        account a, 2026-11-01 00:00:00 to 2026-12-01 00:00:00 in China time

                                    calls  amount
        ledger: billed                  4    0.21
        ledger: may be billed           2    0.12
        bill                            0    0.00
        equal by id                     0    0.00
        only here: not in the bill      4    0.21
        bill: outside the period        2    0.12

        difference  line  time                 operation  ledger  bill  vendor's id  request
        only-here      -  2026-11-01 10:00:00  login        0.06     -  v1           00112233445566778899aabbccddeeff
        only-here      -  2026-11-01 11:00:00  login        0.06     -  v2           00112233445566778899aabbccddeeff
        only-here      -  2026-11-02 09:30:00  verify       0.03     -  v3           00112233445566778899aabbccddeeff
        only-here      -  2026-11-30 23:59:59  login        0.06     -  v6           00112233445566778899aabbccddeeff

        without the vendor's id:
        day         operation  billed  maybe  only here  no id  only there  ledger  bill  result
        2026-11-03  login           0      1          0      0           0    0.00  0.00  equal

        all lines of the bill are outside the period: they are of 2026-10-01 to 2026-10-31; set --from and --to

        different: 0.21 CNY in question
        """)
  }

  @Test("The period is that of the bill if it is not given")
  func period() throws {
    let result = try reconcile("october.csv", Self.english, from: nil, to: nil)
    #expect(result.from == UsageParameters.time("2026-10-01", isEnd: false))
    #expect(result.to == UsageParameters.time("2026-10-31", isEnd: true))
    #expect(result.sums[.onlyThere] == .init(count: 2, amount: Money(micros: 120_000)))
    #expect(result.table(limit: 1).contains("… and 1 more"))
  }

  @Test("A call at the end of the period is found although the vendor's clock is ahead")
  func clocks() throws {
    let path = folder.path + "/bill.csv"
    try Data("id,time,operation,price\nv6,2026-12-01 00:00:03,login,0.06\n".utf8)
      .write(to: URL(fileURLWithPath: path))
    let november = try reconcile(path, Self.english, [.call("v6", "2026-11-30T15:59:59Z")])
    #expect(november.isEqual)
    #expect(november.bill.count == 1)
    let december = try reconcile(
      path, Self.english, [.call("v7", "2026-11-30T15:59:58Z")], from: "2026-12-01", to: "2026-12-31")
    #expect(december.isEqual)
  }

  @Test("Two calls with one id are two lines of the bill")
  func sharedIds() throws {
    let rows: [LedgerRow] = [.call("v", "2026-11-01T02:00:00Z"), .call("v", "2026-11-01T02:00:01Z")]
    let path = folder.path + "/bill.csv"
    func bill(_ lines: Int) throws -> Reconciliation {
      try Data(
        ("id,time,operation,price\n" + String(repeating: "v,2026-11-01 10:00:00,login,0.06\n", count: lines)).utf8
      ).write(to: URL(fileURLWithPath: path))
      return try reconcile(path, Self.english, lines == 1 ? rows : [])
    }
    #expect(try bill(1).sums == [.onlyHere: .init(count: 1, amount: Money(micros: 60_000))])
    #expect(try bill(2).isEqual)
    #expect(try bill(3).sums == [.twice: .init(count: 1, amount: Money(micros: 60_000))])
  }

  @Test("A file without the columns is refused, and digits of its first line are not shown")
  func columns() throws {
    let error = #expect(throws: ReconcileError.self) { try reconcile("differences.csv", Self.chinese) }
    #expect(
      error?.description
        == "the bill has no column '流水号', '调用时间', '业务', '金额(元)'; its columns are 'id', 'time', 'operation', 'price'")
    let path = folder.path + "/bill.csv"
    try Data("v1,13800000000\nv2,13800000000".utf8).write(to: URL(fileURLWithPath: path))
    let other = #expect(throws: ReconcileError.self) { try reconcile(path, Self.english, []) }
    #expect(
      other?.description
        == "the bill has no column 'id', 'time', 'operation', 'price'; its columns are 'v1', '(digits)'")
    #expect(throws: ReconcileError.self) { try reconcile("no-such-file.csv", Self.english, []) }
    #expect(throws: ReconcileError.self) { try reconcile("equal.csv", BillMapping(), []) }
    #expect(throws: ReconcileError.self) {
      try reconcile("differences.csv", BillMapping(id: "id", time: nil, operation: nil, amount: nil), [], from: nil)
    }
  }

  @Test(
    "Times of bills",
    arguments: [
      ("2026-11-01 10:00:00", "2026-11-01T02:00:00Z"), ("2026/11/1 9:05", "2026-11-01T01:05:00Z"),
      ("20261101", "2026-10-31T16:00:00Z"), ("20261101100000", "2026-11-01T02:00:00Z"),
      ("20261101100000123", "2026-11-01T02:00:00Z"), ("1793498400", "2026-11-01T02:00:00Z"),
      ("1793498400000", "2026-11-01T02:00:00Z"), ("2026年11月1日10时0分0秒", "2026-11-01T02:00:00Z"),
      ("2026-11-01T02:00:00.500Z", "2026-11-01T02:00:00Z"), ("2026-11-01T10:00:00+08:00", "2026-11-01T02:00:00Z"),
      ("2026-02-30", nil), ("11/01/2026", nil), ("", nil), ("yesterday", nil), ("2026-11-01 25:00:00", nil),
    ])
  func times(_ text: String, _ expected: String?) {
    #expect(BillValue.time(text, .china)?.iso8601 == expected)
  }

  @Test(
    "Amounts of bills",
    arguments: [
      ("0.06", 60_000), ("-1,234.50", -1_234_500_000), ("¥0.06", 60_000), ("0.06元", 60_000), ("0.0600000000", 60_000),
      ("CNY 3", 3_000_000), ("7.", 7_000_000), ("0.0000001", nil), ("", nil), ("1e3", nil), ("free", nil), ("--1", nil),
    ] as [(String, Int64?)])
  func amounts(_ text: String, _ expected: Int64?) {
    #expect(BillValue.amount(text)?.micros == expected)
  }

  @Test("CSV has the same records for each size of the pieces", arguments: [1, 2, 3, 7, 1000])
  func pieces(_ size: Int) {
    let text = "\u{feff}a,b\r\n\r\n\"x,\"\"y\"\"\r\nz\",\r1,2\n,\n\"\",\"q\"\n\"open"
    var (parser, found): (CSVParser, [String]) = (CSVParser(), [])
    func take(_ record: CSVRecord) {
      let fields = (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) }
      found.append("\(record.line): \(fields)" + (record.problem == nil ? "" : " unterminated"))
    }
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      parser.parse(bytes[start..<min(start + size, bytes.count)], take)
    }
    parser.finish(take)
    #expect(
      found == [
        #"1: ["a", "b"]"#, "3: [\"x,\\\"y\\\"\\r\\nz\", \"\"]", #"5: ["1", "2"]"#, #"6: ["", ""]"#, #"7: ["", "q"]"#,
        #"8: ["open"] unterminated"#,
      ])
  }

  @Test("A field without an end is not read into the memory")
  func longRecord() {
    var (parser, problems): (CSVParser, [CSVRecord.Problem?]) = (CSVParser(), [])
    parser.parse([UInt8(ascii: "\"")] + [UInt8](repeating: 0x61, count: 1_000_000)) { problems.append($0.problem) }
    parser.finish {
      problems.append($0.problem)
      #expect($0[0].count == CSVParser.longestRecord)
    }
    #expect(problems == [.tooLong])
  }

  @Test("A million calls are found by their ids in about 50 MB")
  func large() {
    var table = CallTable()
    for number in 0..<100_000 {
      _ = table.add("id-\(number)", price: Money(micros: Int64(number)), billed: .yes, hasPrice: true)
    }
    let areFound = (0..<100_000).allSatisfy { (number: Int) in table.position(of: "id-\(number)") == number }
    #expect(areFound)
    #expect(table.position(of: "id-100000") == nil)
    #expect(MemoryLayout<CallTable.Entry>.stride == 32)
  }

  @Test("Rows that are older than the time to keep them are removed")
  func retention() throws {
    let database = try LedgerDatabase(path: folder.path + "/ledger.db")
    try database.write(Self.rows.map { .call($0, intent: nil) }[...])
    let now = try #require(WallTime(iso8601: "2026-11-04T02:00:00Z"))
    #expect(try !database.removeExpired(at: now, keep: .seconds(2 * 86_400)))
    #expect(folder.query("SELECT count(*) FROM calls") == ["4"])
  }
}

extension BillMapping {
  init(
    id: String?, time: String?, operation: String?, amount: String?, _ operations: [String: NumberAuth.Operation] = [:]
  ) {
    self.init()
    (self.id, self.time, self.operation, self.amount) = (id, time, operation, amount)
    self.operations = operations
  }
}

extension LedgerRow {
  static func call(
    _ vendorId: String?, _ time: String, _ operation: NumberAuth.Operation = .login, account: String = "a",
    billed: Billing = .yes, price: Int64 = 60_000
  ) -> LedgerRow {
    var row = LedgerRow.example(time: time, vendorId: vendorId, billed: billed)
    var series = row.series.series
    (series.account, series.operation) = (account, operation)
    row.series = SeriesEntry(series)
    row.price = Money(micros: price)
    return row
  }
}
