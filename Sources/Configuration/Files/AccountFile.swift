import Networking
import NumberAuth
import Schema
import YAML

/// The shape of one account. All other keys are fields that the provider file declares.
enum AccountFile {
  static let ownKeys = ["provider", "endpoint", "timeout", "limits", "pages", "prices", "tls"]

  private static let page = Shape.form(
    .init("an http or https URL without query and fragment", pattern: "^https?://[^?#]+$") {
      HTTPOrigin(origin(ofPage: $0)) != nil && $0 == RegisteredPages.address(of: $0)
    })

  /// Scheme, host and port of a page.
  private static func origin(ofPage address: String) -> String {
    address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
  }

  /// The declared fields are checked later, when the provider is known.
  static let shape = Shape.map(
    key: .name,
    value: .open([
      .required(
        "provider", .text, "name of a file in `providers/`, without `.yaml`", example: #""china-mobile-h5""#),
      .optional(
        "endpoint", .form(FieldPattern.origin.form),
        "origin of the vendor's API, such as a test system or the sandbox; by default that of the provider file",
        example: #""http://127.0.0.1:9090""#),
      .optional(
        "timeout", .duration(.milliseconds(100)...(.seconds(60))),
        "time limit of a call, including the queue; by default the `timeout` of the provider file", example: #""3s""#),
      .optional(
        "limits",
        .object([
          .optional(
            "concurrency", .integer(1...100_000), "calls in flight, on all loops together",
            default: .number(Defaults.concurrency)),
          .optional(
            "queue", .integer(0...100_000), "calls that wait until a call in flight ends",
            default: .number(Defaults.queue)),
          .optional(
            "queueTime", .duration(.milliseconds(1)...(.seconds(60))), "maximum time that a call waits",
            default: .duration(Defaults.queueTime)),
          .optional(
            "perSecond", .integer(1...1_000_000),
            """
            calls per second that the vendor allows; further calls wait for up to `queueTime`, then they are refused \
            with `overloaded`
            """, example: "50"),
        ]), "limits of calls to the vendor"),
      .optional(
        "pages", .list(page, atLeast: 1),
        """
        the pages that are registered with the vendor, without query and fragment; a session for another page is refused \
        with `page-not-registered`; by default no page is refused
        """, example: #"["https://shop.example.com/login"]"#),
      .optional(
        "prices", StoreFile.prices, "what the vendor charges for a call; a list if prices change on a date",
        example: #"{"login": 0.06, "verify": 0.03, "currency": "CNY"}"#),
      .optional("tls", tls, "TLS of the connections of this account, which no other account uses; requires https"),
    ]))

  private static let tls = Shape.object([
    .optional(
      "certificate", .text,
      "PEM file: the client certificate that the vendor requires, followed by the intermediate certificates",
      example: #""bank.pem""#),
    .optional(
      "key", .text,
      """
      the private key of the certificate in PEM, not encrypted: the path of a file, `${file:path}` or `${env:NAME}`; \
      required with `certificate`
      """,
      example: #""${file:/run/secrets/bank.key}""#),
    .optional(
      "authorities", .text,
      """
      PEM file: the authorities to trust for this account, instead of those of the system and of \
      `server.vendors.authorities`
      """,
      example: #""bank-ca.pem""#),
  ])

  /// Reads `limits`, whose shape has been checked.
  static func readLimits(_ node: YAMLNode?, defaultConcurrency: Int?) -> AccountLimits {
    var limits = AccountLimits()
    limits.concurrency = node?["concurrency"]?.int ?? defaultConcurrency ?? limits.concurrency
    limits.queue = node?["queue"]?.int ?? limits.queue
    limits.perSecond = node?["perSecond"]?.int
    limits.queueTime = node?["queueTime"]?.text.flatMap(parseDuration) ?? limits.queueTime
    return limits
  }
}
