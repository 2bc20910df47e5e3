import Configuration
import Cryptography
import Networking
import NumberAuth
import Testing

/// Answers in XML, and answers that are one text.
@Suite("Formats of answers")
struct AnswerFormatTests {
  private static func read(
    _ answer: [String], failures: String = "{}",
    request: String = "json: {key: \"${account.key}\", token: \"${call.token}\"}",
    status: Int = 200, body: [UInt8]
  ) throws -> Result<RetrievedNumber, Failure> {
    let yaml = MemoryFiles.login(
      request: ["path: /login", request], answer: answer, failures: "{login: {any: {codes: \(failures)}}}")
    let file = try #require(try MemoryFiles.provider(yaml))
    let provider = try file.makeProvider(
      file.settings(account: "a", authority: "h", fields: ["key": Secret("0123456789abcdef")]))
    let exchange = try #require(provider as? any NumberRetrieving).login(
      Login(channel: .app, token: Secret("t")),
      CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
    guard case .send(_, let read) = exchange else { preconditionFailure("nothing is sent") }
    do throws(Failure) {
      return .success(try read(VendorResponse(status: status, body: body)))
    } catch {
      return .failure(error)
    }
  }

  private static func failure(_ result: Result<RetrievedNumber, Failure>) -> Failure? {
    if case .failure(let failure) = result { failure } else { nil }
  }

  // MARK: XML

  private static let rules = [
    "format: xml", #"success: [{at: /R/Code, is: ["0"]}]"#, "message: /R/Msg",
    #"number: "${answer/R/Data/0/Phone}""#, #"transaction: "${answer/R/@id}""#,
    #"billed: {of: "${answer/R/Fee/paid}", yes: ["true"], no: ["false"]}"#,
    #"echo: [{at: /R/Token, is: "${call.token}"}]"#,
  ]

