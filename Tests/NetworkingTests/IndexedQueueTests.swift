import Testing

@testable import Networking

@Suite("An indexed queue") struct IndexedQueueTests {
  @Test("returns elements in order of arrival, except removed elements") func order() {
    var queue = IndexedQueue<Int>()
    let places = (0..<6).map { queue.append($0) }
    let removed = [0, 3, 5].map { queue.remove(places[$0]) }
    #expect(removed == [0, 3, 5])
    #expect(queue.count == 3 && queue.first == 1)
    let left = (0..<4).map { _ in queue.popFirst() }
    #expect(left == [1, 2, 4, nil])
  }

  @Test("does not remove an element twice, or a later element in the same slot") func stalePlaces() {
    var queue = IndexedQueue<String>()
    let first = queue.append("first")
    let popped = queue.popFirst()
    #expect(popped == "first")
    let second = queue.append("second")
    let removed = [queue.remove(first), queue.remove(second), queue.remove(second)]
    #expect(removed == [nil, "second", nil])
    #expect(queue.isEmpty)
  }

  @Test("behaves like an array under random operations") func random() {
    var numbers = SplitMix(state: 1)
    var queue = IndexedQueue<Int>()
    var model: [(place: QueuePlace, element: Int)] = []
    var gone: [QueuePlace] = []
    for element in 0..<20_000 {
      switch numbers.next() % 4 {
      case 0, 1:
        model.append((queue.append(element), element))
      case 2:
        let expected = model.isEmpty ? nil : model.removeFirst()
        if let expected { gone.append(expected.place) }
        let popped = queue.popFirst()
        #expect(popped == expected?.element)
      default:
        if !model.isEmpty {
          let index = Int(numbers.next() % UInt64(model.count))
          let expected = model.remove(at: index)
          let removed = queue.remove(expected.place)
          #expect(removed == expected.element)
          gone.append(expected.place)
        }
        if let place = gone.randomElement(using: &numbers) {
          let removed = queue.remove(place)
          #expect(removed == nil)
        }
      }
      #expect(queue.count == model.count && queue.first == model.first?.element)
    }
  }
}

/// A seeded generator: the same sequence in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
