public import NumberAuth

/// Compares a vendor's bill with the ledger: by the vendor's id, and by day and operation if ids are missing. Reads the
/// ledger once or twice and the bill once or twice; both are read in pieces. The memory is that of `CallTable`, and of
/// at most `listLimit` differences.
public final class Reconciler {
  /// Maximum number of differences that are listed; further ones are counted.
  static let listLimit = 100_000
  /// Maximum number of lines that are listed as invalid, and of texts of operations.
  static let invalidLimit = 20
  /// Calls this close to the period are used to find lines by their id: the clocks of vendor and gateway differ.
  static let margin = Duration.seconds(3600)

  private let source: any CallSource
  private let reader: BillReader
  private let mapping: BillMapping
  private var table = CallTable()
  private var groups: [GroupKey: Reconciliation.Group] = [:]
  private var result: Reconciliation

  private struct GroupKey: Hashable {
    var day: Int64?
    var operation: Operation?
  }

  /// - Parameters:
  ///   - from: nil: the day of the first time in the bill.
  ///   - to: Not included; nil: the end of the day of the last time in the bill.
  public static func reconcile(
    _ source: any CallSource, account: String, bill path: String, _ mapping: BillMapping, from: WallTime?,
    to: WallTime?
  ) throws(ReconcileError) -> Reconciliation {
    guard mapping.id != nil || mapping.time != nil else { throw .bill(.mapping) }
    let reader = BillReader(path: path, mapping: mapping)
    let period = try Self.billed { () throws(BillError) in try Self.period(reader, from, to) }
    let reconciler = Reconciler(
      source: source, reader: reader, mapping: mapping,
      result: Reconciliation(account: account, from: period.from, to: period.to))
    try reconciler.readLedger()
    try reconciler.readBill()
    try reconciler.listMissing()
    reconciler.finish()
    return reconciler.result
  }

  private init(source: any CallSource, reader: BillReader, mapping: BillMapping, result: Reconciliation) {
    self.source = source
    self.reader = reader
    self.mapping = mapping
    self.result = result
    self.result.hasAmounts = mapping.amount != nil
  }

  private static func billed<Value>(
    _ body: () throws(BillError) -> Value
  ) throws(ReconcileError) -> Value {
    do throws(BillError) { return try body() } catch { throw .bill(error) }
  }

  /// The given period, or the days of the bill.
  private static func period(
    _ reader: BillReader, _ from: WallTime?, _ to: WallTime?
  ) throws(BillError) -> (from: WallTime, to: WallTime) {
    if let from, let to { return (from, to) }
    var times: ClosedRange<WallTime>?
    try reader.readEntries { entry in
      guard case .row(let row) = entry, let time = row.time else { return }
      times = min(times?.lowerBound ?? time, time)...max(times?.upperBound ?? time, time)
    }
    guard let times else { throw .period }
    return (
      from ?? ChinaDay.start(ChinaDay.of(times.lowerBound)), to ?? ChinaDay.start(ChinaDay.of(times.upperBound) + 1)
    )
  }

  private func isInside(_ time: WallTime) -> Bool { result.from <= time && time < result.to }

  private func key(_ time: WallTime?, _ operation: Operation?) -> GroupKey {
    GroupKey(
      day: mapping.time == nil ? nil : time.map(ChinaDay.of), operation: mapping.operation == nil ? nil : operation)
  }

  private func forEachCall(
    margin: Duration, _ body: (BillableCall) -> Void
  ) throws(ReconcileError) {
    do throws(StoreError) {
      try source.forEachCall(
        account: result.account, from: result.from.advanced(by: .zero - margin), to: result.to.advanced(by: margin),
        body)
    } catch {
      throw .store(error)
    }
  }

  private func readLedger() throws(ReconcileError) {
    try forEachCall(margin: Self.margin) { call in
      let isInside = isInside(call.time)
      if result.currency.isEmpty { result.currency = call.currency }
      if isInside {
        if call.billed == .yes { result.billed.add(call.price) }
        if call.billed == .unknown { result.maybeBilled.add(call.price) }
      }
      if mapping.id != nil, let id = call.vendorId {
        if !table.add(id, price: call.price, billed: call.billed, hasPrice: !call.currency.isEmpty) {
          result.sharedIds += 1
        }
      } else if isInside, call.billed != .no {
        let key = key(call.time, call.operation)
        if call.billed == .yes {
          groups[key, default: .init()].here.add(call.price)
        } else {
          groups[key, default: .init()].maybe.add(call.price)
        }
      }
    }
  }

