import Networking

/// A queue with one lane per key. Lanes are served in turn and each lane in order of arrival, so that a burst in one lane
/// does not delay the others. Every operation takes constant time; a lane without elements takes no memory.
struct FairQueue<Element> {
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
  /// The lanes that hold elements, the next one to be served first.
  private var turns = IndexedQueue<String>()
  /// All elements in order of arrival.
  private var arrivals = IndexedQueue<Place?>()

  var count: Int { arrivals.count }
  var isEmpty: Bool { arrivals.isEmpty }

  /// The element that has waited longest.
  var oldest: Element? {
    guard case .some(.some(let place)) = arrivals.first else { return nil }
    return lanes[place.lane]?.nodes[place.place]?.element
  }

  mutating func append(_ element: Element, lane: String) {
    if lanes[lane] == nil { lanes[lane] = Lane(turn: turns.append(lane)) }
    let arrival = arrivals.append(nil)
    let place = lanes[lane]!.nodes.append(Node(element: element, arrival: arrival))
    arrivals[arrival] = Place(lane: lane, place: place)
  }

  /// Removes the next element in turn.
  mutating func popFirst() -> Element? {
    guard let lane = turns.popFirst(), let node = lanes[lane]!.nodes.popFirst() else { return nil }
    _ = arrivals.remove(node.arrival)
    if lanes[lane]!.nodes.isEmpty {
      lanes[lane] = nil
    } else {
      lanes[lane]!.turn = turns.append(lane)
    }
    return node.element
  }

  /// Removes the element that has waited longest.
  mutating func popOldest() -> Element? {
    guard case .some(.some(let place)) = arrivals.popFirst(),
      let node = lanes[place.lane]!.nodes.remove(place.place)
    else { return nil }
    if lanes[place.lane]!.nodes.isEmpty {
      _ = turns.remove(lanes[place.lane]!.turn)
      lanes[place.lane] = nil
    }
    return node.element
  }
}
