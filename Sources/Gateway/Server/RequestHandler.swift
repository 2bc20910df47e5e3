import Configuration
import JSON
import Networking
import NumberAuth
import Store

/// Handles the requests of one loop: authenticates the team, checks the app, calls the endpoint, then writes the log
/// line, the metrics and the response headers. Used on its loop only.
final class RequestHandler: HTTPResponder, @unchecked Sendable {
  let gateway: Gateway
  let vendorClient: VendorClient
  let metrics = Metrics()
  let log: AccessLog
  /// nil without a ledger.
  let ledgerQueue: LedgerQueue?
  let current: LoopSnapshot
  var seriesCache = SeriesCache()
  private var random = RandomPool()
  /// Body and header fields of the previous response. Their memory is reused unless the previous response still refers
  /// to it.
  private var latestBody: [UInt8] = []
  private var latestFields = HTTPFields()

  init(_ gateway: Gateway, _ loop: EventLoop, _ current: LoopSnapshot, transport: (any VendorTransport)?) {
    self.gateway = gateway
    self.current = current
    log = AccessLog(gateway.log, loop)
    ledgerQueue = gateway.ledger?.queue(on: loop)
    let transport =
      transport
      ?? NetworkTransport(client: HTTPClient(loop: loop, options: gateway.server.vendors))
    vendorClient = VendorClient(
      transport: transport, loop: loop, log: log, slowPercent: gateway.server.breaker.slowPercent)
  }

  func respond(to request: HTTPRequest) async -> HTTPResponse {
    var record = CallRecord(
      snapshot: current.value, requestId: requestId(of: request), receivedAt: request.receivedAt)
    var response: HTTPResponse
    do throws(Failure) {
      response = try await answer(request, &record)
    } catch {
      record.failure = error
      response = .problem(error, requestId: record.requestId, transaction: record.transaction)
    }
    appendAnswer(&record, response)
    if let ledgerQueue, let ticket = awaitedEntry(record) { _ = await ledgerQueue.waitUntilCommitted(ticket) }
    if let request = record.idempotent, let reservation = request.reservation {
      record.isIdempotencyLocal = await !shareAnswer(of: request, reservation)
    }
    endFlights(record, response)
    finish(&record, &response)
    return response
  }

  func reject(_ error: HTTP1Error) -> HTTPResponse {
    metrics.refused(error)
    log.refused(error, at: .wallClock)
    let reason: FailureReason =
      switch error {
      case .bodyTooLarge, .headersTooLarge, .lineTooLong: .payloadTooLarge
      default: .invalidRequest
      }
    let requestId = random.identifier()
    var response = HTTPResponse.problem(
      .gateway(reason, "Invalid HTTP request: \(error.explanation)."), requestId: requestId, status: error.status)
    response.headers.append("x-request-id", requestId)
    return response
  }

  func tlsFailed(_ failure: TLSFailure) {
    metrics.tlsFailed(failure)
    // Not logged: load balancers check health every few seconds by connecting and closing.
    if failure != .closed { log.tlsFailed(failure, at: .wallClock) }
  }

  private func finish(_ record: inout CallRecord, _ response: inout HTTPResponse) {
    let now = WallTime.wallClock
    let total = MonotonicTime.now.nanoseconds(since: record.receivedAt)
    let overhead = total > record.vendorNanoseconds ? total - record.vendorNanoseconds : 0
    var fields = latestFields
    latestFields = HTTPFields()
    fields.removeAll()
    fields.append(contentsOf: response.headers)
    fields.append("x-request-id", record.requestId)
    fields.append("x-numgate-overhead-us", Int(overhead / 1000))
    if let failure = record.failure, failure.reason == .unauthenticated {
      fields.append("WWW-Authenticate", "Bearer")
    }
    record.limited?.append(to: &fields)
    if record.isIdempotencyLocal { fields.append("x-numgate-idempotency", "local") }
    response.headers = fields
    latestFields = fields
    if let failure = record.failure ?? record.reported { noteUnmapped(failure, at: now) }
    if let reported = record.reported, let account = record.account {
      metrics.reported(reported, provider: account.file.name)
    }
    metrics.request(endpoint: record.endpoint, reason: record.failure?.reason, nanoseconds: total)
    log.request(record, status: response.status, nanoseconds: total, at: now)
  }

  func noteUnmapped(_ failure: Failure, at now: WallTime) {
    // The failure is either one of its branches, or the failure of the SDK that wraps the carriers' SDKs.
    var own = failure
    own.branches = []
    let all = failure.branches.contains(own) ? failure.branches : [own] + failure.branches
    for failure in all where failure.reason == .unmapped {
      if let vendor = failure.vendor {
        metrics.unmapped(provider: vendor.provider, stage: failure.stage, carrier: failure.carrier)
      }
      if gateway.unmapped.note(failure, at: now) { log.unmapped(failure, at: now) }
    }
  }

