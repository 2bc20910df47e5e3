public import NumberAuth

/// The result of comparing a vendor's bill with the ledger.
public struct Reconciliation: Sendable {
  /// A number of calls or lines, and their price.
  public struct Sum: Sendable, Equatable {
    public var count = 0
    public var amount = Money.zero

    public init(count: Int = 0, amount: Money = .zero) {
      self.count = count
      self.amount = amount
    }

    mutating func add(_ price: Money?) {
      count += 1
      amount += price ?? .zero
    }

    mutating func add(_ other: Sum) {
      count += other.count
      amount += other.amount
    }
  }

  /// A kind of difference. The raw values are those of the output.
  public enum Kind: String, Sendable, CaseIterable {
    /// Billed according to the ledger, and not in the bill.
    case onlyHere = "only-here"
    /// In the bill, and not in the ledger.
    case onlyThere = "only-there"
    /// In both with different prices.
    case amount
    /// In the bill more often than in the ledger.
    case twice
    /// In the bill, and not billable according to the ledger.
    case notBillable = "not-billable"
  }

  /// One call or line that differs.
  public struct Difference: Sendable, Equatable {
    public var kind: Kind
    public var vendorId: String
    /// The line in the bill.
    public var line: Int?
    public var time: WallTime?
    public var operation: Operation?
    /// The price in the ledger.
    public var here: Money?
    /// The amount in the bill.
    public var there: Money?
    public var requestId: String?
  }

  /// The calls and lines of one day and operation that have no vendor's id, with those whose id the other side lacks.
  public struct Group: Sendable, Equatable {
    /// Days since 1970 in China time; nil if the bill has no times.
    public var day: Int64?
    /// nil: the bill has no operations, or their text is not mapped.
    public var operation: Operation?
    /// Billed calls without an id.
    public var here = Sum()
    /// Calls without an id that may be billed.
    public var maybe = Sum()
    /// Lines without an id.
    public var there = Sum()
    /// Billed calls whose id is not in the bill.
    public var onlyHere = Sum()
    /// Lines whose id is not in the ledger.
    public var onlyThere = Sum()

    /// The comparison by numbers. A line without an id can be any call that is not in the bill; a call without an id
    /// can be any line that is not in the ledger.
    var rest: Rest {
      var (here, maybe, there) = (here.count, maybe.count, there.count)
      var (onlyHere, onlyThere) = (onlyHere.count, onlyThere.count)
      func pair(_ left: inout Int, _ right: inout Int) {
        let count = min(left, right)
        left -= count
        right -= count
      }
      pair(&here, &there)
      pair(&onlyHere, &there)
      pair(&here, &onlyThere)
      pair(&maybe, &there)
      pair(&maybe, &onlyThere)
      return Rest(here: here, maybe: maybe, there: there, onlyHere: onlyHere, onlyThere: onlyThere)
    }

    struct Rest: Equatable {
      var here, maybe, there, onlyHere, onlyThere: Int
    }

    /// Whether the group has calls or lines without an id: then it is compared by numbers.
    public var isCounted: Bool { here.count + maybe.count + there.count > 0 }

    /// What the bill should contain beyond the calls that were found by their id: the billed calls, and as many of
    /// those that may be billed as there are lines for them.
    var expected: Money {
      let used = maybe.count - rest.maybe
      let share = maybe.count == 0 ? 0 : maybe.amount.micros / Int64(maybe.count) * Int64(used)
      return here.amount + onlyHere.amount + Money(micros: share)
    }
  }

  public internal(set) var account: String
  /// Start and end of the period; the end is not included.
  public internal(set) var from: WallTime
  public internal(set) var to: WallTime
  /// Empty if the account has no prices: amounts are not compared.
  public internal(set) var currency = ""
  /// Whether the bill has amounts.
  public internal(set) var hasAmounts = false

  /// Calls of the ledger that the vendor bills.
  public internal(set) var billed = Sum()
  /// Calls of the ledger that the vendor may bill.
  public internal(set) var maybeBilled = Sum()
  /// Lines of the bill in the period.
  public internal(set) var bill = Sum()
  /// Lines of the bill outside the period that were not found by their id. They are not compared.
  public internal(set) var outside = Sum()
  /// Calls found in the bill by their id, with the same price.
  public internal(set) var equal = Sum()
  /// Calls that may be billed and were found in the bill by their id.
  public internal(set) var confirmed = Sum()
  /// Vendor's ids that several calls of the ledger have.
  public internal(set) var sharedIds = 0

  /// Calls of each kind, also of those that are not listed. `amount`: the sum of the differences.
  public internal(set) var sums: [Kind: Sum] = [:]
  /// In the order of the bill; then those that are not in the bill. At most `Reconciler.listLimit`.
  public internal(set) var differences: [Difference] = []
  /// Sorted by day and operation.
  public internal(set) var groups: [Group] = []
  /// Lines that cannot be read. The first of them are listed.
  public internal(set) var invalidLines = 0
  public internal(set) var invalid: [(line: Int, reason: String)] = []
  /// Texts of the operation column that are not mapped, with their number of lines.
  public internal(set) var unknownOperations: [String: Int] = [:]
  /// First and last time in the bill.
  public internal(set) var billTimes: ClosedRange<WallTime>?

  /// Whether amounts are compared.
  public var comparesAmounts: Bool { hasAmounts && !currency.isEmpty }

  /// Whether all lines of the bill are outside the period.
  public var isOtherPeriod: Bool { bill.count == 0 && outside.count > 0 }

  public func isEqual(_ group: Group) -> Bool {
    let rest = group.rest
    guard rest.here == 0, rest.there == 0, rest.onlyHere == 0, rest.onlyThere == 0 else { return false }
    return !comparesAmounts || group.expected == group.there.amount + group.onlyThere.amount
  }

  /// Whether bill and ledger are equal and every line was compared.
  public var isEqual: Bool {
    sums.values.allSatisfy { $0.count == 0 } && groups.allSatisfy(isEqual) && invalidLines == 0 && !isOtherPeriod
  }

  /// The money in question: the amounts of all differences, without their signs.
  public var inQuestion: Money {
    var sum = Money.zero
    for kind in [Kind.amount, .twice, .notBillable] { sum += sums[kind]?.amount ?? .zero }
    for group in groups where !isEqual(group) {
      let rest = group.rest
      if rest.here + rest.there + rest.onlyHere + rest.onlyThere == 0 {
        sum += Money(micros: abs(group.expected.micros - group.there.amount.micros - group.onlyThere.amount.micros))
      }
      for (part, count) in [
        (group.here, rest.here), (group.there, rest.there), (group.onlyHere, rest.onlyHere),
        (group.onlyThere, rest.onlyThere),
      ] where count > 0 {
        // All of them if no other is left; otherwise the mean price.
        sum += part.count == count ? part.amount : Money(micros: part.amount.micros / Int64(part.count) * Int64(count))
      }
    }
    return sum
  }
}

/// Why a bill and a ledger cannot be compared.
public enum ReconcileError: Error, Sendable, CustomStringConvertible {
  case bill(BillError)
  case store(StoreError)

  public var description: String {
    switch self {
    case .bill(let error): "\(error)"
    case .store(let error): "\(error)"
    }
  }
}
