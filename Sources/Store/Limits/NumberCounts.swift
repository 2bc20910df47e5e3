import Networking
public import NumberAuth

/// Counts the verifications of a day for each phone number and app, in a table of fixed size: 4 MiB, 262,144 numbers.
/// A number is stored as a part of its keyed hash. A set of the table has eight places; if they are in use, the number
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

  private let keys: StoreKeys
  /// Allocated at the first call.
  private let table = Locked<[Place]>([])

  public init(_ keys: StoreKeys) { self.keys = keys }

  /// Counts a call and returns whether it is within the limit of its day. A refused call is not counted.
  public func admit(_ number: PhoneNumber, app: String, limit: Int, day: Int64) -> Bool {
    let hash = keys.numberHash(number, for: "verify" + "\u{1f}" + app)
    let tag = hash[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } | 1
    let first = Int(hash[8..<12].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) % Self.sets * Self.places
    let day = Int32(truncatingIfNeeded: day)
    return table.withLock { table in
      if table.isEmpty { table = Array(repeating: Place(), count: Self.sets * Self.places) }
      var victim = first
      for index in first..<(first + Self.places) {
        let place = table[index]
        if place.tag == tag, place.day == day {
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
}
