import Configuration
import Cryptography
import Networking
import NumberAuth

/// Sends the calls of the checks to one account's vendor, and interprets the responses.
struct VendorProbe {
  let client: HTTPClient
  let account: Account
  let connectTimeout: Duration
  let usesProxy: Bool
  let clock: @Sendable () -> WallTime
  private(set) var isReached = false
  /// The vendor's clock, from the `Date` header of its last response. Responses with an `Age` header come from a cache
  /// and are ignored.
  private(set) var reading: ClockReading?
  /// The credentials that have been fetched.
  private var credentials: [String: Secret] = [:]

  init(client: HTTPClient, account: Account, vendors: HTTPClientOptions, clock: @escaping @Sendable () -> WallTime) {
    self.client = client
    self.account = account
    connectTimeout = vendors.connectTimeout
    usesProxy = vendors.proxy(for: account.origin) != nil
    self.clock = clock
  }

  // MARK: Host

  /// Resolves the name, connects, verifies the certificate, and sends a HEAD request.
  mutating func reach() async -> [CheckResult] {
    let probe = VendorRequest(
      method: "HEAD", target: "/", headers: [VendorRequest.Header("Connection", "close")], body: [])
    let start = MonotonicTime.now
    // Longer than `connectTimeout`, so that a failed connection ends with its own error.
    let answer = await send(probe, within: connectTimeout + account.timeout)
    let milliseconds = Double(MonotonicTime.now.nanoseconds(since: start)) / 1_000_000
    let connected = usesProxy ? "connected through the proxy" : "connected"
    let tls = account.origin.isSecure ? ", certificate trusted" : ""
    switch answer {
    case .success(let response):
      isReached = true
      let text = connected + ", response in \(milliseconds.tenths) ms" + tls + clientCertificate(response.status)
      return [CheckResult(.passed, "host", text)] + plainText + unusedCertificate
    case .failure(let error) where !error.nothingWasSent:
      isReached = true
      return [CheckResult(.passed, "host", connected + tls + "; no response to a HEAD request")] + plainText
    case .failure(let error):
      let what =
        switch error {
        case .notConnected(let what): what
        default: "no connection in time"
        }
      let obstacle = error == .notSentInTime ? .timedOut : error.connectionFailure
      return [CheckResult(.failed, "host", what, advice: Diagnosis(on: obstacle).advice)]
    }
  }

  /// What a response with this status shows about the client certificate.
  private func clientCertificate(_ status: Int) -> String {
    guard let identity = account.identity, identity.hasCertificate, identity.isCertificateRequested else { return "" }
    // Servers such as nginx complete the handshake with any certificate, and respond with an error.
    let isRefusal = [400, 401, 403, 495, 496].contains(status)
    return isRefusal
      ? ", client certificate sent (HTTP \(status) can mean that the vendor refuses it)"
      : ", client certificate accepted"
  }

  private var unusedCertificate: [CheckResult] {
    guard let identity = account.identity, identity.hasCertificate, !identity.isCertificateRequested else { return [] }
    return [
      CheckResult(
        .warning, "host", "the server does not request the client certificate",
        advice: "Check 'endpoint': a vendor may have another host or port for client certificates.")
    ]
  }

  private var plainText: [CheckResult] {
    guard !account.origin.isSecure, !account.origin.isLoopback else { return [] }
    return [
      CheckResult(
        .warning, "host", "tokens and phone numbers are sent over plain HTTP",
        advice: "Set an https 'endpoint' if the vendor has one."
      )
    ]
  }

  // MARK: Calls

  private func newContext() -> CallContext {
    CallContext(now: clock(), nonce: Hex.encode(SecureRandom.bytes(16)), credentials: credentials)
  }

  /// Fetches a credential of the account, such as its access token. Calls use it afterwards.
  mutating func fetch(_ credential: String, from user: any CredentialUsing) async -> CheckResult {
    let topic = "credential " + credential
    do throws(Failure) {
      let result = try await deliver(.credential, try user.fetch(credential, newContext())) { fetched in fetched }
      guard let fetched = result else { return CheckResult(.warning, topic, "not tried") }
      credentials[credential] = fetched.value
      return CheckResult(.passed, topic, "the vendor issues it, for \(fetched.life.components.seconds) s")
    } catch {
      return finding(topic, error, hasToken: false)
    }
  }

  /// Whether the credentials that a call needs have been fetched.
  func canMake(_ call: DoctorCall) -> Bool {
    let stage: Stage = call.kind == .prepare ? .prepare : call.operation == .login ? .login : .verify
    return (account.credentialUser?.credentials(at: stage) ?? []).allSatisfy { credentials[$0] != nil }
  }

