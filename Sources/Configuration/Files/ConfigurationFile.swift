import Networking
import NumberAuth
import Schema
import YAML

/// The form of `config.yaml`.
enum ConfigurationFile {
  static let shape = Shape.object([
    .required("server", server, "how the gateway itself runs; a change takes effect at the next start"),
    .required("teams", .map(key: .name, value: team), "who may call, with which keys, for which apps"),
    .required(
      "accounts", AccountFile.shape, "contracts with vendors: a provider and the fields that its file declares"),
    .required("apps", .map(key: .name, value: app), "per channel and operation: the accounts that serve it"),
  ])

  private static let address = Shape.form(
    .init("an address such as 127.0.0.1:8080, [::1]:8080 or unix:/run/numgate.sock") { SocketAddress($0) != nil })

  private static let directHost = Shape.form(
    .init("a host such as api.example.com, .example.com or 10.0.0.1, without a port") { HostPattern($0) != nil })

  private static let server = Shape.object([
    .required("listen", .scalarOr(address, .list(address, atLeast: 1)), "one address, or a list of them"),
    .optional("loops", .integer(1...256), "event loops, each a thread; one for each processor unless given"),
    .optional(
      "sessionKey", .text, "${env:NAME} or ${file:path}, 32 bytes or more; a random one for each start unless given"),
    .optional(
      "sessionKeys", .list(.text, atLeast: 1),
      "a list of such keys: the first one signs, all of them verify; for rotation; reloadable"),
    .optional("sessionLife", .duration(.seconds(10)...(.seconds(86_400))), "10m unless given"),
    .optional(
      "drain", .duration(.milliseconds(100)...(.seconds(600))),
      "how long requests in flight may take after the listeners are closed; default: 10s"),
    .optional(
      "drainDelay", .duration(.zero...(.seconds(300))),
      "how long the listeners stay open after SIGTERM while /readyz answers 503; default: 0s, behind a load balancer 5s"
    ),
    .optional(
      "tls",
      .object([
        .required(
          "certificate", .text, "PEM file: the server's certificate, then the intermediate ones; reloaded on change"),
        .required("key", .text, "PEM file: the certificate's private key, not encrypted; reloaded on change"),
        .optional(
          "minimum", .choice(TLSVersion.allCases.map(\.rawValue)), "oldest accepted version of TLS; default: \"1.2\""),
        .optional(
          "clientAuthorities", .text, "PEM file: authorities whose client certificates are accepted; none by default"),
        .optional(
          "clientCertificates", .choice(TLSContext.ClientCertificates.allCases.map(\.rawValue)),
          "whether every client must have one, health checks included; default: optional"),
      ]), "HTTPS instead of HTTP; paths are relative to this file"),
    .optional(
      "breaker",
      .object([
        .optional("failures", .integer(1...1000), "failures in a row that open a circuit breaker; default: 5"),
        .optional(
          "failurePercent", .integer(1...100), "share of failed calls in the window that opens it; default: 50"),
        .optional("minimumCalls", .integer(1...100_000), "calls in the window before the share counts; default: 20"),
        .optional(
          "window", .duration(.seconds(1)...(.seconds(600))), "length of the sliding window; default: 10s"),
        .optional(
          "open", .duration(.milliseconds(100)...(.seconds(600))), "time until the first probe; default: 10s"),
        .optional("probes", .integer(1...100), "successful probes that close it; default: 3"),
        .optional(
          "slowPercent", .integer(1...100),
          "a response that takes longer than this share of the time-out is a failure of the host; default: 80"),
      ]), "circuit breakers: one for each account and one for each host"),
    .optional(
      "limits",
      .object([
        .optional("connections", .integer(1...1_000_000)),
        .optional("requestLine", .size(256...65_536)),
        .optional("headers", .size(1024...(1 << 20))),
        .optional("headerCount", .integer(8...10_000)),
        .optional("body", .size(1024...(16 << 20))),
      ])),
    .optional(
      "timeouts",
      .object([
        .optional("header", .duration(.milliseconds(10)...(.seconds(600)))),
        .optional("body", .duration(.milliseconds(10)...(.seconds(600)))),
        .optional("idle", .duration(.milliseconds(10)...(.seconds(3600)))),
        .optional("write", .duration(.milliseconds(10)...(.seconds(600)))),
      ])),
    .optional(
      "vendors",
      .object([
        .optional(
          "connections", .integer(1...100_000),
          "deprecated: default of `limits.concurrency` for accounts; set it there"),
        .optional("connectTimeout", .duration(.milliseconds(10)...(.seconds(60)))),
        .optional("idleTimeout", .duration(.milliseconds(100)...(.seconds(600)))),
        .optional(
          "connectionAge", .duration(.seconds(1)...(.seconds(86_400))),
          "maximum age of a connection, spread by 10 %; default: 5m"),
        .optional("answerSize", .size(1024...(64 << 20))),
        .optional("authorities", .text, "a file of certificates in PEM, instead of the system's"),
        .optional(
          "proxy", .text,
          "http://host:port of a proxy for all vendors; with user:password@ as ${env:NAME} or ${file:path}"),
        .optional(
          "noProxy", .list(directHost, atLeast: 1), "hosts that are called directly: names, or .suffix for subdomains"),
      ])),
  ])

