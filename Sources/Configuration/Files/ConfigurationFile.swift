import Networking
import NumberAuth
import Schema
import YAML

/// The shape of `config.yaml`.
enum ConfigurationFile {
  static let shape = shape(suggesting: [])

  /// - Parameter pages: options of known page types, which editors suggest.
  static func shape(suggesting pages: [Shape.Suggestion]) -> Shape {
    .object(sections(suggesting: pages))
  }

  private static func sections(suggesting pages: [Shape.Suggestion]) -> [Shape.Field] {
    [
      .required("server", server, "settings of the gateway process", reloadable: false),
      .required(
        "teams", .map(key: .name, value: team), "teams: who may call, with which keys, for which apps", reloadable: true
      ),
      .required(
        "accounts", AccountFile.shape, "contracts with vendors: a provider, and the fields that its file declares",
        reloadable: true),
      .required(
        "apps", .map(key: .name, value: app(suggesting: pages)),
        "apps: for each channel and operation the accounts that serve it", reloadable: true),
      .optional("store", StoreFile.store, "the gateway's database", reloadable: false),
      .optional("ledger", StoreFile.ledger, "the ledger: one row for each call to a vendor", reloadable: false),
      .optional(
        "idempotency", StoreFile.idempotency, "answers to requests with an `Idempotency-Key`", reloadable: false),
    ]
  }

  private static let address = Shape.form(
    .init("an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/numgate.sock") { SocketAddress($0) != nil })

  private static let directHost = Shape.form(
    .init("a host such as api.example.com, .example.com or 10.0.0.1, without a port") { HostPattern($0) != nil })

