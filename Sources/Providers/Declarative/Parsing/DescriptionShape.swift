import JSON
import NumberAuth
public import Schema

extension DeclarativeDescription {
  /// The keys that a file with `adapter: declarative` has beside every provider's.
  public static let fields: [Shape.Field] = [
    .optional(
      "steps", steps,
      "steps that every operation may use; one that an operation does not use is not run. An operation uses at most "
        + "\(OperationReader.mostSteps) steps, these included"
    ),
    .optional(
      "operations",
      .object([
        .optional("prepare", prepare, "what the page's SDK is called with"),
        .optional("login", login, "the token becomes the number"),
        .optional("verify", verify, "is the typed number the token's?"),
      ]), "how the vendor is called and how its answers are read"),
  ]

  // MARK: Steps

  private static let stepName = Shape.Form(
    "a step's name: a letter, then letters, digits, '-' and '_', up to 64", pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"
  ) { text in
    Shape.Form.name.isValid(text) && !text.contains(".") && text.first?.isLetter == true
  }

  static let pointer = Shape.named(
    "pointer",
    .form(Shape.Form("a JSON Pointer such as /data/phone", pattern: "^(/.*)?$") { JSONPointer($0) != nil }))

  private static let encoding = Shape.choice(Encoding.allCases.map(\.rawValue))
  private static let decoding = Shape.choice([Decoding.hex, .base64, .percent].map(\.rawValue))
  /// Digests, signatures and ciphertexts are no text.
  private static let asField = Shape.Field.optional(
    "as", .choice([Encoding.bytes, .hex, .upperHex, .base64].map(\.rawValue)),
    "how the bytes are written; bytes unless given")
  private static let asAnyField = Shape.Field.optional("as", encoding, "how the bytes are written; bytes unless given")
  private static let fromField = Shape.Field.optional(
    "from", .choice([Decoding.bytes, .hex, .base64].map(\.rawValue)), "how the ciphertext is written")
  private static let keyField = Shape.Field.required("key", .text, "the key: text, or an earlier step's bytes")
  private static let rsaKeyField = Shape.Field.required(
    "key", .text, "the account's field, such as ${account.privateKey}")

  private static let steps = Shape.named("steps", .map(key: stepName, value: .variants(of: "a step", verbs)))

  private static let verbs: [Shape.Variant] =
    [
      .init("text", .text, [], "a text with ${…} in it"),
      .init(
        "time", .choice(WallTime.Form.allCases.map(\.rawValue)),
        [.optional("zone", .choice(WallTime.Zone.allCases.map(\.rawValue)), "utc, or china: UTC+8")],
        "the time of the call"),
      .init(
        "nonce", .choice(["hex", "uuid", "digits"]), [.optional("length", .integer(1...30), "how many digits")],
        "the call's one random value, which is also its transaction id; hex has 32 digits"),
      .init("md5", .text, [asField], "MD5"), .init("sha1", .text, [asField], "SHA-1"),
      .init("sha256", .text, [asField], "SHA-256"),
      .init("hmac-sha1", .text, [keyField, asField], "HMAC with SHA-1"),
      .init("hmac-sha256", .text, [keyField, asField], "HMAC with SHA-256"),
      .init(
        "rsa-sign", .text, [.required("digest", .choice(["md5", "sha1", "sha256"])), rsaKeyField, asField],
        "RSA signature, PKCS#1 v1.5"),
      .init("rsa-encrypt", .text, [rsaKeyField, asField], "RSA encryption, PKCS#1 v1.5"),
      .init("rsa-decrypt", .text, [fromField, rsaKeyField, asAnyField], "RSA decryption, PKCS#1 v1.5"),
    ] + ciphers + [
      .init("encode", .text, [.required("as", encoding)], "bytes or text written another way"),
      .init(
        "decode", .text, [.required("from", decoding), asAnyField], "the bytes behind hex, Base64 or percent-encoding"),
      .init("upper", .text, [], "ASCII letters in upper case"),
      .init("lower", .text, [], "ASCII letters in lower case"),
      .init(
        "slice", .text,
        [
          .optional("from", .integer(-65_536...65_536), "where it begins, from 0; negative: from the end"),
          .optional("length", .integer(0...65_536), "how much of it; to the end unless given"),
        ], "a part of a text or of bytes"),
      .init("repeat", .text, [.required("length", .integer(1...4096))], "over and over, cut at a length"),
      .init(
        "choose", .text,
        [
          .required("of", .map(key: .any, value: .text), "what it may be, and what is taken then"),
          .optional("otherwise", .text, "what is taken for anything else"),
        ], "one of several, by a value compared as text"),
      .init("first", .list(.text, atLeast: 1), [], "the first of these that is not empty"),
      .init("join", .scalarOr(.choice(["form", "query", "json"]), parameters), joinFields, "parameters in a row"),
      .init(
        "canonical-request", .list(.text, atLeast: 1),
        [.required("payload", .text, "the last line: the body's digest")],
        "method, path, sorted query, the listed headers, their names, the payload's digest"),
      .init(
        "json", .text, [.required("at", .oneOrMore(pointer), "where in it")], "a value inside JSON that a step came to"),
    ]

