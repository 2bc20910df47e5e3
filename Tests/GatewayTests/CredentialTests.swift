import Configuration
import JSON
import Networking
import NumberAuth
import Testing

@testable import Gateway

/// WeChat's accounts in memory: issues access tokens `T1`, `T2`, …, and accepts the newest one only.
private final class TokenIssuer: VendorTransport {
  private struct State {
    var issued = 0
    var refused: Set<String> = []
    var requests: [VendorRequest] = []
    var tokenAnswers: [String] = []
    var held: [UnsafeContinuation<Void, Never>] = []
    var isHolding = false
    var arrivals: [UnsafeContinuation<Void, Never>] = []
  }

  private let state = Locked(State())
  let refusal: String

  init(refusal: String = #"{"errcode":42001,"errmsg":"access_token expired"}"#) { self.refusal = refusal }

  var requests: [VendorRequest] { state.withLock { $0.requests } }
  var fetches: Int { requests.count { $0.target.hasPrefix("/cgi-bin/") } }
  var logins: [String] { requests.map(\.target).filter { !$0.hasPrefix("/cgi-bin/") } }

  func refuse(_ tokens: String...) { state.withLock { $0.refused.formUnion(tokens) } }
  /// Responses to the next requests for an access token.
  func answerFetches(with answers: String...) { state.withLock { $0.tokenAnswers = answers } }
  func hold() { state.withLock { $0.isHolding = true } }

  /// Returns when a request for an access token has arrived.
  func arrived() async {
    await withUnsafeContinuation { continuation in
      let isThere = state.withLock { state in
        guard state.held.isEmpty else { return true }
        state.arrivals.append(continuation)
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  func release() {
    let held = state.withLock { state in
      defer { state.held = [] }
      state.isHolding = false
      return state.held
    }
    for continuation in held { continuation.resume() }
  }

  func send(
    _ request: VendorRequest, to origin: HTTPOrigin, _ options: HTTPSendOptions
  ) async -> Result<HTTPClientResponse, HTTPClientError> {
    let isFetch = request.target.hasPrefix("/cgi-bin/")
    if isFetch, state.withLock({ $0.isHolding }) {
      await withUnsafeContinuation { continuation in
        let arrivals = state.withLock { state in
          state.held.append(continuation)
          defer { state.arrivals = [] }
          return state.arrivals
        }
        for arrival in arrivals { arrival.resume() }
      }
    }
    let body = state.withLock { state in
      state.requests.append(request)
      guard isFetch else {
        let token = request.target.split(separator: "=").last.map(String.init) ?? ""
        return state.refused.contains(token)
          ? refusal
          : #"{"errcode":0,"errmsg":"ok","phone_info":{"phoneNumber":"13800000000","purePhoneNumber":"13800000000","countryCode":"86","watermark":{"appid":"wxsandbox000000001"}}}"#
      }
      if !state.tokenAnswers.isEmpty { return state.tokenAnswers.removeFirst() }
      state.issued += 1
      return #"{"access_token":"T\#(state.issued)","expires_in":7200}"#
    }
    return .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: Array(body.utf8)))
  }
}

@Suite("Access tokens of accounts", .timeLimit(.minutes(1))) struct CredentialTests {
  private static let login = #"{"channel":"wechat-mini-program","token":"code-1"}"#
  private static let path = "/v1/apps/books/login"

  @Test("one request fetches the token for all calls that wait for it") func oneRequest() async throws {
    let vendor = TokenIssuer()
    let gateway = try TestGateway(vendor: vendor)
    vendor.hold()
    async let answers = withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<50 {
        group.addTask {
          try await gateway.post(Self.path, #"{"channel":"wechat-mini-program","token":"code-\#(number)"}"#).status
        }
      }
      var statuses: [Int] = []
      for try await status in group { statuses.append(status) }
      return statuses
    }
    await vendor.arrived()
    vendor.release()
    #expect(try await answers == Array(repeating: 200, count: 50))
    #expect(vendor.fetches == 1)
    #expect(Set(vendor.logins) == ["/wxa/business/getuserphonenumber?access_token=T1"])
  }

  @Test("the token is neither in the log nor in the metrics") func secrecy() async throws {
    let vendor = TokenIssuer()
    vendor.answerFetches(with: #"{"access_token":"secret-access-token","expires_in":7200}"#)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(Self.path, Self.login)
    let metrics = try await gateway.metrics().joined(separator: "\n")
    let log = await gateway.log()
    for text in [metrics, log, String(decoding: answer.bytes, as: UTF8.self)] {
      #expect(!text.contains("secret-access-token") && !text.contains("sandboxwechatsecret"))
    }
    #expect(log.contains(#""event":"credential""#) && log.contains(#""lifeSeconds":7200"#))
    #expect(metrics.contains(#"numgate_credential_remaining_seconds{account="wechat",credential="accessToken"} 71"#))
  }

  @Test("a token that the vendor refuses before it uses the code is fetched again, and the call is sent again")
  func sendAgain() async throws {
    let vendor = TokenIssuer()
    let gateway = try TestGateway(vendor: vendor)
    try gateway.keep("T0", of: "wechat", "accessToken")
    vendor.refuse("T0")
    let answer = try await gateway.post(Self.path, Self.login)
    #expect(answer.status == 200)
    #expect(vendor.fetches == 1)
    #expect(
      vendor.logins == [
        "/wxa/business/getuserphonenumber?access_token=T0", "/wxa/business/getuserphonenumber?access_token=T1",
      ])
    try await gateway.post(Self.path, Self.login)
    #expect(vendor.fetches == 1 && vendor.logins.count == 3)
  }

  @Test("the call is sent again only once") func onlyOnce() async throws {
    let vendor = TokenIssuer()
    let gateway = try TestGateway(vendor: vendor)
    try gateway.keep("T0", of: "wechat", "accessToken")
    vendor.refuse("T0", "T1", "T2")
    let answer = try await gateway.post(Self.path, Self.login)
    #expect(answer.reason == "signature-rejected" && answer.body["vendor"]?["code"]?.string == "42001")
    #expect(vendor.fetches == 1 && vendor.logins.count == 2)
  }

  @Test("a code that does not say so does not send the call again: the user's code may be used") func otherCode()
    async throws
  {
    let vendor = TokenIssuer(refusal: #"{"errcode":40029,"errmsg":"invalid code"}"#)
    vendor.refuse("T1")
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(Self.path, Self.login)
    #expect(answer.reason == "token-expired")
    #expect(vendor.fetches == 1 && vendor.logins.count == 1)
  }

  @Test("a failed fetch is the failure of its code; nothing was sent with the user's code") func failedFetch()
    async throws
  {
    let vendor = TokenIssuer()
    let refusal = #"{"errcode":40125,"errmsg":"invalid appsecret sandboxwechatsecret0000000000001"}"#
    vendor.answerFetches(with: refusal)
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(Self.path, Self.login)
    #expect(answer.reason == "signature-rejected")
    #expect(answer.body["stage"]?.string == "credential" && answer.body["delivery"]?.string == "not-sent")
    #expect(answer.body["billed"]?.string == "no" && answer.body["vendor"]?["code"]?.string == "40125")
    #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("sandboxwechatsecret"))
    #expect(vendor.logins.isEmpty)
  }

  @Test("after a failed fetch, calls fail without another one until the pause is over") func pause() async throws {
    let vendor = TokenIssuer()
    let gateway = try TestGateway(vendor: vendor)
    let credentials = try #require(gateway.gateway.credentials.current.first { $0.account == "wechat" }?.credentials)
    // The pause of a failure in one hour.
    let later = MonotonicTime.now.advanced(by: .seconds(3600))
    _ = credentials.find("accessToken", at: later)
    credentials.end("accessToken", .failure(Failure(.vendorBusy, stage: .credential)), from: later, at: later)
    for _ in 0..<20 {
      let answer = try await gateway.post(Self.path, Self.login)
      #expect(answer.reason == "vendor-busy" && answer.body["stage"]?.string == "credential")
      let wait = try #require(answer.headers["Retry-After"].flatMap { Int($0) })
      #expect((3000...3601).contains(wait))
    }
    #expect(vendor.requests.isEmpty)
    // The breaker counts the vendor's responses to calls only.
    #expect(
      try await gateway.metrics().contains(#"numgate_breaker_state{scope="account",name="wechat"} 0"#))
  }

  @Test("a reload keeps the token of an unchanged account, and fetches that of a changed one") func reload()
    async throws
  {
    let files = TestFiles()
    let vendor = TokenIssuer()
    let gateway = try TestGateway(vendor: vendor, files: files)
    try await gateway.post(Self.path, Self.login)
    files.edit("appId: sandboxgetuiappid00001", "appId: sandboxgetuiappid00002")
    gateway.watcher.signalled()
    try await gateway.post(Self.path, Self.login)
    #expect(vendor.fetches == 1)
    files.edit("sandboxwechatsecret0000000000001", "sandboxwechatsecret0000000000002")
    gateway.watcher.signalled()
    try await gateway.post(Self.path, Self.login)
    #expect(vendor.fetches == 2)
    #expect(vendor.logins.last == "/wxa/business/getuserphonenumber?access_token=T2")
  }
}

@Suite("Access tokens for one user", .timeLimit(.minutes(1))) struct CallCredentialTests {
  private static let login = #"{"channel":"app","token":"operator-token-1"}"#
  private static let path = "/v1/apps/abroad/login"

  private static func json(_ text: String) -> ScriptedVendor.Answer {
    .success(HTTPClientResponse(status: 200, headers: HTTPFields(), body: Array(text.utf8)))
  }

  @Test("each call requests its own token") func tokens() async throws {
    let vendor = ScriptedVendor([
      Self.json(#"{"access_token":"A1"}"#), Self.json(#"{"devicePhoneNumber":"+447700900123"}"#),
      Self.json(#"{"access_token":"A2"}"#), Self.json(#"{"devicePhoneNumber":"+447700900124"}"#),
    ])
    let gateway = try TestGateway(vendor: vendor)
    #expect(try await gateway.post(Self.path, Self.login).body["phoneNumber"]?.string == "+447700900123")
    let second = #"{"channel":"app","token":"operator-token-2"}"#
    #expect(try await gateway.post(Self.path, second).body["phoneNumber"]?.string == "+447700900124")
    let bearers = vendor.requests.flatMap(\.headers).filter { $0.name == "Authorization" }.map(\.value)
    #expect(bearers == ["Bearer A1", "Bearer A2"])
  }

  @Test("a failure after the token was issued does not say that nothing was sent: the user's token is used")
  func honesty() async throws {
    let vendor = ScriptedVendor([
      Self.json(#"{"access_token":"A1"}"#), .failure(.notConnected("connection refused")),
    ])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(Self.path, Self.login)
    #expect(answer.reason == "vendor-unreachable")
    #expect(answer.body["delivery"]?.string == "answered" && answer.body["billed"]?.string == "unknown")
    #expect(vendor.requests.count == 2)
  }

  @Test("a failure of the first request keeps the token of the user") func firstRequest() async throws {
    let vendor = ScriptedVendor([.failure(.notConnected("connection refused"))])
    let answer = try await TestGateway(vendor: vendor).post(Self.path, Self.login)
    #expect(answer.reason == "vendor-unreachable" && answer.body["delivery"]?.string == "not-sent")
  }

  @Test("a message that repeats the access token does not show it") func redaction() async throws {
    let vendor = ScriptedVendor([
      Self.json(#"{"access_token":"secret-access-token","expires_in":7200}"#),
      Self.json(#"{"errcode":48001,"errmsg":"secret-access-token is not authorised"}"#),
    ])
    let gateway = try TestGateway(vendor: vendor)
    let answer = try await gateway.post(
      "/v1/apps/books/login", #"{"channel":"wechat-mini-program","token":"code-1"}"#)
    #expect(answer.reason == "not-entitled")
    #expect(!String(decoding: answer.bytes, as: UTF8.self).contains("secret-access-token"))
  }
}

/// The rules, with times given by the test.
@Suite("When a credential is fetched") struct AccountCredentialsTests {
  private static let start = MonotonicTime.now

  private func time(_ seconds: Int) -> MonotonicTime { Self.start.advanced(by: .seconds(seconds)) }

  private func fetched(_ value: String, _ seconds: Int = 7200) -> Result<FetchedCredential, Failure> {
    .success(FetchedCredential(value: Secret(value), life: .seconds(seconds)))
  }

  private func word(_ decision: AccountCredentials.Decision) -> String {
    switch decision {
    case .use(let value): "use " + value.revealed
    case .useAndFetch(let value): "use and fetch " + value.revealed
    case .fetch: "fetch"
    case .wait: "wait"
    case .refused(_, let wait): "refused for \(wait.components.seconds) s"
    }
  }

  @Test("it is fetched in the last fifth of its lifetime, and used until ten seconds before the end") func renewal() {
    let credentials = AccountCredentials()
    #expect(word(credentials.find("t", at: time(0))) == "fetch")
    #expect(word(credentials.find("t", at: time(1))) == "wait")
    credentials.end("t", fetched("A"), from: time(0), at: time(1))
    #expect(word(credentials.find("t", at: time(5759))) == "use A")
    #expect(word(credentials.find("t", at: time(5760))) == "use and fetch A")
    // The request is in flight.
    #expect(word(credentials.find("t", at: time(5761))) == "use A")
    credentials.end("t", .failure(.gateway(.vendorBusy)), from: time(5760), at: time(5762))
    #expect(word(credentials.find("t", at: time(5762))) == "use A")
    #expect(word(credentials.find("t", at: time(5763))) == "use and fetch A")
    #expect(word(credentials.find("t", at: time(7190))) == "wait")
    credentials.end("t", fetched("B"), from: time(5763), at: time(7191))
    #expect(word(credentials.find("t", at: time(7191))) == "use B")
  }

  @Test("the pause after failures doubles up to 32 seconds") func pauses() {
    let credentials = AccountCredentials()
    var now = 0
    for pause in [1, 2, 4, 8, 16, 32, 32] {
      #expect(word(credentials.find("t", at: time(now))) == "fetch")
      credentials.end("t", .failure(.gateway(.vendorBusy)), from: time(now), at: time(now))
      #expect(word(credentials.find("t", at: time(now))) == "refused for \(pause) s")
      now += pause
    }
    #expect(word(credentials.find("t", at: time(now))) == "fetch")
    credentials.end("t", fetched("A", 60), from: time(now), at: time(now))
    #expect(word(credentials.find("t", at: time(now + 53))) == "use and fetch A")
    credentials.end("t", .failure(.gateway(.vendorBusy)), from: time(now), at: time(now + 53))
    #expect(word(credentials.find("t", at: time(now + 54))) == "fetch")
  }

  @Test("the pause is not shorter than the vendor's Retry-After, up to ten minutes") func retryAfter() {
    for (seconds, pause) in [(60, 60), (100_000, 600)] {
      let credentials = AccountCredentials()
      _ = credentials.find("t", at: time(0))
      var failure = Failure.gateway(.vendorBusy)
      failure.retryAfterSeconds = seconds
      credentials.end("t", .failure(failure), from: time(0), at: time(0))
      #expect(word(credentials.find("t", at: time(0))) == "refused for \(pause) s")
    }
  }

  @Test("a refused value is removed, but not the value that has replaced it") func refused() {
    let credentials = AccountCredentials()
    _ = credentials.find("t", at: time(0))
    credentials.end("t", fetched("A"), from: time(0), at: time(0))
    #expect(!credentials.remove("t", refused: Secret("A"), at: time(4)))
    #expect(credentials.remove("t", refused: Secret("A"), at: time(5)))
    #expect(word(credentials.find("t", at: time(5))) == "fetch")
    credentials.end("t", fetched("B"), from: time(5), at: time(6))
    #expect(credentials.remove("t", refused: Secret("A"), at: time(20)))
    #expect(word(credentials.find("t", at: time(20))) == "use B")
  }
}
