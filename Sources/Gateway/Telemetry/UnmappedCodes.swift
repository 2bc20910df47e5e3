import Networking
import NumberAuth

/// Vendor codes that no table lists: counted, with the first and last time, ready to become rows.
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

  /// New codes without end, from a vendor or a page's report, must not fill the memory, and must not hide later codes:
  /// the code seen least recently is dropped.
  static let limit = 1000
  private static let logInterval = Duration.seconds(3600)

  private let sightings = Locked(Table(limit: limit))

  /// Notes a code; true where it is to be logged: at first sight and then once an hour.
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

  /// The codes of these providers, last seen first.
  func all(of providers: Set<String>) -> [(key: Key, sighting: Sighting)] {
    sightings.withLock { $0.all }.filter { providers.contains($0.key.provider) }
  }

  /// Sightings in the order of their last use: a list linked by indices, so that every operation but `all` takes
  /// constant time. All event loops share it under one lock.
  private struct Table {
    private struct Node {
      var key: Key
      var sighting: Sighting
      /// The node used just after and just before this one; -1 at the ends.
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

    /// The place of a key, which becomes the one used last; nil where it is not there.
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
