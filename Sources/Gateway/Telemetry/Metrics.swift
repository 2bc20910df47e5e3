import JSON
import Networking
import NumberAuth

/// Counters and histograms of one loop. `render` adds those of all loops and formats them for Prometheus. Every label
/// value is from a closed list or from the configuration, so data of a caller or vendor cannot create a new series.
final class Metrics: Sendable {
  struct Histogram {
    /// Upper bounds in seconds.
    static let bounds = [
      0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    var nanoseconds: UInt64 = 0
  }

  fileprivate struct RequestSeries {
    var reasons: [FailureReason?: UInt64] = [:]
    var times = Histogram()
  }

  fileprivate struct Vendor: Hashable {
    let provider: String
    let stage: Stage
  }

  fileprivate struct VendorSeries {
    /// A few entries, searched linearly.
    var outcomes: [(outcome: String, count: UInt64)] = []
    var billed: [Billing: UInt64] = [:]
    var times = Histogram()
  }

  fileprivate struct Table {
    var requests: [CallRecord.Endpoint: RequestSeries] = [:]
    var vendors: [Vendor: VendorSeries] = [:]
    var reported: [String: UInt64] = [:]
    var unmapped: [String: UInt64] = [:]
    var refused: [String: UInt64] = [:]
    var tlsFailures: [String: UInt64] = [:]
    var limited: [String: UInt64] = [:]
  }

  private let table = Locked(Table())

  func request(endpoint: CallRecord.Endpoint, reason: FailureReason?, nanoseconds: UInt64) {
    table.withLock { $0.requests[endpoint, default: RequestSeries()].add(reason, nanoseconds) }
  }

  /// `outcome`: a verdict, `ok`, or the reason of a failure.
  func vendorCall(provider: String, stage: Stage, outcome: String, billed: Billing, nanoseconds: UInt64) {
    table.withLock {
      $0.vendors[Vendor(provider: provider, stage: stage), default: VendorSeries()].add(outcome, billed, nanoseconds)
    }
  }

  /// Counts a failure of an SDK that a front end reported.
  func reported(_ failure: Failure, provider: String) {
    let labels =
      #"{provider="\#(provider)",stage="\#(failure.stage.rawValue)",carrier="\#(failure.carrier?.rawValue ?? "none")",reason="\#(failure.reason.rawValue)"}"#
    table.withLock { $0.reported[labels, default: 0] += 1 }
  }

  func unmapped(provider: String, stage: Stage, carrier: Carrier?) {
    let labels = #"{provider="\#(provider)",stage="\#(stage.rawValue)",carrier="\#(carrier?.rawValue ?? "none")"}"#
    table.withLock { $0.unmapped[labels, default: 0] += 1 }
  }

  func refused(_ error: HTTP1Error) {
    table.withLock { $0.refused[error.label, default: 0] += 1 }
  }

  /// Counts a request that a limit of a team or an app refused.
  func limited(_ name: String) {
    let parts = name.split(separator: "/")
    let labels = #"{scope="\#(parts[0])",limit="\#(parts[1])"}"#
    table.withLock { $0.limited[labels, default: 0] += 1 }
  }

  func tlsFailed(_ failure: TLSFailure) {
    table.withLock { $0.tlsFailures[failure.rawValue, default: 0] += 1 }
  }

  /// A gauge or a counter whose value is read at the time of the scrape.
  struct Gauge {
    let name: String
    let help: String
    var type = "gauge"
    let values: [(labels: String, value: Double)]
  }