  /// Performs a call. Returns nil if the call needs no request to the vendor.
  mutating func make(_ call: DoctorCall) async -> CheckResult? {
    let context = newContext()
    do throws(Failure) {
      switch (call.kind, call.operation) {
      case (.prepare, _):
        guard let provider = account.provider as? any ClientPreparing else { return nil }
        let ask = InvalidTokenCall.prepare(call.operation, on: call.channel, account)
        return try await deliver(.prepare, try provider.prepare(ask, context)) { _ in
          CheckResult(.passed, call.topic, "the vendor accepts account and signature")
        }
      case (_, .login):
        guard let provider = account.provider as? any NumberRetrieving else { return nil }
        let ask = InvalidTokenCall.login(on: call.channel, account)
        return try await deliver(.login, try provider.login(ask, context)) { _ in
          Self.invalidTokenAccepted(call)
        }
      case (_, .verify):
        guard let provider = account.provider as? any NumberVerifying,
          let ask = InvalidTokenCall.verify(on: call.channel, account)
        else { return nil }
        return try await deliver(.verify, try provider.verify(ask, context)) { answer in
          if answer.verdict == .match { return Self.invalidTokenAccepted(call) }
          return CheckResult(
            .warning, call.topic, "the vendor returns the verdict '\(answer.verdict.rawValue)' for an invalid token",
            advice: "Try a real token: this result does not show whether the account is valid.")
        }
      }
    } catch {
      return finding(call.topic, error, hasToken: call.kind == .redeem)
    }
  }

  private static func invalidTokenAccepted(_ call: DoctorCall) -> CheckResult {
    CheckResult(
      .failed, call.topic, "the vendor reports success for an invalid token",
      advice: "The endpoint accepts any token, so it is not the vendor's live endpoint: ask the vendor for it.")
  }

  private mutating func deliver<Answer: Sendable, Result>(
    _ stage: Stage, _ exchange: Exchange<Answer>, _ found: (Answer) -> Result
  ) async throws(Failure) -> Result? {
    var exchange = exchange
    while true {
      switch exchange {
      case .answer: return nil
      case .send(let request, let read):
        let answer = await send(request, within: account.timeout)
        return found(try account.result(of: answer, stage: stage, at: clock(), read).get())
      case .sendFirst(let request, let next):
        let answer = await send(request, within: account.timeout)
        exchange = try account.result(of: answer, stage: .credential, at: clock(), next).get()
      }
    }
  }

  /// - Parameter hasToken: Whether the request contains the invalid token.
  private func finding(_ topic: String, _ failure: Failure, hasToken: Bool) -> CheckResult {
    let vendor = failure.vendor.map { vendor in
      let message = vendor.message.map { " " + InvalidTokenCall.words($0, account) } ?? ""
      return " (" + Redaction.code(InvalidTokenCall.words(vendor.code, account)) + message + ")"
    }
    if failure.stage == .gateway, vendor == nil {
      return CheckResult(
        .warning, topic, "not tried: " + (failure.detail ?? failure.reason.title),
        advice: "Add the missing field to the account, or check that every session sends it.")
    }
    var diagnosis = Diagnosis(on: failure.reason)
    // This call has no token, so the reason cannot be the token.
    if !hasToken, diagnosis.mark == .passed { diagnosis = Diagnosis(on: .vendorOther) }
    if diagnosis.mark == .passed {
      // A vendor may check the token's format before the account and the signature.
      let subject = failure.reason == .tokenMalformed ? "the vendor " : "the vendor accepts the account and "
      return CheckResult(.passed, topic, subject + "refuses the invalid token" + (vendor ?? ""))
    }
    let title = failure.reason.title
    let text = failure.detail ?? title.prefix(1).lowercased() + title.dropFirst().dropLast()
    let advice = [
      diagnosis.advice, fingerprints(failure.reason), failure.hint.map { "The vendor's document: \($0)." },
      openQuestions(failure.reason),
    ]
    return CheckResult(
      diagnosis.mark, topic, text + (vendor ?? ""), advice: advice.compactMap { $0 }.joined(separator: " "))
  }

  private func fingerprints(_ reason: FailureReason) -> String? {
    let hasKeys = account.file.accountFields.contains {
      $0.keyHalf != nil && account.settings.optional($0.name) != nil
    }
    return reason == .signatureRejected && hasKeys ? "The fingerprints of its RSA keys are listed above." : nil
  }

  /// Lists the provider's open questions: an unconfirmed detail may be the cause of the refusal.
  private func openQuestions(_ reason: FailureReason) -> String? {
    guard [.signatureRejected, .encryptionRejected, .requestRejected].contains(reason),
      !account.file.openQuestions.isEmpty
    else { return nil }
    return "Unconfirmed in \(account.file.path): " + account.file.openQuestions.map(\.topic).joined(separator: ", ")
      + "."
  }

  // MARK: Sending

  /// Sends a request once and reads the vendor's clock from the response.
  private mutating func send(
    _ request: VendorRequest, within time: Duration
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let origin: HTTPOrigin
    do throws(HTTPClientError) {
      origin = try account.origin(of: request)
    } catch {
      return .failure(error)
    }
    let sentAt = clock()
    let answer = await client.send(
      request, to: origin, account.sendOptions(deadline: MonotonicTime.now.advanced(by: time)))
    let receivedAt = clock()
    if case .success(let response) = answer, response.headers["Age"] == nil,
      let date = response.headers["Date"].flatMap({ WallTime(httpDate: $0) })
    {
      reading = ClockReading(sentAt: sentAt, receivedAt: receivedAt, date: date)
    }
    return answer
  }
}
