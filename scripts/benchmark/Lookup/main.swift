import Configuration
import Networking
import NumberAuth

// Measures look-ups in the failure tables and the loading of all provider files. Prints one JSON object: nanoseconds of
// a look-up (hit and miss), milliseconds of a load.

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let folder = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "providers"
var loads: [Double] = []
var tables: [FailureTable] = []
for _ in 0..<20 {
  let start = MonotonicTime.now
  guard let files = try? ConfigurationLoader.loadProviders(folder) else { fatalError("\(folder) cannot be loaded") }
  loads.append(Double(MonotonicTime.now.nanoseconds(since: start)) / 1e6)
  tables = files.values.sorted { $0.name < $1.name }.map(\.table)
}

let known = tables.flatMap { table in
  table.entries.compactMap { entry -> (FailureTable, String, FailureTable.Place)? in
    if case .code(let code) = entry.pattern { (table, code, entry.place) } else { nil }
  }
}

/// Median nanoseconds of a look-up. `sink` prevents the compiler from removing the loop.
func lookUps(_ prefix: String, expecting hit: Bool) -> Double {
  let codes = known.map { ($0.0, prefix + $0.1, $0.2) }
  var sink = 0
  var rounds: [Double] = []
  for _ in 0..<200 {
    let start = MonotonicTime.now
    for (table, code, place) in codes where table.row(code, stage: place.stage, carrier: place.carrier) != nil {
      sink += 1
    }
    rounds.append(Double(MonotonicTime.now.nanoseconds(since: start)) / Double(codes.count))
  }
  precondition(hit == (sink > 0), "unexpected result of the look-ups")
  return median(rounds)
}

let hit = lookUps("", expecting: true)
let miss = lookUps("?", expecting: false)
print(#"{"rows": \#(known.count), "hit_ns": \#(hit), "miss_ns": \#(miss), "load_ms": \#(median(loads))}"#)
