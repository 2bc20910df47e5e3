import JSON
import NumberAuth

/// The result as text for the command line.
extension Reconciliation {
  /// - Parameter limit: Maximum number of differences that are printed.
  public func table(limit: Int) -> String {
    var parts = ["account \(account), \(ChinaDay.text(from)) to \(ChinaDay.text(to)) in China time"]
    parts.append(
      Self.aligned([["", "calls", "amount"]] + summary.map { [$0.0, "\($0.1.count)", money($0.1.amount)] }))
    if !differences.isEmpty {
      let rows = differences.prefix(limit).map { difference in
        [
          difference.kind.rawValue, difference.line.map(String.init) ?? "-", difference.time.map(ChinaDay.text) ?? "-",
          difference.operation?.rawValue ?? "-", difference.here?.description ?? "-",
          difference.there?.description ?? "-", difference.vendorId, difference.requestId ?? "",
        ]
      }
      let header = ["difference", "line", "time", "operation", "ledger", "bill", "vendor's id", "request"]
      parts.append(Self.aligned([header] + rows, texts: [0, 2, 3, 6, 7]) + more(than: min(limit, differences.count)))
    }
    if groups.contains(where: \.isCounted) {
      let rows = groups.filter(\.isCounted).map { group in
        [
          group.day.map { ChinaDay.text($0) } ?? "-", group.operation?.rawValue ?? "-", "\(group.here.count)",
          "\(group.maybe.count)", "\(group.onlyHere.count)", "\(group.there.count)", "\(group.onlyThere.count)",
          money(group.expected), hasAmounts ? money(group.there.amount + group.onlyThere.amount) : "-",
          isEqual(group) ? "equal" : "different",
        ]
      }
      let header = [
        "day", "operation", "billed", "maybe", "only here", "no id", "only there", "ledger", "bill", "result",
      ]
      parts.append("without the vendor's id:\n" + Self.aligned([header] + rows, texts: [0, 1, 9]))
    }
    parts += [notes.joined(separator: "\n")].filter { !$0.isEmpty }
    parts.append(isEqual ? "equal" : "different: \(money(inQuestion, withCurrency: true)) in question")
    return parts.joined(separator: "\n\n")
  }

  /// One line for each difference.
  public var csv: String {
    var lines = [["difference", "line", "time", "operation", "ledger", "bill", "vendor_id", "request", "count"]]
    for difference in differences {
      lines.append([
        difference.kind.rawValue, difference.line.map(String.init) ?? "", difference.time?.iso8601 ?? "",
        difference.operation?.rawValue ?? "", difference.here?.description ?? "", difference.there?.description ?? "",
        difference.vendorId, difference.requestId ?? "", "1",
      ])
    }
    for group in groups where group.isCounted && !isEqual(group) {
      lines.append([
        "without-id", "", group.day.map { ChinaDay.text($0) } ?? "", group.operation?.rawValue ?? "",
        money(group.expected), hasAmounts ? (group.there.amount + group.onlyThere.amount).description : "", "", "",
        "\(group.rest.here + group.rest.there)",
      ])
    }
    for (line, reason) in invalid { lines.append(["invalid", "\(line)", "", "", "", "", "", reason, "1"]) }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\n")
  }

  public var json: String {
    var writer = JSONWriter(reservingCapacity: 4096)
    writer.object { root in
      root.member("account", account)
      root.member("from", from.iso8601)
      root.member("to", to.iso8601)
      root.member("currency", currency)
      root.member("equal", isEqual)
      root.member("inQuestion", inQuestion.description)
      root.object("sums") { sums in
        for (name, sum) in [
          ("billed", billed), ("maybeBilled", maybeBilled), ("bill", bill), ("outside", outside), ("matched", equal),
          ("matchedMaybeBilled", confirmed),
        ] + Kind.allCases.map({ ($0.rawValue, self.sums[$0] ?? Sum()) }) {
          sums.object(named: name) {
            $0.member("calls", sum.count)
            $0.member("amount", sum.amount.description)
          }
        }
      }
      root.array("differences") { array in
        for difference in differences { array.object { Self.write(difference, &$0) } }
      }
      root.array("withoutId") { array in
        for group in groups where group.isCounted { array.object { write(group, &$0) } }
      }
      root.member("invalidLines", invalidLines)
      root.array("notes") { array in
        for note in notes { array.value(note) }
      }
    }
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ difference: Difference, _ object: inout JSONWriter) {
    object.member("kind", difference.kind.rawValue)
    if let line = difference.line { object.member("line", line) }
    if let time = difference.time { object.member("time", time.iso8601) }
    if let operation = difference.operation { object.member("operation", operation.rawValue) }
    if let here = difference.here { object.member("ledger", here.description) }
    if let there = difference.there { object.member("bill", there.description) }
    object.member("vendorId", difference.vendorId)
    if let request = difference.requestId { object.member("requestId", request) }
  }

