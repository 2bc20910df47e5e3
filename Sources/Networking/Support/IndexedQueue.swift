/// Identifies one element of an `IndexedQueue` until it leaves the queue.
public struct QueuePlace: Sendable, Hashable {
  fileprivate let slot: Int
  fileprivate let serial: UInt64
}

/// A first-in, first-out queue whose elements can also be removed from the middle. Every operation takes constant time.
/// The slots of removed elements are reused, so memory is proportional to the largest number of elements held at once.
public struct IndexedQueue<Element> {
  private struct Slot {
    var element: Element?
    var previous = -1
    var next = -1
    var serial: UInt64 = 0
  }

  private var slots: [Slot] = []
  private var head = -1
  private var tail = -1
  /// First free slot. Free slots are linked by `next`.
  private var free = -1
  /// Number of appended elements. A place is valid while its slot contains the serial number of its element.
  private var serial: UInt64 = 0
  public private(set) var count = 0

  public init() {}

  public var isEmpty: Bool { count == 0 }

  public var first: Element? { head < 0 ? nil : slots[head].element }

  /// The element at a place; nil if it has left the queue. Setting it does not change its position.
  public subscript(_ place: QueuePlace) -> Element? {
    get { holds(place) ? slots[place.slot].element : nil }
    set { if holds(place), let newValue { slots[place.slot].element = newValue } }
  }

  private func holds(_ place: QueuePlace) -> Bool {
    place.slot < slots.count && slots[place.slot].serial == place.serial
  }

  /// Appends an element to the end and returns its place.
  @discardableResult
  public mutating func append(_ element: Element) -> QueuePlace {
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
    return QueuePlace(slot: slot, serial: serial)
  }

  public mutating func popFirst() -> Element? {
    head < 0 ? nil : take(head)
  }

  /// Removes one element. Returns nil if it has already left the queue.
  public mutating func remove(_ place: QueuePlace) -> Element? {
    holds(place) ? take(place.slot) : nil
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
      // Releases the memory of a burst.
      slots = []
      free = -1
    }
    return element
  }
}
