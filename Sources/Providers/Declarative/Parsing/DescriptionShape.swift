import JSON
import NumberAuth
public import Schema

extension DeclarativeDescription {
  /// The additional keys of a file with `adapter: declarative`.
  public static let fields: [Shape.Field] = [
    .optional(
      "steps", steps,
      "steps that every operation can use; unused steps are not evaluated. An operation uses at most "
        + "\(OperationReader.maximumSteps) steps, including these"
    ),
    .optional(
      "credentials", .map(key: .name, value: .object(credential)),
      "values that the vendor issues to an account, such as an access token; a step or a request uses them as "
        + "${credentials.NAME}. A credential can use those before it"
    ),
    .optional(
      "operations",
      .object([
        .optional("prepare", prepare, "returns the parameters of the page's SDK"),
        .optional("sign", sign, "signs a text that the page's SDK has composed"),
        .optional("login", login, "exchanges the token for the phone number"),
        .optional("verify", verify, "checks whether the token belongs to the given phone number"),
      ]), "the requests to the vendor and the rules for reading its answers"),
  ]

  static let pointer = Shape.named(
    "pointer",
    .form(Shape.Form("a JSON Pointer such as /data/phone", pattern: "^(/.*)?$") { JSONPointer($0) != nil }))

  private static let digits = Shape.Form("a number of digits such as 6 or 5-6", pattern: "^[1-9][0-9]?(-[1-9][0-9]?)?$")
  {
    SentenceCode.digits($0) != nil
  }

  // MARK: Operations

  private static let optionalValue = Shape.object([
    .required("$optional", .text, "the parameter is omitted if this is empty")
  ])
  static let parameters = Shape.named("parameters", .map(key: .any, value: .scalarOr(.text, optionalValue)))

  private static let request = Shape.object([
    .optional(
      "endpoint", .text, "origin of this request, such as ${account.tokenEndpoint}; default: the account's endpoint"),
    .optional("method", .choice(["GET", "POST", "PUT"]), "default: POST"),
    .required("path", .text, "begins with '/', without the query"),
    .optional(
      "charset", .choice(RequestDescription.Charset.allCases.map(\.rawValue)),
      "charset of the body, and of the values in the query and in a form; default: utf-8"),
    .optional("query", parameters, "percent-encoded by Numgate"),
    .optional("headers", parameters),
    .optional("form", parameters, "a body of application/x-www-form-urlencoded"),
    .optional("json", .any, "a JSON body; {$number: …} is a number, {$optional: …} is omitted if empty"),
    .optional(
      "xml", .any,
      "an XML body: one root element, such as {Request: {AppId: …}}; a list repeats its element, `@name` is an "
        + "attribute, `$text` the text of an element with attributes, {$optional: …} is omitted if empty"),
    .optional("multipart", parameters, "a body of multipart/form-data; each part is a text"),
    .optional("raw", .text, "a body that is one value, such as an encrypted text"),
    .optional("contentType", .text, "the Content-Type of `raw`; default: text/plain"),
  ])

  private static let answerFields: [Shape.Field] = [
    .optional(
      "format", .choice(["json", "xml", "text"]),
      "the format of the body; default: json. In xml, a pointer consists of element names, such as /Response/Code; "
        + "/Response/@id is an attribute. In text, ${answer} is the whole body"),
    .required(
      "success",
      .list(
        .variants(
          of: "a rule",
          [
            .init(
              "at", .oneOrMore(pointer),
              [
                .required("is", .list(.text, atLeast: 1), "success codes"),
                .optional("code", .oneOrMore(pointer), "pointer to the code of a failure, if `at` is a flag"),
              ],
              "pointer to the result code or flag"),
            .init(
              "value", .text, [.required("is", .list(.text, atLeast: 1), "success codes")],
              "a code that a step computes, such as one in a decrypted text"),
            .init(
              "absent", .oneOrMore(pointer), [],
              "pointer to a value that only a failure has: the code of the failure"),
            .init(
              "present", .oneOrMore(pointer),
              [.optional("otherwise", .oneOrMore(pointer), "pointer to the code that gives the reason otherwise")],
              "pointer to a value that must not be missing or empty"),
          ]), atLeast: 1), "a successful answer meets all of these rules"),
    .optional(
      "message", .oneOrMore(.text), "the vendor's message: pointers, or a text such as ${header/x-error-message}"),
    .optional(
      "inner",
      .object([
        .required("in", .oneOrMore(pointer), "a sentence that contains a more detailed code"),
        .optional("digits", .form(digits), "digits of the code", default: .text("5-6")),
        .optional("after", .oneOrMore(.text), "words of which one precedes the code by at most ten characters"),
      ]), "a code inside a sentence; it is used if `failures` lists it"),
    .optional(
      "echo",
      .list(.object([.required("at", .oneOrMore(pointer)), .required("is", .text)]), atLeast: 1),
      "values that the answer repeats from the request; an answer with a different value is rejected"),
    .optional(
      "billed",
      .scalarOr(
        .choice(Billing.allCases.map(\.rawValue)),
        .object([
          .required("of", .text), .optional("yes", words), .optional("no", words),
          .optional("onFailure", .boolean, "apply it to failures too, instead of the value in the failure table"),
        ])),
      "whether a successful call is charged; default: unknown"),
    .optional(
      "of", .text,
      "without `request`: the text that is read in place of a response, such as ${call.token} if the SDK returns the "
        + "vendor's answer"),
    .optional("steps", steps, "steps that can use ${answer/…}"),
    .optional("transaction", .text, "the vendor's transaction id"),
  ]

  private static let words = Shape.list(.text, atLeast: 1)

  private static func operation(answer: [Shape.Field], isRequired: Bool = true) -> [Shape.Field] {
    let answer = Shape.object(answerFields + answer)
    return [
      .optional("steps", steps, "each step can use earlier steps"),
      .optional("request", request),
      isRequired ? .required("answer", answer) : .optional("answer", answer),
    ]
  }

  private static let login = Shape.object(
    operation(answer: [
      .required("number", .text, "the phone number"),
      .optional(
        "carrier",
        .object(
          [.required("of", .text)] + Carrier.allCases.map { .optional($0.rawValue, words) }),
        "the user's carrier, if the answer contains it"),
    ]))

  private static let credential = operation(answer: [
    .required("value", .text, "the credential, such as ${answer/access_token}"),
    .required(
      "life", .scalarOr(.text, .object([.required("milliseconds", .text)])),
      "its lifetime: a duration such as 2h, or a number of seconds such as ${answer/expires_in}"),
  ])

  private static let verify = Shape.object(
    operation(answer: [
      .required(
        "verdict",
        .object([.required("of", .text), .required("match", words), .required("mismatch", words)]),
        "values for match and mismatch; any other value is unknown"),
      .optional("smsAssistToken", .text, "a token for verification by SMS after a mismatch"),
    ]))

  private static let sign = Shape.object([
    .optional("steps", steps, "each step can use earlier steps"),
    .required("sign", .text, "the signature, for the text ${call.preSign}"),
  ])

  private static let prepare = Shape.object(
    operation(answer: [], isRequired: false)
      + [.required("parameters", .any, "the object that the SDK is called with")])
}
