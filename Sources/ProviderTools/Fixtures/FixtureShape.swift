import NumberAuth
import Schema

/// The schema of a fixture. Unknown keys are errors, because a check with a misspelt key could not fail.
enum FixtureShape {
  static let fixture = Shape.object([
    .required("name", .text, "a sentence that describes the fixture"),
    .optional("provider", .text), .optional("authority", .text, "host and port of the endpoint"),
    .optional("account", .map(key: .any, value: .text)),
    .required("call", call),
    .required(
      "context",
      .object([
        .required("now", .text), .required("nonce", .text), .optional("credentials", .map(key: .any, value: .text)),
      ])),
    .optional(
      "first",
      .list(
        .object([
          .required("name", .text), .required("request", request),
          .required("answer", .object([statusField, headersField, .required("body", .text)])),
        ]), atLeast: 1), "requests before that of the call"),
    .optional("sandbox", .any), .optional("mint", .any),
    .optional("request", request),
    .optional("answers", .list(answer, atLeast: 1)),
    .optional("result", expectation),
  ])

  private static let call = Shape.object([
    .required("kind", .choice(["prepare", "sign", "login", "verify", "credential"])),
    .optional("credential", .text, "name of the credential"),
    .optional("operation", .choice(Operation.allCases.map(\.rawValue))),
    .optional("channel", .choice(Channel.allCases.map(\.rawValue))),
    .optional("token", .text), .optional("phoneNumber", .text),
    .optional("carrier", .choice(Carrier.allCases.map(\.rawValue))), .optional("userInformation", .text),
    .optional("clientIp", .text), .optional("pageUrl", .text), .optional("page", .any), .optional("preSign", .text),
    .optional("inputs", .map(key: .any, value: .text)),
  ])

  private static let request = Shape.object([
    .optional("method", .choice(["GET", "POST", "PUT"])), .required("target", .text),
    .required("headers", .list(.list(.text, atLeast: 2), atLeast: 0)), .optional("body", .text),
    .optional("encrypted", .any), .optional("signed", .any),
  ])

  private static let statusField = Shape.Field.optional("status", .integer(100...599))
  private static let headersField = Shape.Field.optional("headers", .map(key: .any, value: .text))

  private static let answer = Shape.object([
    .required("name", .text), statusField, headersField, .required("body", .text), .required("expect", expectation),
  ])

  private static let billed = Shape.Field.optional("billed", .choice(Billing.allCases.map(\.rawValue)))

  /// The expected result: exactly one of these keys.
  private static let expectation = Shape.variants(
    of: "an expected result",
    [
      .init("number", .text, [.optional("transaction", .any), billed, .optional("carrier", .any)], "the phone number"),
      .init(
        "verdict", .choice(Verdict.allCases.map(\.rawValue)),
        [.optional("transaction", .any), billed, .optional("smsAssistToken", .any)], "the verdict of a verification"),
      .init("failure", failure, [], "a failure"),
      .init("parameters", .text, [.optional("authPage", .any)], "the SDK's parameters, as JSON"),
      .init("sign", .text, [], "a signature for the SDK"),
      .init("credential", .text, [.optional("lifeSeconds", .any)], "the value of a credential"),
    ])

  private static let failure = Shape.object([
    .required("reason", .choice(FailureReason.allCases.map(\.rawValue))),
    .optional("stage", .choice(Stage.allCases.map(\.rawValue))), .optional("code", .any), .optional("message", .any),
    billed, .optional("delivery", .choice(Delivery.allCases.map(\.rawValue))), .optional("advice", .any),
    .optional("hint", .any),
  ])
}
