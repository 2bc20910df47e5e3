import Store

extension Metrics {
  static func gauges(of reading: IdempotencyRegistry.Reading) -> [Gauge] {
    [
      Gauge(
        name: "numgate_idempotency_answers", help: "Answers to idempotent requests in memory.",
        values: [("", Double(reading.answers))]),
      Gauge(
        name: "numgate_idempotency_answers_bytes", help: "Size of the answers to idempotent requests in memory.",
        values: [("", Double(reading.bytes))]),
      Gauge(
        name: "numgate_idempotency_evicted_total",
        help: "Answers removed from memory before their time because its limit was reached.", type: "counter",
        values: [("", Double(reading.evicted))]),
      Gauge(
        name: "numgate_idempotency_requests_total",
        help: "Requests that made no vendor call because of another request, by result.", type: "counter",
        values: [
          (#"{result="replayed"}"#, Double(reading.replayed)), (#"{result="shared"}"#, Double(reading.shared)),
          (#"{result="other-body"}"#, Double(reading.otherBodies)),
          (#"{result="in-progress"}"#, Double(reading.waitedTooLong)),
        ]),
    ]
  }
}