  private static func xml(
    code: String = "<Code>0</Code>", data: String = "<Data><Phone>13800000000</Phone></Data>", more: String = "",
    status: Int = 200
  ) throws -> Result<RetrievedNumber, Failure> {
    let body = #"<?xml version="1.0"?><R id="t-1">"# + code + data + more + "</R>"
    return try read(
      rules, failures: #"{"7": {reason: quota-exhausted, text: x}}"#, status: status, body: Array(body.utf8))
  }

  @Test("elements, attributes, single and repeated elements and JSON in a text are read by pointers")
  func values() throws {
    let number = try Self.xml(more: #"<Fee>{"paid": true}</Fee><Token> t </Token>"#).get()
    #expect(number.phoneNumber.text == "13800000000" && number.vendorTransaction == "t-1" && number.billed == .yes)
    let repeated = try Self.xml(
      data: "<Data><Phone><![CDATA[+86 138]]>00000000</Phone></Data><Data><Phone>1</Phone></Data>")
    #expect(try repeated.get().phoneNumber.text == "13800000000")
    #expect(try repeated.get().billed == .unknown)
  }

  @Test("a code that is not a success is looked up, with the message of the answer")
  func refused() throws {
    let failure = Self.failure(try Self.xml(code: "<Code>7</Code><Msg>余额&#x4e0d;足</Msg>"))
    #expect(failure?.reason == .quotaExhausted && failure?.vendor?.code == "7" && failure?.vendor?.message == "余额不足")
    #expect(Self.failure(try Self.xml(code: "<Code>8</Code>"))?.reason == .unmapped)
    #expect(Self.failure(try Self.xml(more: "<Token>other</Token>"))?.reason == .vendorProtocolError)
    #expect(Self.failure(try Self.xml(data: ""))?.isIncompleteSuccess == true)
  }

  @Test(
    "several elements at a pointer that is read as one value are an error",
    arguments: [
      ("<Code>0</Code><Code>7</Code>", "", "/R/Code"), ("<Code>7</Code><Code>0</Code>", "", "/R/Code"),
      ("<Code>0</Code>", "<Msg>a</Msg><Msg>b</Msg>", "/R/Msg"),
      ("<Code>0</Code>", "<Token>t</Token><Token>u</Token>", "/R/Token"),
      ("<Code>0</Code>", #"<Fee>{"paid": true, "paid": false}</Fee>"#, "/R/Fee/paid"),
      ("<Code>0</Code>", "<Data><Phone>1</Phone></Data>", ""),
      ("<Code>0</Code>", "<Fee/><Fee/>", "/R/Fee/paid"),
    ])
  func duplicates(code: String, more: String, pointer: String) throws {
    let result = try Self.xml(code: code, more: more)
    guard !pointer.isEmpty else {
      // The pointer has an index.
      #expect(try result.get().phoneNumber.text == "13800000000")
      return
    }
    let failure = Self.failure(result)
    #expect(failure?.reason == .vendorProtocolError)
    #expect(failure?.detail == "The vendor's response has more than one value at \(pointer).")
  }

  @Test(
    "an answer that is not the documented XML is not a success",
    arguments: [
      "", "{}", "<R>", "<R/>", "<html><body>0</body></html>", "<R><Code>0<!-- x -->0</Code></R>",
      "<R><Code><x/>0</Code></R>",
      "<!DOCTYPE R [<!ENTITY c '0'>]><R><Code>&c;</Code></R>", "<r><Code>0</Code></r>", "<R><x:Code>0</x:Code></R>",
      String(repeating: "<R>", count: 40), "<R><Code>&zero;</Code></R>", "<R><?x?><Code>0</Code></R>",
    ])
  func malformed(body: String) throws {
    let failure = Self.failure(try Self.read(Self.rules, body: Array(body.utf8)))
    #expect(failure?.reason == .vendorProtocolError && failure?.delivery == .answered, "\(body)")
  }

  @Test("an error page uses the entry of its status")
  func errorPage() throws {
    let yaml = #"{}, statuses: {"502": {reason: vendor-unavailable, text: down}}"#
    let failure = Self.failure(
      try Self.read(Self.rules, failures: yaml, status: 502, body: Array("<html><hr></html>".utf8)))
    #expect(failure?.reason == .vendorUnavailable)
  }

  /// The bytes are those of Python's `encode("gbk")`.
  @Test("XML in GBK is read, with and without a charset in Content-Type", arguments: [nil, "text/xml; charset=GBK"])
  func gbk(contentType: String?) throws {
    let digits =
      "3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d2247424b223f3e0a3c523e3c436f6465"
      + "3e373c2f436f64653e3c4d73673ed3e0b6eeb2bbd7e33c2f4d73673e3c2f523e"
    var headers = HTTPFields()
    if let contentType { headers.append("Content-Type", contentType) }
    let body = Charset.utf8(try #require(Hex.decode(digits)), headers)
    let failure = Self.failure(try Self.read(Self.rules, body: body))
    #expect(failure?.vendor?.code == "7" && failure?.vendor?.message == "余额不足")
  }

  // MARK: Text

  private static let encrypted = [
    "format: text", "steps:",
    #"  plain: {aes-ecb-decrypt: "${answer}", from: base64, key: "${account.key}", as: text}"#,
    #"  code: {json: "${plain}", at: /code}"#, #"  mobile: {json: "${plain}", at: /mobile}"#,
    #"success: [{value: "${code}", is: ["0"]}]"#, #"number: "${mobile}""#,
  ]

  /// `printf '{"code":"0","mobile":"13800000000"}' | openssl enc -aes-128-ecb -K 30313233343536373839616263646566 -base64`
  @Test("an answer that is one encrypted text is decrypted and read")
  func text() throws {
    for body in [
      "\u{feff}6+ef4DtqYgwaB138Y0fG3u5fQSTfOijYge8uLAj5fOrZ+2RljWLJP81autmP1E1M\r\n",
      "6+ef4DtqYgwaB138Y0fG3u5fQSTfOijYge8uLAj5fOrZ+2RljWLJP81autmP1E1M",
    ] {
      #expect(try Self.read(Self.encrypted, body: Array(body.utf8)).get().phoneNumber.text == "13800000000")
    }
  }

  /// As above, with `{"code":"7"}`.
  @Test("a code in an encrypted text is looked up")
  func textCode() throws {
    let result = try Self.read(
      Self.encrypted, failures: #"{"7": {reason: quota-exhausted, text: x}}"#,
      body: Array("cLk3HRDVbOF4/GkzbINznQ==".utf8))
    #expect(Self.failure(result)?.reason == .quotaExhausted)
  }

  @Test(
    "a text that is not encrypted is not a success", arguments: ["", " ", "x", "<html>", #"{"code":"0"}"#, "\u{0}"])
  func malformedText(body: String) throws {
    let failure = Self.failure(try Self.read(Self.encrypted, body: Array(body.utf8)))
    #expect(failure?.delivery == .answered && [.vendorProtocolError, .encryptionRejected].contains(failure?.reason))
  }

  @Test("pointers lead into JSON in a text, without duplicate keys")
  func jsonInText() throws {
    let rules = ["format: text", #"success: [{at: /code, is: ["0"]}]"#, #"number: "${answer/mobile}""#]
    let good = #"{"code":0,"mobile":"13800000000"}"#
    #expect(try Self.read(rules, body: Array(good.utf8)).get().phoneNumber.text == "13800000000")
    let twice = #"{"code":0,"code":1,"mobile":"13800000000"}"#
    #expect(
      Self.failure(try Self.read(rules, body: Array(twice.utf8)))?.detail
        == "The vendor's response has more than one value at /code.")
  }

  @Test("a status that the table lists is used before the text is decrypted")
  func textStatus() throws {
    let failures = #"{}, statuses: {"503": {reason: vendor-busy, text: busy}}"#
    let failure = Self.failure(
      try Self.read(Self.encrypted, failures: failures, status: 503, body: Array("busy".utf8)))
    #expect(failure?.reason == .vendorBusy)
  }
}