  /// The caller's id if it is valid and contains no phone number, otherwise a new id.
  private func requestId(of request: HTTPRequest) -> String {
    guard let sent = request.headers[.requestId], (1...64).contains(sent.utf8.count),
      sent.utf8.allSatisfy({ byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
      }), !Self.containsPhoneNumber(sent)
    else { return random.identifier() }
    return sent
  }

  /// Whether a caller's id contains a phone number, with or without dashes. A sequence of digits next to a letter a to
  /// f is part of a hexadecimal number and not a phone number.
  private static func containsPhoneNumber(_ id: String) -> Bool {
    func contains(_ belongs: (UInt8) -> Bool) -> Bool {
      id.utf8.split { !belongs($0) }.contains { $0.count >= 11 && PhoneNumber(String(Substring($0))) != nil }
    }
    func isHexadecimal(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20) }
    return contains(isHexadecimal) || contains { isHexadecimal($0) || $0 == UInt8(ascii: "-") }
  }

  // MARK: Dispatch

  private func answer(_ request: HTTPRequest, _ record: inout CallRecord) async throws(Failure) -> HTTPResponse {
    guard let route = Route(request) else {
      if request.path.hasPrefix("/v1/") { record.team = try authenticate(request, record).name }
      throw .gateway(.notFound, "No such endpoint. See /openapi.json.")
    }
    record.endpoint = route.endpoint
    guard route.allows(request.method) else { return otherMethod(request, route, &record) }
    if route.endpoint.isPublic { return try open(route.endpoint) }
    let team = try authenticate(request, record)
    record.team = team.name
    guard route.endpoint.isOfApp, let appId = route.parameter else {
      return try await read(request, route, team, &record)
    }
    return try await answerApp(request, appId, team, &record)
  }

  private func authenticate(_ request: HTTPRequest, _ record: CallRecord) throws(Failure) -> Team {
    try record.snapshot.teams.authenticate(request.headers, certificate: request.peerCertificate)
  }

  /// Responds to `OPTIONS`, and to methods that the endpoint does not support.
  private func otherMethod(_ request: HTTPRequest, _ route: Route, _ record: inout CallRecord) -> HTTPResponse {
    var response: HTTPResponse
    if request.method == "OPTIONS" {
      response = HTTPResponse(status: 204, headers: HTTPFields(), body: [])
    } else {
      let methods = route.endpoint.isOfApp ? "POST" : "GET"
      let failure = Failure.gateway(
        .invalidRequest, "The method of the request is not allowed here; use \(methods).")
      record.failure = failure
      response = .problem(failure, requestId: record.requestId, status: 405)
    }
    response.headers.append("Allow", route.allowedMethods)
    return response
  }

  /// Handles the endpoints that require no team key.
  private func open(_ endpoint: CallRecord.Endpoint) throws(Failure) -> HTTPResponse {
    switch endpoint {
    case .readiness:
      if gateway.isDraining { throw .gateway(.overloaded, "The gateway is stopping.") }
      return json { $0.member("status", "ready") }
    case .metrics:
      return HTTPResponse(
        status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"], body: gateway.metricsText())
    case .openapi:
      return HTTPResponse(
        status: 200, headers: ["Content-Type": "application/json"], body: PackageResources.openapi_json)
    default:
      return json { $0.member("status", "ok") }
    }
  }

  private func answerApp(
    _ request: HTTPRequest, _ appId: String, _ team: Team, _ record: inout CallRecord
  ) async throws(Failure) -> HTTPResponse {
    // The response is the same for an unknown app and for another team's app.
    if let allowed = team.apps, !allowed.contains(appId) {
      throw .gateway(.forbidden, "The team '\(team.name)' may not use this app.")
    }
    guard let app = record.snapshot.apps[appId] else { throw .gateway(.notFound, "There is no such app.") }
    record.appId = appId
    switch record.endpoint {
    case .sessions, .login, .verify: try admit(&record, at: .now)
    default: break
    }
    let body = try RequestBody(request)
    if let stored = try await storedAnswer(to: request, app, &record) { return stored }
    let context = newContext()
    record.transaction = context.nonce
    switch record.endpoint {
    case .sessions: return try await openSession(app, body, context, &record)
    case .signatures: return try await sign(app, body, context, &record)
    case .login: return try await login(app, body, context, &record)
    case .verify: return try await verify(app, body, context, &record)
    default: return try explainReport(app, body, context, &record)
    }
  }

  func draw() -> UInt64 { random.number() }

  /// The current time and a new nonce.
  func newContext() -> CallContext { CallContext(now: .wallClock, nonce: random.identifier()) }

  /// A successful response whose body is a JSON object.
  func json(_ body: (inout JSONWriter) -> Void) -> HTTPResponse {
    latestBody.removeAll(keepingCapacity: latestBody.capacity <= 16_384)
    var writer = JSONWriter(reusing: &latestBody)
    writer.object(body)
    latestBody = writer.take()
    return HTTPResponse(status: 200, headers: Self.jsonFields, body: latestBody)
  }

  private static let jsonFields: HTTPFields = HTTPFields(["Content-Type": "application/json"])
}