  private func readBill() throws(ReconcileError) {
    try Self.billed { () throws(BillError) in
      try reader.readEntries { entry in
        switch entry {
        case .row(let row): take(row)
        case .invalid(let line, let reason):
          result.invalidLines += 1
          if result.invalid.count < Self.invalidLimit { result.invalid.append((line, reason)) }
        case .unknownOperation(let text):
          let shown = BillValue.shown(text)
          if result.unknownOperations.count < Self.invalidLimit
            || result.unknownOperations[shown] != nil
          {
            result.unknownOperations[shown, default: 0] += 1
          }
        }
      }
    }
  }

  private func take(_ row: BillRow) {
    if let time = row.time {
      let times = result.billTimes ?? time...time
      result.billTimes = min(times.lowerBound, time)...max(times.upperBound, time)
    }
    guard let id = row.id, let position = table.position(of: id) else {
      guard row.time.map(isInside) != false else { return result.outside.add(row.amount) }
      result.bill.add(row.amount)
      let key = key(row.time, row.operation)
      if let id = row.id {
        groups[key, default: .init()].onlyThere.add(row.amount)
        list(.onlyThere, id, row)
      } else {
        groups[key, default: .init()].there.add(row.amount)
      }
      return
    }
    result.bill.add(row.amount)
    table.addLine(position)
    let entry = table.entries[position]
    let price = Money(micros: entry.price)
    if entry.calls == 0 {
      result.sums[.notBillable, default: .init()].add(row.amount)
      list(.notBillable, id, row)
    } else if entry.lines > entry.calls {
      result.sums[.twice, default: .init()].add(row.amount)
      list(.twice, id, row, here: price)
    } else if let amount = row.amount, entry.hasPrice, amount != price {
      result.sums[.amount, default: .init()].add(Money(micros: abs(amount.micros - price.micros)))
      list(.amount, id, row, here: price)
    } else {
      result.equal.add(price)
      if entry.billed == .unknown { result.confirmed.add(price) }
    }
  }

  private func list(_ kind: Reconciliation.Kind, _ id: String, _ row: BillRow, here: Money? = nil) {
    guard result.differences.count < Self.listLimit else { return }
    result.differences.append(
      .init(
        kind: kind, vendorId: id, line: row.line, time: row.time, operation: row.operation,
        here: result.currency.isEmpty ? nil : here, there: row.amount, requestId: nil))
  }

  /// Reads the ledger again if calls are not in the bill. Each line of an id accounts for one call.
  private func listMissing() throws(ReconcileError) {
    guard table.entries.contains(where: { $0.lines < $0.calls }) else { return }
    try forEachCall(margin: .zero) { call in
      guard call.billed != .no, let id = call.vendorId, let position = table.position(of: id),
        !table.removeLine(position), call.billed == .yes
      else { return }
      groups[key(call.time, call.operation), default: .init()].onlyHere.add(call.price)
      guard result.differences.count < Self.listLimit else { return }
      result.differences.append(
        .init(
          kind: .onlyHere, vendorId: id, line: nil, time: call.time, operation: call.operation,
          here: call.currency.isEmpty ? nil : call.price, there: nil, requestId: call.requestId))
    }
  }

  /// Removes listed calls and lines that the comparison by numbers explains.
  private func finish() {
    var rests: [GroupKey: Reconciliation.Group.Rest] = [:]
    for (key, var group) in groups {
      (group.day, group.operation) = (key.day, key.operation)
      let rest = group.rest
      rests[key] = rest
      if rest.onlyHere > 0 { result.sums[.onlyHere, default: .init()].add(group.onlyHere) }
      if rest.onlyThere > 0 { result.sums[.onlyThere, default: .init()].add(group.onlyThere) }
      result.groups.append(group)
    }
    result.groups.sort {
      ($0.day ?? .min, $0.operation?.rawValue ?? "") < ($1.day ?? .min, $1.operation?.rawValue ?? "")
    }
    result.differences.removeAll { difference in
      let rest = rests[key(difference.time, difference.operation)]
      return switch difference.kind {
      case .onlyHere: rest?.onlyHere == 0
      case .onlyThere: rest?.onlyThere == 0
      case .amount, .twice, .notBillable: false
      }
    }
  }
}
