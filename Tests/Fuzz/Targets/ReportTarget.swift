import Configuration
import JSON
import NumberAuth

/// Error reports of front-end SDKs, with the tables of all shipped providers.
let sdkReport = FuzzTarget(name: "sdk-report") { input in
  guard let first = input.first, let report = try? JSONValue.parse(Array(input.dropFirst())) else { return }
  let account = accounts[Int(first) % accounts.count]
  let hint = Carrier.allCases[Int(first) % Carrier.allCases.count]
  _ = try? account.provider.table.failure(from: FailureReport(report), carrierHint: first % 2 == 0 ? hint : nil)
}

private let accounts = Repository.shipped.accounts.values.sorted { $0.name < $1.name }
