import JSON
import NumberAuth
import Schema

extension DeclarativeDescription {
  private static let stepName = Shape.Form(
    "a step's name: a letter, then letters, digits, '-' and '_', up to 64", pattern: "^[A-Za-z][A-Za-z0-9_-]{0,63}$"
  ) { text in
    Shape.Form.name.isValid(text) && !text.contains(".") && text.first?.isLetter == true
  }

  private static let encoding = Shape.choice(Encoding.allCases.map(\.rawValue))
  private static let decoding = Shape.choice([Decoding.hex, .base64, .base64url, .percent].map(\.rawValue))
  /// For digests, signatures and ciphertexts, which are not text.
  static let asField = Shape.Field.optional(
    "as", .choice([Encoding.bytes, .hex, .upperHex, .base64, .base64url].map(\.rawValue)),
    "output format; default: bytes")
  static let asAnyField = Shape.Field.optional("as", encoding, "output format; default: bytes")
  static let fromField = Shape.Field.optional(
    "from", .choice([Decoding.bytes, .hex, .base64, .base64url].map(\.rawValue)), "encoding of the ciphertext")
  static let fromSignatureField = Shape.Field.optional(fromField.name, fromField.shape, "encoding of the signature")
  private static let keyField = Shape.Field.required("key", .text, "the key: a text, or the bytes of an earlier step")

  static let steps = Shape.named("steps", .map(key: stepName, value: .variants(of: "a step", actions)))

  private static let actions: [Shape.Variant] =
    [
      .init("text", .text, [], "a text with ${…} references"),
      .init(
        "time", .choice(WallTime.Form.allCases.map(\.rawValue)),
        [
          .optional("zone", .choice(WallTime.Zone.allCases.map(\.rawValue)), "utc or china (UTC+8)"),
          .optional(
            "after", .duration(.seconds(1)...(.seconds(86_400))), "time from now, such as 2m for the end of a JWT"),
        ],
        "the time of the call, or a later one"),
      .init(
        "write-json", .any, [], "a JSON text: a mapping or a list, written as in `json` of a request"),
      .init(
        "nonce", .choice(["hex", "uuid", "digits"]), [.optional("length", .integer(1...30), "number of digits")],
        "the random value of the call, also its transaction id; hex has 32 digits"),
      .init("md5", .text, [asField], "MD5"), .init("sha1", .text, [asField], "SHA-1"),
      .init("sha256", .text, [asField], "SHA-256"), .init("sha384", .text, [asField], "SHA-384"),
      .init("sha512", .text, [asField], "SHA-512"), .init("sm3", .text, [asField], "SM3"),
      .init("hmac-sha1", .text, [keyField, asField], "HMAC with SHA-1"),
      .init("hmac-sha256", .text, [keyField, asField], "HMAC with SHA-256"),
      .init("hmac-sha512", .text, [keyField, asField], "HMAC with SHA-512"),
      .init("hmac-sm3", .text, [keyField, asField], "HMAC with SM3"),
    ] + keyPairs + ciphers + [
      .init("encode", .text, [.required("as", encoding)], "bytes or text in another encoding"),
      .init(
        "decode", .text, [.required("from", decoding), asAnyField], "decodes hex, Base64 or percent-encoding"),
      .init(
        "concat", .list(.text, atLeast: 1), [asAnyField],
        "texts (in UTF-8) and bytes, one after another"),
      .init("upper", .text, [], "ASCII letters in upper case"),
      .init("lower", .text, [], "ASCII letters in lower case"),
      .init(
        "slice", .text,
        [
          .optional("from", .integer(-65_536...65_536), "start, from 0; negative: from the end"),
          .optional("length", .integer(0...65_536), "length; default: to the end"),
          .optional("to", .integer(-65_536...65_536), "end, in place of `length`; negative: from the end"),
        ], "a part of a text or of bytes"),
      .init("repeat", .text, [.required("length", .integer(1...4096))], "text or bytes, repeated and cut to a length"),
      .init(
        "choose", .text,
        [
          .required("of", .map(key: .any, value: .text), "maps each expected value to the result"),
          .optional("otherwise", .text, "the result for any other value"),
        ], "selects a result by a value, compared as text"),
      .init("first", .list(.text, atLeast: 1), [], "the first value that is not empty"),
      .init("join", .scalarOr(.choice(["form", "query", "json"]), parameters), joinFields, "concatenates parameters"),
      .init(
        "canonical-request", .list(.text, atLeast: 1),
        [.required("payload", .text, "the last line: the digest of the body")],
        "method, path, sorted query, the listed headers, their names, the digest of the payload"),
      .init(
        "json", .text, [.required("at", .oneOrMore(pointer), "pointer to the value")], "a value inside a JSON text"),
    ]

  private static let ciphers: [Shape.Variant] = Cipher.all.map { cipher in
    let ivField = Shape.Field.required(
      "iv", .text, cipher.mode == .gcm ? "initialization vector of 1 to 64 bytes, usually 12" : "initialization vector")
    let additionalDataField = Shape.Field.optional("aad", .text, "additional data, which is authenticated")
    let tagField = Shape.Field.optional("tag", .text, "the tag; default: the last 16 bytes of the ciphertext")
    return .init(
      cipher.name, .text,
      [keyField] + (cipher.needsIV ? [ivField] : [])
        + (cipher.mode == .gcm ? [additionalDataField] + (cipher.decrypts ? [tagField] : []) : [])
        + (cipher.decrypts ? [fromField, asAnyField] : [asField]),
      title(cipher.algorithm) + title(cipher.mode))
  }

  private static func title(_ algorithm: Cipher.Algorithm) -> String {
    switch algorithm {
    case .aes: "AES-128, AES-192 or AES-256, by the length of the key,"
    case .des: "single DES"
    case .sm4: "SM4"
    case .xxtea: "XXTEA; the length of the message is appended as a little-endian word"
    }
  }

  private static func title(_ mode: Cipher.Mode?) -> String {
    switch mode {
    case .cbc, .ecb: " with PKCS#7 padding"
    case .gcm: " with a tag of 16 bytes, which is appended to the ciphertext"
    case nil: ""
    }
  }

  private static let joinFields: [Shape.Field] = [
    .required("write", .choice(Join.Style.allCases.map(\.rawValue)), "format of one parameter"),
    .optional("between", .text, "separator; default: empty"),
    .optional("order", .choice(["sorted", "written"]), "default: sorted, by the bytes of the name"),
    .optional("leaveOut", .list(.text, atLeast: 1), "names to exclude, such as the signature"),
    .optional(
      "skipEmpty", .scalarOr(.boolean, .list(.text, atLeast: 1)),
      "skip empty values: all, or those of the listed names"),
    .optional("percent", .boolean, "percent-encode names and values (RFC 3986)"),
  ]
}
