/// A queue with one lane per key. Lanes are served in turn, and each lane in order of arrival, so that a burst in one
/// lane does not delay the others. Operations take constant time. An empty lane uses no memory.
public struct FairQueue<Element> {
  private struct Node {
    let element: Element
    let arrival: QueuePlace
  }

  private struct Place {
    let lane: String
    let place: QueuePlace
  }

  private struct Lane {
    var nodes = IndexedQueue<Node>()
    /// Place in `turns`.
    var turn: QueuePlace
  }

  private var lanes: [String: Lane] = [:]
  /// The lanes with elements, in the order in which they are served.
  private var turns = IndexedQueue<String>()
  /// All elements in order of arrival.
  private var arrivals = IndexedQueue<Place?>()

  public init() {}

  public var count: Int { arrivals.count }
  public var isEmpty: Bool { arrivals.isEmpty }

  /// The element that has waited longest.
  public var oldest: Element? {
    guard case .some(.some(let place)) = arrivals.first else { return nil }
    return lanes[place.lane]?.nodes[place.place]?.element
  }

  /// Appends an element to the end of a lane.
  public mutating func append(_ element: Element, lane: String) {
    if lanes[lane] == nil { lanes[lane] = Lane(turn: turns.append(lane)) }
    let arrival = arrivals.append(nil)
    let place = lanes[lane]!.nodes.append(Node(element: element, arrival: arrival))
    arrivals[arrival] = Place(lane: lane, place: place)
  }

  /// Removes the next element in turn.
  public mutating func popFirst() -> Element? {
    guard let lane = turns.popFirst(), let node = lanes[lane]!.nodes.popFirst() else { return nil }
    _ = arrivals.remove(node.arrival)
    if lanes[lane]!.nodes.isEmpty {
      lanes[lane] = nil
    } else {
      lanes[lane]!.turn = turns.append(lane)
    }
    return node.element
  }

  /// The element of each lane that has waited longest, in no order.
  public var oldestOfEachLane: some Sequence<Element> { lanes.values.lazy.compactMap { $0.nodes.first?.element } }

  /// Removes elements from the start of each lane while the predicate is true. The time is linear in the number of
  /// lanes.
  public mutating func removeOldestOfEachLane(while isRemoved: (Element) -> Bool) -> [Element] {
    var removed: [Element] = []
    for lane in Array(lanes.keys) {
      while let node = lanes[lane]?.nodes.first, isRemoved(node.element) {
        removed.append(node.element)
        _ = arrivals.remove(node.arrival)
        _ = lanes[lane]!.nodes.popFirst()
        removeIfEmpty(lane)
      }
    }
    return removed
  }

  private mutating func removeIfEmpty(_ lane: String) {
    guard lanes[lane]!.nodes.isEmpty else { return }
    _ = turns.remove(lanes[lane]!.turn)
    lanes[lane] = nil
  }

  /// Removes the element that has waited longest.
  public mutating func popOldest() -> Element? {
    guard case .some(.some(let place)) = arrivals.popFirst(),
      let node = lanes[place.lane]!.nodes.remove(place.place)
    else { return nil }
    removeIfEmpty(place.lane)
    return node.element
  }
}