  private static let keyHash = Shape.form(
    .init("'sha256:' and 64 hexadecimal digits (printf %s KEY | sha256sum)", pattern: "^sha256:[0-9A-Fa-f]{64}$") {
      teamKeyHash($0) != nil
    })

  private static let certificatePattern = Shape.form(
    .init("a certificate's name, such as shop.internal or *.shop.internal") { CertificatePattern($0) != nil })

  private static let team = Shape.object([
    .optional("keys", .list(keyHash, atLeast: 1), "the SHA-256 of each key"),
    .optional(
      "certificates", .list(certificatePattern, atLeast: 1),
      "instead of or beside keys: common or alternative names of client certificates; * matches within one label"),
    .required("apps", .scalarOr(.choice(["all"]), .list(.text, atLeast: 1)), "the apps they may call for, or all"),
  ])

  private static let candidates = Shape.named(
    "accounts",
    .list(
      .scalarOr(.text, .object([.required("account", .text), .required("weight", .integer(0...1_000_000))])),
      atLeast: 1))

  private static let app = Shape.map(
    key: .oneOf(Channel.allCases.map(\.rawValue)),
    value: .object([
      .optional("login", candidates, "in the order of preference, or by weight"),
      .optional("verify", candidates, "in the order of preference, or by weight"),
      .optional("page", .object([.required("type", .text), .optional("options", .any)])),
    ]))

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

  /// Reads `server` after its shape has passed.
  static func readServer(_ node: YAMLNode) -> ServerSettings {
    var http = HTTPServerOptions()
    var vendors = HTTPClientOptions()
    if let limits = node["limits"] {
      set(&http.connections, limits["connections"]?.int)
      set(&http.limits.startLine, limits["requestLine"]?.text.flatMap(parseSize))
      set(&http.limits.headers, limits["headers"]?.text.flatMap(parseSize))
      set(&http.limits.fieldCount, limits["headerCount"]?.int)
    }
    http.limits.body = node["limits"]?["body"]?.text.flatMap(parseSize) ?? 65_536
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
      sessionLife: duration(node["sessionLife"]) ?? .seconds(600), drain: duration(node["drain"]) ?? .seconds(10),
      drainDelay: duration(node["drainDelay"]) ?? .zero,
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

/// The form of one account; its other keys are the fields that the provider's file declares.
enum AccountFile {
  static let ownKeys = ["provider", "endpoint", "timeout", "limits"]

  /// The declared fields are checked later, once the provider is known.
  static let shape = Shape.map(
    key: .name,
    value: .open([
      .required("provider", .text, "the name of a file in providers/, without .yaml"),
      .optional("endpoint", .form(FieldPattern.origin.form), "instead of the provider's: a test line or the sandbox"),
      .optional(
        "timeout", .duration(.milliseconds(100)...(.seconds(60))),
        "for one call: queue, name look-up and connect included"),
      .optional(
        "limits",
        .object([
          .optional("concurrency", .integer(1...100_000), "calls in flight, on all loops together; default: 1024"),
          .optional("queue", .integer(0...100_000), "calls that wait for one of those to end; default: 1024"),
          .optional(
            "queueTime", .duration(.milliseconds(1)...(.seconds(60))), "how long a call may wait; default: 500ms"),
        ]), "how much of the gateway the account may occupy"),
    ]))

  /// Reads `limits` after its shape has passed.
  static func readLimits(_ node: YAMLNode?, defaultConcurrency: Int?) -> AccountLimits {
    var limits = AccountLimits()
    limits.concurrency = node?["concurrency"]?.int ?? defaultConcurrency ?? limits.concurrency
    limits.queue = node?["queue"]?.int ?? limits.queue
    limits.queueTime = node?["queueTime"]?.text.flatMap(parseDuration) ?? limits.queueTime
    return limits
  }
}
