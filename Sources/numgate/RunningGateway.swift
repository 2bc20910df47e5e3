import Networking

/// The state of a running gateway, read from `/metrics`, which requires no key.
struct RunningGateway {
  private let samples: [String: Double]

  /// Prints an error and returns nil if the metrics cannot be read.
  init?(_ origin: HTTPOrigin) {
    let loop: EventLoop
    do throws(SystemError) {
      loop = try EventLoop()
    } catch {
      Terminal.error("numgate: \(error)")
      return nil
    }
    let client = HTTPClient(loop: loop)
    let result = Locked(Result<HTTPClientResponse, HTTPClientError>.failure(.timedOut))
    Task(executorPreference: loop) {
      let request = HTTPClientRequest(
        method: "GET", origin: origin, target: "/metrics", headers: HTTPFields(), body: [])
      let response = await client.send(request, deadline: .now.advanced(by: .seconds(5)))
      result.withLock { $0 = response }
      client.shutdown()
      loop.stop()
    }
    loop.run()
    guard case .success(let response) = result.withLock({ $0 }), response.status == 200 else {
      Terminal.error("numgate: \(origin)/metrics cannot be read")
      return nil
    }
    samples = Self.samples(in: String(decoding: response.body, as: UTF8.self))
  }

  /// The samples of a text in the Prometheus format, by name and labels.
  private static func samples(in text: String) -> [String: Double] {
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let blank = line.lastIndex(of: " "), let value = Double(line[line.index(after: blank)...]) else { continue }
      samples[String(line[..<blank])] = value
    }
    return samples
  }

  /// Describes the breakers and the queue of an account in one line; nil if the gateway does not have the account.
  func state(ofAccount name: String, provider: String, host: HTTPOrigin) -> String? {
    let labels = #"{account="\#(name)",provider="\#(provider)"}"#
    guard let account = samples[#"numgate_breaker_state{scope="account",name="\#(name)"}"#],
      let inFlight = samples["numgate_account_in_flight" + labels],
      let queued = samples["numgate_account_queued" + labels]
    else { return nil }
    let hostLabels = #"scope="host",name="\#(host)""#
    // The gateway has a separate breaker for an account with a client certificate.
    let host =
      samples[#"numgate_breaker_state{\#(hostLabels),account="\#(name)"}"#]
      ?? samples["numgate_breaker_state{\(hostLabels)}"]
    return
      "breaker \(Self.word(account)), host breaker \(host.map(Self.word) ?? "unknown"), \(Int(inFlight)) in flight, "
      + "\(Int(queued)) queued"
  }

  private static func word(_ state: Double) -> String {
    switch state {
    case 0: "closed"
    case 1: "half-open"
    default: "open"
    }
  }
}
