import Networking
public import NumberAuth

/// Counts the verifications of a day for each phone number and app, in a table of fixed size: 4 MiB, 262,144 numbers.
/// A number is stored as a keyed hash, whose key is random in each process. A set of the table has eight places; if they are in use, the number
/// with the fewest calls loses its place, so that a flood of different numbers does not free a number that was tried
/// often.
public final class NumberCounts: Sendable {
  private static let sets = 32_768
  private static let places = 8

  private struct Place {
    /// 0: free.
    var tag: UInt64 = 0
    var day: Int32 = 0
    var count: Int32 = 0
  }

  /// Allocated at the first call.
  private let table = Locked<[Place]>([])

  public init() {}

  /// Counts a call and returns whether it is within the limit of its day. A refused call is not counted.
  public func admit(_ number: PhoneNumber, app: String, limit: Int, day: Int64) -> Bool {
    let tag = Self.hash(number, app)
    let first = Int(tag % UInt64(Self.sets)) * Self.places
    let day = Int32(truncatingIfNeeded: day)
    return table.withLock { table in
      if table.isEmpty { table = Array(repeating: Place(), count: Self.sets * Self.places) }
      var victim = first
      for index in first..<(first + Self.places) {
        let place = table[index]
        // A clock that is set back does not start an earlier day.
        if place.tag == tag, place.day >= day {
          guard place.count < limit else { return false }
          table[index].count += 1
          return true
        }
        let isWeaker =
          place.day != day
          ? table[victim].day == day || place.day < table[victim].day
          : table[victim].day == day && place.count < table[victim].count
        if isWeaker { victim = index }
      }
      table[victim] = Place(tag: tag, day: day, count: 1)
      return limit > 0
    }
  }

  /// SipHash with the random key of the process; not 0.
  private static func hash(_ number: PhoneNumber, _ app: String) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(app)
    hasher.combine(number)
    return max(1, UInt64(bitPattern: Int64(hasher.finalize())))
  }
}
