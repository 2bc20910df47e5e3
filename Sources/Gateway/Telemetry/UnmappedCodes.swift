import Networking
import NumberAuth

/// Vendor codes that no provider file lists, with their count and the first and last time.
final class UnmappedCodes: Sendable {
  struct Key: Hashable {
    let provider: String
    let stage: Stage
    let carrier: Carrier?
    let code: String
  }

  struct Sighting {
    let message: String?
    let first: WallTime
    var last: WallTime
    var count: Int
    var lastLogged: WallTime
  }

  /// Maximum number of codes. A vendor or a front end could report an unlimited number of codes: they must not fill the
  /// memory or suppress later codes, so the least recently seen code is dropped.
  static let limit = 1000
  private static let logInterval = Duration.seconds(3600)

  private let sightings = Locked(Table(limit: limit))

  /// Counts a code. Returns true if it must be logged: when it is first seen, and then once an hour.
  func note(_ failure: Failure, at now: WallTime) -> Bool {
    guard let vendor = failure.vendor else { return false }
    let key = Key(
      provider: vendor.provider, stage: failure.stage, carrier: failure.carrier, code: Redaction.code(vendor.code))
    return sightings.withLock { table in
      guard let place = table.use(key) else {
        table.insert(
          key,
          Sighting(message: vendor.message.map(Redaction.text), first: now, last: now, count: 1, lastLogged: now))
        return true
      }
      table[place].last = now
      table[place].count += 1
      let isDue = table[place].lastLogged.advanced(by: Self.logInterval) <= now
      if isDue { table[place].lastLogged = now }
      return isDue
    }
  }

  /// The codes of these providers, most recently seen first.
  func all(of providers: Set<String>) -> [(key: Key, sighting: Sighting)] {
    sightings.withLock { $0.all }.filter { providers.contains($0.key.provider) }
  }

  /// Sightings in the order of their last use: a doubly linked list of indices. Every operation except `all` runs in
  /// constant time. All event loops share the table under one lock.
  private struct Table {
    private struct Node {
      var key: Key
      var sighting: Sighting
      /// Indices of the next newer and next older node; -1 at the ends.
      var newer: Int
      var older: Int
    }

    private let limit: Int
    private var places: [Key: Int] = [:]
    private var nodes: [Node] = []
    private var newest = -1
    private var oldest = -1

    init(limit: Int) { self.limit = limit }

    subscript(place: Int) -> Sighting {
      get { nodes[place].sighting }
      set { nodes[place].sighting = newValue }
    }

    /// Returns the index of a key and makes it the most recently used one; nil if the key is not in the table.
    mutating func use(_ key: Key) -> Int? {
      guard let place = places[key] else { return nil }
      if place != newest {
        unlink(place)
        linkAsNewest(place)
      }
      return place
    }

    /// Adds a new key. Evicts the least recently used one if the table is full.
    mutating func insert(_ key: Key, _ sighting: Sighting) {
      let node = Node(key: key, sighting: sighting, newer: -1, older: -1)
      var place = nodes.count
      if nodes.count < limit {
        nodes.append(node)
      } else {
        place = oldest
        unlink(place)
        places[nodes[place].key] = nil
        nodes[place] = node
      }
      places[key] = place
      linkAsNewest(place)
    }

    private mutating func unlink(_ place: Int) {
      let (newer, older) = (nodes[place].newer, nodes[place].older)
      if newer >= 0 { nodes[newer].older = older } else { newest = older }
      if older >= 0 { nodes[older].newer = newer } else { oldest = newer }
    }

    private mutating func linkAsNewest(_ place: Int) {
      nodes[place].newer = -1
      nodes[place].older = newest
      if newest >= 0 { nodes[newest].newer = place } else { oldest = place }
      newest = place
    }

    var all: [(key: Key, sighting: Sighting)] {
      var result: [(key: Key, sighting: Sighting)] = []
      var place = newest
      while place >= 0 {
        result.append((nodes[place].key, nodes[place].sighting))
        place = nodes[place].older
      }
      return result
    }
  }
}