  private static let server = Shape.object([
    .required(
      "listen", .scalarOr(address, .list(address, atLeast: 1)), "one address or a list of addresses",
      example: #""127.0.0.1:8080""#),
    .optional(
      "loops", .integer(1...256), "number of event loops, each on its own thread; by default one for each processor",
      example: "2"),
    .optional(
      "sessionKeys", .list(.text, atLeast: 1),
      """
      session keys, each `${env:NAME}` or `${file:path}` with 32 bytes or more: the first one signs, all of them \
      verify; by default a random key, so that sessions end with the process
      """,
      reloadable: true, example: #"["${file:/run/secrets/session-key}"]"#),
    .optional("sessionKey", .text, "the same as `sessionKeys` with one key", reloadable: true),
    .optional(
      "sessionLife", .duration(.seconds(10)...(.seconds(86_400))), "lifetime of a session",
      default: .duration(Defaults.sessionLife)),
    .optional(
      "drain", .duration(.milliseconds(100)...(.seconds(600))),
      "time limit for requests in flight after the listeners are closed", default: .duration(Defaults.drain)),
    .optional(
      "drainDelay", .duration(.zero...(.seconds(300))),
      """
      time for which the listeners stay open after SIGTERM while `/readyz` returns 503; `5s` is recommended behind a \
      load balancer
      """,
      default: .duration(Defaults.drainDelay)),
    .optional(
      "tls", tls, "HTTPS instead of HTTP; adding or removing it requires a restart",
      reloadable: true),
    .optional("breaker", breaker, "circuit breakers: one for each account and one for each host"),
    .optional("limits", limits, "limits for client connections and requests"),
    .optional("timeouts", timeouts, "time limits for client connections"),
    .optional("vendors", vendors, "connections to vendors"),
  ])

  private static let tls = Shape.object([
    .required(
      "certificate", .text, "PEM file: the certificate of the server, followed by the intermediate certificates",
      example: #""server.pem""#),
    .required(
      "key", .text, "PEM file: the private key of the certificate, not encrypted", example: #""server.key""#),
    .optional(
      "minimum", .choice(TLSVersion.allCases.map(\.rawValue)), "oldest accepted version of TLS",
      default: .text(Defaults.minimumTLSVersion.rawValue)),
    .optional(
      "clientAuthorities", .text,
      "PEM file: the authorities that issue client certificates; by default clients are not asked for a certificate",
      example: #""clients.pem""#),
    .optional(
      "clientCertificates", .choice(TLSContext.ClientCertificates.allCases.map(\.rawValue)),
      "whether clients need a certificate; requires `clientAuthorities`",
      default: .text(Defaults.clientCertificates.rawValue),
      meanings: [
        "optional": "clients without a certificate can connect",
        "required": "every client needs a certificate, including health checks",
      ]),
  ])

  private static let breaker = Shape.object([
    .optional(
      "failures", .integer(1...1000), "consecutive failures that open a circuit breaker",
      default: .number(Defaults.failures)),
    .optional(
      "failurePercent", .integer(1...100), "percentage of failed calls in the window that opens it",
      default: .number(Defaults.failurePercent)),
    .optional(
      "minimumCalls", .integer(1...100_000), "calls in the window before the percentage is used",
      default: .number(Defaults.minimumCalls)),
    .optional(
      "window", .duration(.seconds(1)...(.seconds(600))), "length of the sliding window",
      default: .duration(Defaults.window)),
    .optional(
      "open", .duration(.milliseconds(100)...(.seconds(600))), "time until the first probe",
      default: .duration(Defaults.open)),
    .optional(
      "probes", .integer(1...100), "consecutive successful probes that close it",
      default: .number(Defaults.probes)),
    .optional(
      "slowPercent", .integer(1...100),
      "a response that takes longer than this percentage of the time-out counts as a failure of the host",
      default: .number(Defaults.slowPercent)),
  ])

  private static let limits = Shape.object([
    .optional(
      "connections", .integer(1...1_000_000), "maximum number of client connections, on all loops together",
      default: .number(Defaults.server.connections)),
    .optional(
      "requestLine", .size(256...65_536), "maximum length of a request line",
      default: .size(Defaults.server.limits.startLine)),
    .optional(
      "headers", .size(1024...(1 << 20)), "maximum length of all header fields of a request",
      default: .size(Defaults.server.limits.headers)),
    .optional(
      "headerCount", .integer(8...10_000), "maximum number of header fields of a request",
      default: .number(Defaults.server.limits.fieldCount)),
    .optional(
      "body", .size(1024...(16 << 20)), "maximum length of a request body", default: .size(Defaults.requestBody)),
  ])

  private static let timeouts = Shape.object([
    .optional(
      "header", .duration(.milliseconds(10)...(.seconds(600))),
      "from the first byte of a request to the end of its header fields; also the limit of a TLS handshake",
      default: .duration(Defaults.server.headerTimeout)),
    .optional(
      "body", .duration(.milliseconds(10)...(.seconds(600))),
      "from the end of the header fields to the end of the body",
      default: .duration(Defaults.server.bodyTimeout)),
    .optional(
      "idle", .duration(.milliseconds(10)...(.seconds(3600))), "between two requests of a connection",
      default: .duration(Defaults.server.idleTimeout)),
    .optional(
      "write", .duration(.milliseconds(10)...(.seconds(600))), "from the start to the end of sending a response",
      default: .duration(Defaults.server.writeTimeout)),
  ])

  private static let vendors = Shape.object([
    .optional(
      "connections", .integer(1...100_000),
      "deprecated: default of `limits.concurrency` of the accounts; set it for each account"),
    .optional(
      "connectTimeout", .duration(.milliseconds(10)...(.seconds(60))),
      "time limit of a new connection: name resolution, TCP, proxy and TLS together",
      default: .duration(Defaults.vendors.connectTimeout)),
    .optional(
      "idleTimeout", .duration(.milliseconds(100)...(.seconds(600))), "time after which an idle connection is closed",
      default: .duration(Defaults.vendors.idleTimeout)),
    .optional(
      "connectionAge", .duration(.seconds(1)...(.seconds(86_400))),
      "maximum age of a connection, varied by up to 10 %; a new connection follows the current addresses of the host",
      default: .duration(Defaults.vendors.connectionAge)),
    .optional(
      "answerSize", .size(1024...(64 << 20)), "maximum length of the body of a vendor's response",
      default: .size(Defaults.vendors.limits.body)),
    .optional(
      "authorities", .text, "PEM file: the authorities to trust, instead of those of the system",
      example: #""authorities.pem""#),
    .optional(
      "proxy", .text,
      """
      HTTP proxy for all vendors, `http://[user:password@]host:port`; with a password it must be `${env:NAME}` or \
      `${file:path}`
      """,
      example: #""${file:/run/secrets/egress-proxy}""#),
    .optional(
      "noProxy", .list(directHost, atLeast: 1), "hosts to call without the proxy: names, or `.suffix` for subdomains",
      example: #"["127.0.0.1", ".example.internal"]"#),
  ])

  private static let keyHash = Shape.form(
    .init("'sha256:' and 64 hexadecimal digits (printf %s KEY | sha256sum)", pattern: "^sha256:[0-9A-Fa-f]{64}$") {
      teamKeyHash($0) != nil
    })

  private static let certificatePattern = Shape.form(
    .init("a certificate name such as shop.internal or *.shop.internal") { CertificatePattern($0) != nil })

  private static let team = Shape.object([
    .optional(
      "keys", .list(keyHash, atLeast: 1), "SHA-256 of each key: `printf %s KEY | sha256sum`",
      example: #"["sha256:d41a59e6bfaadc6cbbb4144f31a550712957a6ed8be49290657e2cfb994989cb"]"#),
    .optional(
      "certificates", .list(certificatePattern, atLeast: 1),
      """
      common or alternative names of client certificates, instead of keys or in addition; `*` matches within one \
      label; requires `server.tls.clientAuthorities`
      """,
      example: #"["*.shop.internal"]"#),
    .required(
      "apps", .scalarOr(.choice(["all"]), .list(.text, atLeast: 1)), "the apps that the team may use, or `all`",
      example: #"["shop"]"#),
    .optional("limits", LimitsFile.team, "limits of the team, over all its apps"),
  ])

  private static let candidates = Shape.named(
    "accounts",
    .list(
      .scalarOr(
        .text,
        .object([
          .required("account", .text, "name of an account", example: #""mobile-app""#),
          .required(
            "weight", .integer(0...1_000_000), "share of new sessions; with a weight, every account needs one",
            example: "1"),
        ])),
      atLeast: 1))

  private static func app(suggesting pages: [Shape.Suggestion]) -> Shape {
    let channel = Shape.named("channel", .object(channelFields(suggesting: pages)))
    return .object(
      Channel.allCases.map { .optional($0.rawValue, channel, "the routes of the channel `\($0.rawValue)`") } + [
        .optional("limits", LimitsFile.app, "limits of the app, over all teams")
      ])
  }

  private static func channelFields(suggesting pages: [Shape.Suggestion]) -> [Shape.Field] {
    [
      .optional(
        "login", candidates, "accounts for one-click login, in order of preference or with weights",
        example: #"["mobile-h5", "aliyun-h5"]"#),
      .optional(
        "verify", candidates, "accounts for number verification, in order of preference or with weights",
        example: #"["aliyun-h5"]"#),
      .optional(
        "page", .suggesting(page, pages), "the vendor's authorisation page; by default its standard page"),
    ]
  }

  private static let page = Shape.object([
    .required("type", .text, "a page type of the provider", example: #""2""#),
    .optional(
      "options", .any, "options of the page type, which its provider file declares; passed to the SDK as written",
      example: ##"{"layerStyle": {"height": "240px", "bgColor": "#FFFFFF"}}"##),
  ])

  static func teamKeyHash(_ text: String) -> [UInt8]? {
    guard text.hasPrefix("sha256:"), text.utf8.count == 71 else { return nil }
    return hexadecimal(text.dropFirst(7))
  }

  private static func hexadecimal(_ digits: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = digits
    while !rest.isEmpty {
      guard let byte = UInt8(rest.prefix(2), radix: 16), rest.first != "+", rest.first != "-" else { return nil }
      bytes.append(byte)
      rest = rest.dropFirst(2)
    }
    return bytes
  }

  /// Reads `server`, whose shape has been checked.
  static func readServer(_ node: YAMLNode) -> ServerSettings {
    var http = HTTPServerOptions()
    var vendors = HTTPClientOptions()
    if let limits = node["limits"] {
      set(&http.connections, limits["connections"]?.int)
      set(&http.limits.startLine, limits["requestLine"]?.text.flatMap(parseSize))
      set(&http.limits.headers, limits["headers"]?.text.flatMap(parseSize))
      set(&http.limits.fieldCount, limits["headerCount"]?.int)
    }
    http.limits.body = node["limits"]?["body"]?.text.flatMap(parseSize) ?? Defaults.requestBody
    if let timeouts = node["timeouts"] {
      set(&http.headerTimeout, duration(timeouts["header"]))
      set(&http.bodyTimeout, duration(timeouts["body"]))
      set(&http.idleTimeout, duration(timeouts["idle"]))
      set(&http.writeTimeout, duration(timeouts["write"]))
    }
    if let node = node["vendors"] {
      set(&vendors.connectTimeout, duration(node["connectTimeout"]))
      set(&vendors.idleTimeout, duration(node["idleTimeout"]))
      set(&vendors.connectionAge, duration(node["connectionAge"]))
      set(&vendors.limits.body, node["answerSize"]?.text.flatMap(parseSize))
      vendors.authorities = node["authorities"]?.text
    }
    var breaker = BreakerSettings()
    if let node = node["breaker"] {
      set(&breaker.failures, node["failures"]?.int)
      set(&breaker.failurePercent, node["failurePercent"]?.int)
      set(&breaker.minimumCalls, node["minimumCalls"]?.int)
      set(&breaker.window, duration(node["window"]))
      set(&breaker.open, duration(node["open"]))
      set(&breaker.probes, node["probes"]?.int)
      set(&breaker.slowPercent, node["slowPercent"]?.int)
    }
    return ServerSettings(
      listen: listenAddresses(node["listen"]),
      loops: node["loops"]?.int, sessionKeys: [],
      sessionLife: duration(node["sessionLife"]) ?? Defaults.sessionLife,
      drain: duration(node["drain"]) ?? Defaults.drain,
      drainDelay: duration(node["drainDelay"]) ?? Defaults.drainDelay,
      breaker: breaker, http: http, vendors: vendors)
  }

  private static func listenAddresses(_ node: YAMLNode?) -> [SocketAddress] {
    guard let node else { return [] }
    return (node.elements.isEmpty ? [node] : node.elements).compactMap { $0.text.flatMap(SocketAddress.init) }
  }

  private static func set<Value>(_ target: inout Value, _ value: Value?) {
    if let value { target = value }
  }

  private static func duration(_ node: YAMLNode?) -> Duration? { node?.text.flatMap(parseDuration) }
}
