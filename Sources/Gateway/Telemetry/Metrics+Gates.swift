import Configuration
import Networking

extension Exposition {
  /// Writes the metrics of queues and breakers. Accounts and hosts are from the configuration, so their number is
  /// bounded.
  mutating func gates(_ gates: some Sequence<AccountGate>) {
    let accounts = gates.sorted { $0.account < $1.account }.map { gate in
      (labels: #"account="\#(gate.account)",provider="\#(gate.provider)""#, gate: gate, reading: gate.reading)
    }
    var hosts: [HostGate.Key: BreakerState] = [:]
    for account in accounts { hosts[account.gate.host.key] = account.gate.host.breaker }
    func gauge(_ name: String, _ help: String, _ value: (AccountGate, AccountGate.Reading) -> Int) -> Metrics.Gauge {
      Metrics.Gauge(
        name: name, help: help,
        values: accounts.map { ("{\($0.labels)}", Double(value($0.gate, $0.reading))) })
    }
    self.gauge(gauge("numgate_account_in_flight", "Calls in flight to the vendor.") { $1.inFlight })
    self.gauge(gauge("numgate_account_queued", "Calls waiting in the queue of the account.") { $1.queued })
    self.gauge(
      gauge("numgate_breaker_open", "1 while the circuit breaker of the account or of its host is not closed.") {
        $1.breaker.breaker.state == .closed && $0.host.breaker.breaker.state == .closed ? 0 : 1
      })
    counter(
      "numgate_account_shed_total", "Calls that the gateway refused without sending them, by cause.",
      accounts.flatMap { account in
        AccountGate.Refusal.allCases.map {
          (#"{\#(account.labels),cause="\#($0.rawValue)"}"#, account.reading.shed[$0] ?? 0)
        }
      })
    histogram(
      "numgate_account_queue_seconds", "Time that sent calls have waited in the queue of the account.",
      accounts.filter { $0.reading.queueTimes.nanoseconds > 0 }.map { ($0.labels, $0.reading.queueTimes) })

    let breakers =
      accounts.map { (#"scope="account",name="\#($0.gate.account)""#, $0.reading.breaker) }
      + hosts.map { ($0.labels, $1) }.sorted { $0.0 < $1.0 }
    self.gauge(
      Metrics.Gauge(
        name: "numgate_breaker_state", help: "State of a circuit breaker: 0 closed, 1 half-open, 2 open.",
        values: breakers.map { ("{\($0.0)}", $0.1.breaker.state.number) }))
    counter(
      "numgate_breaker_transitions_total", "State changes of circuit breakers, by new state.",
      breakers.flatMap { labels, breaker in
        [("closed", breaker.closed), ("half-open", breaker.halfOpened), ("open", breaker.opened)].map {
          (#"{\#(labels),state="\#($0.0)"}"#, $0.1)
        }
      })
  }
}

extension HostGate.Key {
  fileprivate var labels: String {
    #"scope="host",name="\#(origin)""# + (account.map { #",account="\#($0)""# } ?? "")
  }
}

extension CircuitBreaker.State {
  fileprivate var number: Double {
    switch self {
    case .closed: 0
    case .halfOpen: 1
    case .open: 2
    }
  }
}

extension Metrics {
  /// The end of the validity of the accounts' client certificates.
  static func certificateGauge(of accounts: some Sequence<Account>) -> Gauge {
    Gauge(
      name: "numgate_vendor_certificate_not_after_seconds",
      help: "End of the validity of the account's client certificate, in seconds since the Unix epoch.",
      values: accounts.compactMap { account in
        account.identity?.validity.map { (#"{account="\#(account.name)"}"#, Double($0.notAfter)) }
      }.sorted { $0.0 < $1.0 })
  }
}
