import Networking

/// A queue with one lane per key. Lanes are served in turn and each lane in order of arrival, so that a burst in one lane
/// does not delay the others. Every operation takes constant time; a lane without elements takes no memory.
struct FairQueue<Element> {
  /// Identifies one element until it leaves the queue.
  struct Place: Sendable, Hashable {
    fileprivate let lane: String
    fileprivate let place: IndexedQueue<Element>.Place
  }

  private struct Lane {
    var elements = IndexedQueue<Element>()
    var turn: IndexedQueue<String>.Place
  }

  private var lanes: [String: Lane] = [:]
  /// The lanes that hold elements, the next one to be served first.
  private var turns = IndexedQueue<String>()
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element, lane: String) -> Place {
    if lanes[lane] == nil { lanes[lane] = Lane(turn: turns.append(lane)) }
    count += 1
    return Place(lane: lane, place: lanes[lane]!.elements.append(element))
  }

  mutating func popFirst() -> Element? {
    guard let lane = turns.popFirst(), let element = lanes[lane]!.elements.popFirst() else { return nil }
    count -= 1
    if lanes[lane]!.elements.isEmpty {
      lanes[lane] = nil
    } else {
      lanes[lane]!.turn = turns.append(lane)
    }
    return element
  }

  /// Removes one element; nil if it has left the queue already.
  mutating func remove(_ place: Place) -> Element? {
    guard let element = lanes[place.lane]?.elements.remove(place.place) else { return nil }
    count -= 1
    if lanes[place.lane]!.elements.isEmpty {
      _ = turns.remove(lanes[place.lane]!.turn)
      lanes[place.lane] = nil
    }
    return element
  }
}