  static func render(_ metrics: [Metrics], gates: some Sequence<AccountGate>, gauges: [Gauge]) -> [UInt8] {
    var sum = Table()
    for part in metrics { part.table.withLock { sum.add($0) } }
    var text = Exposition()
    text.counter(
      "numgate_requests_total", "Requests by endpoint and reason of failure (none: success).",
      sum.requests.flatMap { endpoint, series in
        series.reasons.map {
          (#"{endpoint="\#(endpoint.rawValue)",reason="\#($0.key?.rawValue ?? "none")"}"#, $0.value)
        }
      })
    text.histogram(
      "numgate_request_seconds", "Time from the first byte of a request to its response.",
      sum.requests.map { (#"endpoint="\#($0.key.rawValue)""#, $0.value.times) })
    text.counter(
      "numgate_vendor_requests_total", "Vendor calls by outcome.",
      sum.vendors.flatMap { vendor, series in
        series.outcomes.map { ("{\(vendor.labels),outcome=\"\($0.outcome)\"}", $0.count) }
      })
    text.histogram(
      "numgate_vendor_seconds", "Response time of vendor calls.", sum.vendors.map { ($0.key.labels, $0.value.times) })
    text.counter(
      "numgate_vendor_billed_total", "Vendor calls by whether the vendor charges for them.",
      sum.vendors.flatMap { vendor, series in
        series.billed.map { ("{\(vendor.labels),billed=\"\($0.key.rawValue)\"}", $0.value) }
      })
    text.counter(
      "numgate_reported_failures_total", "SDK failures that front ends reported.",
      sum.reported.map { ($0.key, $0.value) })
    text.counter(
      "numgate_unmapped_codes_total", "Vendor codes that no provider file lists.",
      sum.unmapped.map { ($0.key, $0.value) })
    text.counter(
      "numgate_http_refused_total", "Inputs that were not valid HTTP requests, by error.",
      sum.refused.map { (#"{error="\#($0.key)"}"#, $0.value) })
    text.counter(
      "numgate_limited_total", "Requests that a limit of a team or an app refused, by scope and limit.",
      sum.limited.map { ($0.key, $0.value) })
    text.counter(
      "numgate_tls_failures_total", "Client connections that failed in TLS, by reason.",
      sum.tlsFailures.map { (#"{reason="\#($0.key)"}"#, $0.value) })
    text.gates(gates)
    for gauge in gauges { text.gauge(gauge) }
    return text.bytes
  }
}

extension Metrics.Histogram {
  mutating func add(_ nanoseconds: UInt64) {
    let seconds = Double(nanoseconds) / 1e9
    counts[Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count] += 1
    self.nanoseconds += nanoseconds
  }

  mutating func add(_ other: Metrics.Histogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    nanoseconds += other.nanoseconds
  }
}

extension Metrics.RequestSeries {
  fileprivate mutating func add(_ reason: FailureReason?, _ nanoseconds: UInt64) {
    reasons[reason, default: 0] += 1
    times.add(nanoseconds)
  }

  fileprivate mutating func add(_ other: Metrics.RequestSeries) {
    reasons.merge(other.reasons, uniquingKeysWith: +)
    times.add(other.times)
  }
}

extension Metrics.Vendor {
  fileprivate var labels: String { #"provider="\#(provider)",stage="\#(stage.rawValue)""# }
}

extension Metrics.VendorSeries {
  fileprivate mutating func add(_ outcome: String, _ billed: Billing, _ nanoseconds: UInt64) {
    count(outcome, 1)
    self.billed[billed, default: 0] += 1
    times.add(nanoseconds)
  }

  fileprivate mutating func add(_ other: Metrics.VendorSeries) {
    for (outcome, count) in other.outcomes { self.count(outcome, count) }
    billed.merge(other.billed, uniquingKeysWith: +)
    times.add(other.times)
  }

  private mutating func count(_ outcome: String, _ number: UInt64) {
    for index in outcomes.indices where outcomes[index].outcome == outcome {
      outcomes[index].count += number
      return
    }
    outcomes.append((outcome, number))
  }
}

extension Metrics.Table {
  fileprivate mutating func add(_ other: Metrics.Table) {
    for (endpoint, series) in other.requests { requests[endpoint, default: Metrics.RequestSeries()].add(series) }
    for (vendor, series) in other.vendors { vendors[vendor, default: Metrics.VendorSeries()].add(series) }
    reported.merge(other.reported, uniquingKeysWith: +)
    unmapped.merge(other.unmapped, uniquingKeysWith: +)
    refused.merge(other.refused, uniquingKeysWith: +)
    tlsFailures.merge(other.tlsFailures, uniquingKeysWith: +)
    limited.merge(other.limited, uniquingKeysWith: +)
  }
}

/// The Prometheus text format 0.0.4.
struct Exposition {
  var bytes: [UInt8] = []

  private mutating func line(_ text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(0x0a)
  }

  private mutating func head(_ name: String, _ help: String, _ type: String) {
    line("# HELP \(name) \(help)")
    line("# TYPE \(name) \(type)")
  }

  mutating func counter(_ name: String, _ help: String, _ values: [(labels: String, value: UInt64)]) {
    head(name, help, "counter")
    for value in values.sorted(by: { $0.labels < $1.labels }) { line("\(name)\(value.labels) \(value.value)") }
  }

  mutating func gauge(_ gauge: Metrics.Gauge) {
    head(gauge.name, gauge.help, gauge.type)
    for value in gauge.values {
      let whole = value.value.rounded() == value.value && abs(value.value) < 1e15
      line("\(gauge.name)\(value.labels) \(whole ? String(Int(value.value)) : String(value.value))")
    }
  }

  mutating func histogram(_ name: String, _ help: String, _ values: [(labels: String, value: Metrics.Histogram)]) {
    head(name, help, "histogram")
    for (labels, histogram) in values.sorted(by: { $0.labels < $1.labels }) {
      var total: UInt64 = 0
      for (index, bound) in Metrics.Histogram.bounds.enumerated() {
        total += histogram.counts[index]
        line("\(name)_bucket{\(labels),le=\"\(bound)\"} \(total)")
      }
      total += histogram.counts[Metrics.Histogram.bounds.count]
      line("\(name)_bucket{\(labels),le=\"+Inf\"} \(total)")
      line("\(name)_sum{\(labels)} \(Double(histogram.nanoseconds) / 1e9)")
      line("\(name)_count{\(labels)} \(total)")
    }
  }
}
