import Store

extension Metrics {
  static func gauges(of shared: SharedStore) -> [Gauge] {
    let (shipping, limits) = (shared.shipper.readings, shared.limits.readings)
    func gauge(_ name: String, _ help: String, type: String = "counter", _ value: Double) -> Gauge {
      Gauge(name: "numgate_shared_" + name, help: help, type: type, values: [("", value)])
    }
    return [
      gauge("shipped_total", "Rows that the shared database has confirmed.", Double(shipping.shipped)),
      gauge("refused_total", "Rows that the shared database refused and that were skipped.", Double(shipping.refused)),
      gauge("waiting", "Rows that the shared database does not have yet.", type: "gauge", Double(shipping.waiting)),
      gauge("failures_total", "Failed attempts to ship rows.", Double(shipping.failures)),
      gauge(
        "last_success_time_seconds", "Time of the last contact with the shared database, in seconds since the epoch.",
        type: "gauge", Double(shipping.lastSuccess ?? 0) / 1000),
      gauge("gateways", "Gateways that share limits, at the last contact.", type: "gauge", Double(limits.gateways)),
      gauge(
        "limits_degraded",
        "1 while the shared database is not available, and the gateway uses its equal part of each limit.",
        type: "gauge", limits.isDegraded ? 1 : 0),
      gauge("limits_failures_total", "Failed attempts to renew shares of limits.", Double(limits.failures)),
    ]
  }

  static func gauges(of reading: Ledger.Reading) -> [Gauge] {
    func gauge(_ name: String, _ help: String, type: String = "counter", _ value: UInt64) -> Gauge {
      Gauge(name: "numgate_ledger_" + name, help: help, type: type, values: [("", Double(value))])
    }
    return [
      gauge("written_total", "Entries of the ledger that were committed.", reading.written),
      gauge("commits_total", "Commits of the ledger.", reading.commits),
      gauge("lost_total", "Entries dropped because they could not be written and memory was full.", reading.lost),
      gauge(
        "unacknowledged_total", "Answers that left before their row was synced, because the disk was slow.",
        reading.unacknowledged),
      gauge("waiting", "Entries in memory that could not be written yet.", type: "gauge", UInt64(reading.waiting)),
      gauge("failing", "1 while the ledger cannot be written.", type: "gauge", reading.isFailing ? 1 : 0),
    ]
  }
}
