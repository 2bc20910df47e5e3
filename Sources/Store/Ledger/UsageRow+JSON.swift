public import JSON

extension JSONWriter {
  /// Writes the members of one row, as `GET /v1/usage` and `numgate usage --format json` return it.
  public mutating func usage(_ row: UsageRow, by dimensions: [UsageQuery.Dimension]) {
    for (dimension, value) in zip(dimensions, row.values) where !value.isEmpty {
      member(named: dimension.rawValue, value)
    }
    member("calls", Int(row.calls))
    member("succeeded", Int(row.succeeded))
    member("billed", Int(row.billed))
    member("maybeBilled", Int(row.maybeBilled))
    if !row.currency.isEmpty {
      member("currency", row.currency)
      member("spend", row.spend.description)
      member("maybeSpend", row.maybeSpend.description)
    }
    member("meanMicroseconds", Int(row.latency))
  }
}
