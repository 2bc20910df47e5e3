import Configuration
import JSON
import NumberAuth

/// Error reports of front-end SDKs, as JSON and as logged texts, with the tables and the forms of all shipped providers.
let sdkReport = FuzzTarget(name: "sdk-report") { input in
  guard let first = input.first else { return }
  let rest = Array(input.dropFirst())
  let text = JSONFragment { $0.value(String(decoding: rest, as: UTF8.self)) }
  guard let report = (try? JSONValue.parse(rest)) ?? (try? JSONValue.parse(text.bytes)) else { return }
  let table = accounts[Int(first) % accounts.count].provider.table
  let hint = Carrier.allCases[Int(first) % Carrier.allCases.count]
  for channel in [Channel.app, .h5] {
    _ = try? table.failure(
      from: FailureReport(report, form: table.forms[channel]), channel: channel,
      carrierHint: first % 2 == 0 ? hint : nil)
  }
}

private let accounts = Repository.shipped.accounts.values.sorted { $0.name < $1.name }