  private static let ciphers: [Shape.Variant] = Cipher.allCases.map { cipher in
    .init(
      cipher.rawValue, .text,
      [keyField] + (cipher.needsIV ? [.required("iv", .text, "the initialisation vector")] : [])
        + (cipher.decrypts ? [fromField, asAnyField] : [asField]),
      (cipher.isDES ? "single DES" : "AES, 128 or 256 bits by the key's length,") + " with PKCS#7 padding")
  }

  private static let joinFields: [Shape.Field] = [
    .required("write", .choice(Join.Style.allCases.map(\.rawValue)), "how one parameter is written"),
    .optional("between", .text, "what stands between two of them; nothing unless given"),
    .optional("order", .choice(["sorted", "written"]), "sorted by name, byte for byte, unless given"),
    .optional("leaveOut", .list(.text, atLeast: 1), "names that are not joined, such as the signature's own"),
    .optional("skipEmpty", .scalarOr(.boolean, .list(.text, atLeast: 1)), "whether empty values are left out"),
    .optional("percent", .boolean, "whether names and values are percent-encoded (RFC 3986)"),
  ]

  // MARK: Operations

  private static let optionalValue = Shape.object([
    .required("$optional", .text, "the parameter is left out where this is empty")
  ])
  static let parameters = Shape.named("parameters", .map(key: .any, value: .scalarOr(.text, optionalValue)))

  private static let request = Shape.object([
    .optional("method", .choice(["GET", "POST", "PUT"]), "POST unless given"),
    .required("path", .text, "from the slash on, without the query"),
    .optional("query", parameters, "percent-encoded when it is sent"),
    .optional("headers", parameters),
    .optional("form", parameters, "a body of application/x-www-form-urlencoded"),
    .optional("json", .any, "a JSON body; {$number: …} for a number, {$optional: …} for what may be left out"),
  ])

  private static let answerFields: [Shape.Field] = [
    .required(
      "success",
      .list(
        .variants(
          of: "a rule",
          [
            .init(
              "at", .oneOrMore(pointer), [.required("is", .list(.text, atLeast: 1), "the codes of a success")],
              "where the result code or flag stands"),
            .init(
              "present", .oneOrMore(pointer),
              [.optional("otherwise", .oneOrMore(pointer), "where the code stands that says why it is missing")],
              "what must be there and not empty"),
          ]), atLeast: 1), "when an answer is a success: all of these hold"),
    .optional("message", .oneOrMore(pointer), "the vendor's words"),
    .optional(
      "echo",
      .list(.object([.required("at", .oneOrMore(pointer)), .required("is", .text)]), atLeast: 1),
      "what the answer repeats of the request: an answer to another one is refused"),
    .optional(
      "billed",
      .scalarOr(
        .choice(Billing.allCases.map(\.rawValue)),
        .object([
          .required("of", .text), .optional("yes", words), .optional("no", words),
          .optional("onFailure", .boolean, "whether it says so of a refused call as well, above the code's row"),
        ])),
      "whether a success is charged for; unknown unless given"),
    .optional("steps", steps, "steps over ${answer/…}"),
    .optional("transaction", .text, "the vendor's id of the transaction"),
  ]

  private static let words = Shape.list(.text, atLeast: 1)

  private static func operation(answer: [Shape.Field], isRequired: Bool = true) -> [Shape.Field] {
    let answer = Shape.object(answerFields + answer)
    return [
      .optional("steps", steps, "in order; each may use earlier ones"),
      isRequired ? .required("request", request) : .optional("request", request),
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
        "the user's carrier, where the answer tells it"),
    ]))

  private static let verify = Shape.object(
    operation(answer: [
      .required(
        "verdict",
        .object([.required("of", .text), .required("match", words), .required("mismatch", words)]),
        "what means the same number, what another; anything else is unknown"),
      .optional("smsAssistToken", .text, "a token for verification by SMS after a mismatch"),
    ]))

  private static let prepare = Shape.object(
    operation(answer: [], isRequired: false)
      + [.required("parameters", .any, "the object that the SDK is called with")])
}
