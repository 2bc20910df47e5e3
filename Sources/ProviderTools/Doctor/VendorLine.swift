import Configuration
import Cryptography
import Networking
import NumberAuth

/// The way to one account's vendor: what is sent over it, and what its answers tell.
struct VendorLine {
  let client: HTTPClient
  let account: Account
  let connectTimeout: Duration
  let usesProxy: Bool
  let clock: @Sendable () -> WallTime
  private(set) var isReached = false
  /// The vendor's clock, as its last answer told it: answers to calls come from no cache.
  private(set) var reading: ClockReading?

  init(client: HTTPClient, account: Account, vendors: HTTPClientOptions, clock: @escaping @Sendable () -> WallTime) {
    self.client = client
    self.account = account
    connectTimeout = vendors.connectTimeout
    usesProxy = vendors.proxy(for: account.origin) != nil
    self.clock = clock
  }

  // MARK: Host

  /// Looks up the name, connects, verifies TLS and asks for nothing in particular.
  mutating func reach() async -> [CheckResult] {
    let probe = VendorRequest(
      method: "HEAD", target: "/", headers: [VendorRequest.Header("Connection", "close")], body: [])
    let start = MonotonicTime.now
    // What hinders a connection shall be named, and not be cut off by an account's short patience.
    let answer = await send(probe, within: connectTimeout + account.timeout)
    let milliseconds = Double(MonotonicTime.now.nanoseconds(since: start)) / 1_000_000
    let connected = usesProxy ? "connected through the proxy" : "connected"
    let tls = account.origin.isSecure ? ", its certificate is trusted" : ""
    switch answer {
    case .success:
      isReached = true
      return [CheckResult(.well, "host", connected + " and answered in \(milliseconds.tenths) ms" + tls)] + plainText
    case .failure(let error) where !error.nothingWasSent:
      isReached = true
      return [CheckResult(.well, "host", connected + tls + "; it does not answer a HEAD request")] + plainText
    case .failure(let error):
      let what =
        switch error {
        case .notConnected(let what): what
        default: "no connection in time"
        }
      let unsupportedReason = error == .notSentInTime ? .timedOut : error.unsupportedReason
      return [CheckResult(.wrong, "host", what, advice: Diagnosis(on: unsupportedReason).advice)]
    }
  }

  private var plainText: [CheckResult] {
    guard !account.origin.isSecure, !account.origin.isLoopback else { return [] }
    return [
      CheckResult(
        .doubtful, "host", "tokens and numbers go over plain HTTP",
        advice: "Give an https 'endpoint' if the vendor has one."
      )
    ]
  }

  // MARK: Calls

  /// nil where there is nothing to ask the vendor.
  mutating func make(_ call: DoctorCall) async -> CheckResult? {
    let context = CallContext(now: clock(), nonce: Hex.encode(SecureRandom.bytes(16)))
    do throws(Failure) {
      switch (call.kind, call.operation) {
      case (.prepare, _):
        guard let provider = account.provider as? any ClientPreparing else { return nil }
        let ask = VoidCall.prepare(call.operation, on: call.channel, account)
        return try await deliver(call, .prepare, try provider.prepare(ask, context)) { _ in
          CheckResult(.well, call.topic, "the vendor accepts account and signature")
        }
      case (_, .login):
        guard let provider = account.provider as? any NumberRetrieving else { return nil }
        let ask = VoidCall.login(on: call.channel, account)
        return try await deliver(call, .login, try provider.login(ask, context)) { _ in
          Self.credulous(call)
        }
      case (_, .verify):
        guard let provider = account.provider as? any NumberVerifying,
          let ask = VoidCall.verify(on: call.channel, account)
        else { return nil }
        return try await deliver(call, .verify, try provider.verify(ask, context)) { answer in
          if answer.verdict == .match { return Self.credulous(call) }
          return CheckResult(
            .doubtful, call.topic, "the vendor answers '\(answer.verdict.rawValue)' to a void token",
            advice: "Try a real token: this says nothing of the account.")
        }
      }
    } catch {
      return finding(call, error)
    }
  }

  private static func credulous(_ call: DoctorCall) -> CheckResult {
    CheckResult(
      .wrong, call.topic, "the vendor answers success to a void token",
      advice: "An endpoint that says yes to anything is a test line or an imitation: ask the vendor for the live one.")
  }

  private mutating func deliver<Answer: Sendable>(
    _ call: DoctorCall, _ stage: Stage, _ exchange: Exchange<Answer>, _ found: (Answer) -> CheckResult
  ) async throws(Failure) -> CheckResult? {
    guard case .send(let request, let read) = exchange else { return nil }
    let answer = await send(request, within: account.timeout)
    return found(try account.result(of: answer, stage: stage, at: clock(), read).get())
  }

  private func finding(_ call: DoctorCall, _ failure: Failure) -> CheckResult {
    let vendor = failure.vendor.map { vendor in
      let message = vendor.message.map { " " + VoidCall.words($0, account) } ?? ""
      return " (" + Redaction.code(VoidCall.words(vendor.code, account)) + message + ")"
    }
    if failure.stage == .gateway, vendor == nil {
      return CheckResult(
        .doubtful, call.topic, "not tried: " + (failure.detail ?? failure.reason.title),
        advice: "Give the account what is missing, or see that every session brings it.")
    }
    var diagnosis = Diagnosis(on: failure.reason)
    // Without a token a vendor cannot complain of one.
    if call.kind == .prepare, diagnosis.mark == .well { diagnosis = Diagnosis(on: .vendorOther) }
    if diagnosis.mark == .well {
      // A form may be looked at before account and signature are.
      let knows = failure.reason == .tokenMalformed ? "the vendor " : "the vendor knows the account and "
      return CheckResult(.well, call.topic, knows + "refuses the void token" + (vendor ?? ""))
    }
    let title = failure.reason.title
    let text = failure.detail ?? title.prefix(1).lowercased() + title.dropFirst().dropLast()
    let advice = [
      diagnosis.advice, fingerprints(failure.reason), failure.hint.map { "The vendor's document: \($0)." },
      openQuestions(failure.reason),
    ]
    return CheckResult(
      diagnosis.mark, call.topic, text + (vendor ?? ""), advice: advice.compactMap { $0 }.joined(separator: " "))
  }

  private func fingerprints(_ reason: FailureReason) -> String? {
    let hasKeys = account.file.accountFields.contains {
      $0.keyHalf != nil && account.settings.optional($0.name) != nil
    }
    return reason == .signatureRejected && hasKeys ? "The fingerprints of its RSA keys stand above." : nil
  }

  /// What no document settles may be what the vendor refuses.
  private func openQuestions(_ reason: FailureReason) -> String? {
    guard [.signatureRejected, .encryptionRejected, .requestRejected].contains(reason),
      !account.file.openQuestions.isEmpty
    else { return nil }
    return "Unconfirmed in \(account.file.path): " + account.file.openQuestions.map(\.topic).joined(separator: ", ")
      + "."
  }

  // MARK: The wire

  /// Sends once.
  private mutating func send(
    _ request: VendorRequest, within time: Duration
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let sentAt = clock()
    let answer = await client.send(
      request, to: account.origin, HTTPSendOptions(deadline: MonotonicTime.now.advanced(by: time)))
    let receivedAt = clock()
    if case .success(let response) = answer, response.headers["Age"] == nil,
      let date = response.headers["Date"].flatMap({ WallTime(httpDate: $0) })
    {
      reading = ClockReading(sentAt: sentAt, receivedAt: receivedAt, date: date)
    }
    return answer
  }
}
