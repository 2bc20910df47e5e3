import Configuration
import NumberAuth
import Testing

@Suite("A choice")
struct ChoiceTests {
  private struct NothingSent: Error {}

  /// A provider whose request or key depends on a choice.
  private static func exchange(
    _ yaml: String, _ fields: [String: String]
  ) throws -> (request: VendorRequest, read: @Sendable (VendorResponse) throws(Failure) -> RetrievedNumber) {
    let file = try #require(try MemoryFiles.provider(yaml))
    let provider = try file.makeProvider(
      file.settings(account: "a", authority: "h", fields: fields.mapValues { Secret($0) }))
    let exchange = try #require(provider as? any NumberRetrieving).login(
      Login(channel: .app, token: Secret("t")),
      CallContext(now: WallTime(milliseconds: 1_704_164_645_000), nonce: String(repeating: "0", count: 32)))
    guard case .send(let request, let read) = exchange else { throw NothingSent() }
    return (request, read)
  }

  // MARK: A key that the response selects

  private static let keys = ["key1": "0123456789abcdef", "key2": "fedcba9876543210fedcba9876543210"]

  /// The key of the number depends on a value of the response. `key`: the lines of the choice.
  private static func decrypting(_ key: String...) -> String {
    MemoryFiles.login(
      account: "{key1: {secret: true}, key2: {secret: true}}",
      request: ["path: /login", #"json: {token: "${call.token}"}"#],
      answer: [#"success: [{at: /code, is: ["0"]}]"#, "steps:"] + key.map { "  " + $0 } + [
        #"  number: {aes-ecb-decrypt: "${answer/phone}", from: hex, key: "${key}", as: text}"#, #"number: "${number}""#,
      ])
  }

  private static let byText = decrypting(
    #"key: {choose: "${answer/version}", of: {"2": "${account.key2}"}, otherwise: "${account.key1}"}"#)
  /// The ASCII codes of the keys in hexadecimal, decoded to bytes.
  private static let byBytes = decrypting(
    #"one: {encode: "${account.key1}", as: bytes}"#, #"two: {encode: "${account.key2}", as: bytes}"#,
    #"key: {choose: "${answer/version}", of: {"2": "${two}"}, otherwise: "${one}"}"#)

  /// 13800000000, encrypted with `openssl enc -aes-128-ecb` with key1 and `-aes-256-ecb` with key2.
  private static let first = #""phone": "8359e6cd51bc3f12ea0543df450d25aa""#
  private static let second = #""phone": "247f185bf764c28ddad8aed48e677a85""#

  private static func number(_ yaml: String, _ members: String, _ fields: [String: String]) throws -> String {
    let read = try exchange(yaml, fields).read
    return try read(VendorResponse(status: 200, body: Array("{\"code\": 0, \(members)}".utf8))).phoneNumber.text
  }

  @Test("by a value of the response selects the key of a decryption", arguments: [byText, byBytes])
  func keyOfResponse(_ yaml: String) throws {
    #expect(try Self.number(yaml, #""version": 1, "# + Self.first, Self.keys) == "13800000000")
    #expect(try Self.number(yaml, #""version": "2", "# + Self.second, Self.keys) == "13800000000")
  }

  @Test("by a value that the response does not have uses 'otherwise'", arguments: [byText, byBytes])
  func missingValue(_ yaml: String) throws {
    #expect(try Self.number(yaml, Self.first, Self.keys) == "13800000000")
    #expect(try Self.number(yaml, #""version": null, "# + Self.first, Self.keys) == "13800000000")
  }

  @Test("needs only the keys of the alternatives that responses select", arguments: [byText, byBytes])
  func missingKey(_ yaml: String) throws {
    let fields = ["key1": "0123456789abcdef"]
    #expect(try Self.number(yaml, #""version": 1, "# + Self.first, fields) == "13800000000")
    let failure = #expect(throws: Failure.self) {
      try Self.number(yaml, #""version": 2, "# + Self.second, fields)
    }
    #expect(failure?.reason == .misconfigured)
    #expect(failure?.detail == "The account has no 'key2', which this call needs.")
    #expect(failure?.delivery == .answered)
    #expect(failure?.billed == .unknown)
  }

  @Test("needs the key of at least one alternative")
  func noKey() throws {
    let fault = #expect(throws: AccountFault.self) { try Self.exchange(Self.byText, [:]) }
    #expect(fault?.message.contains("is missing") == true)
  }

  @Test("reports a key of a wrong length when the account is loaded", arguments: [byText, byBytes])
  func wrongLength(_ yaml: String) throws {
    let fault = #expect(throws: AccountFault.self) {
      try Self.exchange(yaml, ["key1": "0123456789abcdef", "key2": "0123456789abcdef0123"])
    }
    #expect(fault?.field == "key2")
    #expect(fault?.message.contains("the key has 20 bytes; AES requires 16, 24 or 32") == true)
  }

  // MARK: A value that one alternative omits

  private static let optional = MemoryFiles.login(
    account: "{mode: {choices: [text, number, none], default: text}, scene: {}}",
    steps: ["time: {time: seconds}", #"fields: {join: json, write: name=value, between: "&", leaveOut: [sign]}"#],
    request: [
      "path: /login", "json:",
      #"  scene: {$choose: "${account.mode}", of: {text: {$optional: "${account.scene}"}, "#
        + #"number: {$optional: {$number: "${account.scene}"}}, none: {$optional: ""}}}"#,
      #"  time: {$choose: "${account.mode}", of: {text: "${time}", number: {$number: "${time}"}, none: null}}"#,
      #"  sign: "${fields}""#,
    ])

  @Test(
    "can have an optional value in an alternative",
    arguments: [
      (["scene": "7"], #"{"scene":"7","time":"1704164645","sign":"scene=7&time=1704164645"}"#),
      ([:], #"{"time":"1704164645","sign":"time=1704164645"}"#),
      (["scene": "7", "mode": "number"], #"{"scene":7,"time":1704164645,"sign":"scene=7&time=1704164645"}"#),
      (["mode": "number"], #"{"time":1704164645,"sign":"time=1704164645"}"#),
      (["scene": "7", "mode": "none"], #"{"time":null,"sign":"time=null"}"#),
    ])
  func optionalAlternative(_ fields: [String: String], _ body: String) throws {
    let request = try Self.exchange(Self.optional, fields).request
    #expect(String(decoding: request.body, as: UTF8.self) == body)
  }
}
