import Networking
import NumberAuth

/// The codes that vendors said and no table lists: counted, with the first and last time, ready to become rows.
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

  /// Who sends ever new codes, be it a vendor or a page's report, must not fill the memory; nor may the table stay full
  /// of them and hide what comes later: the code that was seen least lately goes.
  static let limit = 1000
  private static let logInterval = Duration.seconds(3600)

  private let sightings = Locked([Key: Sighting]())

  /// Notes a code; true where it is to be logged: at first sight and then once an hour.
  func note(_ failure: Failure, at now: WallTime) -> Bool {
    guard let vendor = failure.vendor else { return false }
    let key = Key(
      provider: vendor.provider, stage: failure.stage, carrier: failure.carrier, code: Redaction.code(vendor.code))
    return sightings.withLock { table in
      guard var sighting = table[key] else {
        if table.count >= Self.limit, let oldest = table.min(by: { $0.value.last < $1.value.last }) {
          table[oldest.key] = nil
        }
        table[key] = Sighting(
          message: vendor.message.map(Redaction.text), first: now, last: now, count: 1, lastLogged: now)
        return true
      }
      sighting.last = now
      sighting.count += 1
      let isDue = sighting.lastLogged.advanced(by: Self.logInterval) <= now
      if isDue { sighting.lastLogged = now }
      table[key] = sighting
      return isDue
    }
  }

  var all: [(key: Key, sighting: Sighting)] {
    sightings.withLock { $0.map { ($0.key, $0.value) } }.sorted { $0.1.last > $1.1.last }
  }
}