  private func write(_ group: Group, _ object: inout JSONWriter) {
    if let day = group.day { object.member("day", ChinaDay.text(day)) }
    if let operation = group.operation { object.member("operation", operation.rawValue) }
    object.member("billed", group.here.count)
    object.member("maybeBilled", group.maybe.count)
    object.member("onlyHere", group.onlyHere.count)
    object.member("bill", group.there.count)
    object.member("onlyThere", group.onlyThere.count)
    object.member("ledgerAmount", group.expected.description)
    object.member("billAmount", (group.there.amount + group.onlyThere.amount).description)
    object.member("equal", isEqual(group))
  }

  private var summary: [(String, Sum)] {
    var rows = [
      ("ledger: billed", billed), ("ledger: may be billed", maybeBilled), ("bill", bill), ("equal by id", equal),
    ]
    if confirmed.count > 0 { rows.append(("  may be billed in the ledger", confirmed)) }
    let texts: [(Kind, String)] = [
      (.onlyHere, "only here: not in the bill"), (.onlyThere, "only there: not in the ledger"),
      (.amount, "amount: other price"), (.twice, "twice: more often in the bill"),
      (.notBillable, "not-billable in the ledger"),
    ]
    for (kind, text) in texts { if let sum = sums[kind], sum.count > 0 { rows.append((text, sum)) } }
    if outside.count > 0 { rows.append(("bill: outside the period", outside)) }
    return rows
  }

  private func money(_ amount: Money, withCurrency: Bool = false) -> String {
    amount.description + (withCurrency && !currency.isEmpty ? " " + currency : "")
  }

  private func more(than printed: Int) -> String {
    let listed = [Kind.onlyHere, .onlyThere, .amount, .twice, .notBillable].reduce(0) { $0 + (sums[$1]?.count ?? 0) }
    return listed > printed ? "\n… and \(listed - printed) more" : ""
  }

  /// What limits the comparison.
  private var notes: [String] {
    var notes: [String] = []
    if isOtherPeriod, let times = billTimes {
      notes.append(
        "all lines of the bill are outside the period: they are of \(ChinaDay.text(ChinaDay.of(times.lowerBound))) to "
          + "\(ChinaDay.text(ChinaDay.of(times.upperBound))); set --from and --to")
    }
    if billed.count + maybeBilled.count == 0 {
      notes.append("the ledger has no billed calls of this account in the period")
    }
    if currency.isEmpty, billed.count > 0 {
      notes.append("the account had no prices: amounts are not compared")
    } else if !hasAmounts {
      notes.append("the bill has no amounts: only calls are compared, and missing amounts count as 0")
    }
    if sharedIds > 0 { notes.append("\(sharedIds) calls of the ledger have the vendor's id of another call") }
    for (text, count) in unknownOperations.sorted(by: { $0.key < $1.key }) {
      notes.append("operation '\(text)' is not mapped: \(count) \(count == 1 ? "line" : "lines")")
    }
    for (line, reason) in invalid { notes.append("line \(line): \(reason)") }
    if invalidLines > invalid.count { notes.append("\(invalidLines - invalid.count) more lines cannot be read") }
    return notes
  }

  /// Columns of text are aligned left, the others right.
  private static func aligned(_ lines: [[String]], texts: Set<Int> = [0]) -> String {
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      var text = line.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - line[column].count)
        return texts.contains(column) ? line[column] + padding : padding + line[column]
      }.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }

  private static func quoted(_ field: String) -> String {
    field.contains { ",\"\r\n".contains($0) }
      ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : field
  }
}
