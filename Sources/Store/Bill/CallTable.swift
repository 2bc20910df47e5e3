import Cryptography
import NumberAuth

/// The calls of a period by the vendor's id, stored as the first 16 bytes of its SHA-256. A call needs an entry
/// of 32 bytes and two to four slots of 4 bytes. A process that compares a million calls needs 81 MB.
struct CallTable {
  struct Entry {
    fileprivate let key: (UInt64, UInt64)
    fileprivate(set) var price: Int64
    /// Calls with this id that are or may be billed.
    fileprivate(set) var calls: UInt16
    /// Lines with this id in the bill.
    fileprivate(set) var lines: UInt16 = 0
    fileprivate(set) var billed: Billing
    fileprivate(set) var hasPrice: Bool
  }

  private(set) var entries: [Entry] = []
  /// Positions in `entries`, plus one; 0: free. At most half of them are used.
  private var slots = [UInt32](repeating: 0, count: 1024)

  /// Adds a call. Returns false if another call that is or may be billed has this id too. Calls that are not billed do
  /// not count.
  mutating func add(_ id: String, price: Money, billed: Billing, hasPrice: Bool) -> Bool {
    let key = Self.key(id)
    let slot = slot(of: key)
    let calls: UInt16 = billed == .no ? 0 : 1
    guard slots[slot] == 0 else {
      guard calls > 0 else { return true }
      let position = Int(slots[slot]) - 1
      let isFirst = entries[position].calls == 0
      if isFirst {
        (entries[position].price, entries[position].billed) = (price.micros, billed)
        entries[position].hasPrice = hasPrice
      }
      if entries[position].calls < .max { entries[position].calls += 1 }
      return isFirst
    }
    entries.append(Entry(key: key, price: price.micros, calls: calls, billed: billed, hasPrice: hasPrice))
    slots[slot] = UInt32(entries.count)
    if entries.count * 2 > slots.count { grow() }
    return true
  }

  /// The position of an id in `entries`.
  func position(of id: String) -> Int? {
    let position = slots[slot(of: Self.key(id))]
    return position == 0 ? nil : Int(position) - 1
  }

  /// Counts a line of the bill.
  mutating func addLine(_ position: Int) {
    if entries[position].lines < .max { entries[position].lines += 1 }
  }

  /// Removes a line of the bill. Returns false if no line is left.
  mutating func removeLine(_ position: Int) -> Bool {
    guard entries[position].lines > 0 else { return false }
    entries[position].lines -= 1
    return true
  }

  private static func key(_ id: String) -> (UInt64, UInt64) {
    let digest = DigestAlgorithm.sha256.hash(Array(id.utf8))
    func word(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
    return (word(digest.prefix(8)), word(digest.dropFirst(8).prefix(8)))
  }

  /// The slot of a key, or the free slot for it.
  private func slot(of key: (UInt64, UInt64)) -> Int {
    var slot = Int(truncatingIfNeeded: key.0) & (slots.count - 1)
    while slots[slot] != 0, entries[Int(slots[slot]) - 1].key != key { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (position, entry) in entries.enumerated() { slots[slot(of: entry.key)] = UInt32(position + 1) }
  }
}
