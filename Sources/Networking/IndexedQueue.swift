/// A first-in, first-out queue whose elements can also be removed from the middle. Every operation takes constant time.
/// The slots of removed elements are reused, so memory is proportional to the largest number of elements held at once.
public struct IndexedQueue<Element> {
  /// Identifies one element until it leaves the queue.
  public struct Place: Sendable, Hashable {
    fileprivate let slot: Int
    fileprivate let serial: UInt64
  }

  private struct Slot {
    var element: Element?
    var previous = -1
    var next = -1
    var serial: UInt64 = 0
  }

  private var slots: [Slot] = []
  private var head = -1
  private var tail = -1
  /// First free slot; the free slots are linked by `next`.
  private var free = -1
  /// Number of elements ever appended: a place is valid while its slot holds the serial number of its element.
  private var serial: UInt64 = 0
  public private(set) var count = 0

  public init() {}

  public var isEmpty: Bool { count == 0 }

  public var first: Element? { head < 0 ? nil : slots[head].element }

  @discardableResult
  public mutating func append(_ element: Element) -> Place {
    let slot: Int
    if free >= 0 {
      slot = free
      free = slots[slot].next
    } else {
      slot = slots.count
      slots.append(Slot())
    }
    serial += 1
    slots[slot].element = element
    slots[slot].serial = serial
    slots[slot].previous = tail
    slots[slot].next = -1
    if tail >= 0 { slots[tail].next = slot } else { head = slot }
    tail = slot
    count += 1
    return Place(slot: slot, serial: serial)
  }

  public mutating func popFirst() -> Element? {
    head < 0 ? nil : take(head)
  }

  /// Removes one element; nil if it has left the queue already.
  public mutating func remove(_ place: Place) -> Element? {
    guard place.slot < slots.count, slots[place.slot].serial == place.serial else { return nil }
    return take(place.slot)
  }

  private mutating func take(_ slot: Int) -> Element? {
    let element = slots[slot].element
    let (previous, next) = (slots[slot].previous, slots[slot].next)
    if previous >= 0 { slots[previous].next = next } else { head = next }
    if next >= 0 { slots[next].previous = previous } else { tail = previous }
    slots[slot].element = nil
    slots[slot].serial = 0
    slots[slot].next = free
    free = slot
    count -= 1
    if count == 0, slots.count > 64 {
      // A burst must not keep its memory.
      slots = []
      free = -1
    }
    return element
  }
}
