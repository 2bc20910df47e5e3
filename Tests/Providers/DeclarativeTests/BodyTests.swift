import Configuration
import Cryptography
import Declarative
import NumberAuth
import Testing

/// Bodies in XML, multipart bodies, bodies that are one value, and bodies in GBK.
@Suite("Bodies of requests")
struct BodyTests {
  private static func request(
    steps: [String] = [], _ request: [String], fields: [String: Secret] = ["key": Secret("k")], token: String = "t"
  ) throws -> VendorRequest {
    let yaml = MemoryFiles.login(
      account: "{key: {}, none: {}}", steps: steps, request: ["path: /login"] + request,
      answer: MemoryFiles.success + [#"transaction: "${answer/id}""#])
    let file = try #require(try MemoryFiles.provider(yaml))
    let provider = try file.makeProvider(file.settings(account: "a", authority: "h", fields: fields))
    let exchange = try #require(provider as? any NumberRetrieving).login(
      Login(channel: .app, token: Secret(token)),
      CallContext(now: WallTime(milliseconds: 0), nonce: String(repeating: "0", count: 32)))
    guard case .send(let request, _) = exchange else { preconditionFailure("nothing is sent") }
    return request
  }

  private static func body(_ request: VendorRequest) -> String { String(decoding: request.body, as: UTF8.self) }

  private static func contentType(_ request: VendorRequest) -> String? {
    request.headers.first { $0.name == "Content-Type" }?.value
  }

  private static func messages(_ request: [String]) -> [String] {
    do throws(ConfigurationError) {
      let lines = ["path: /login", #"headers: {X-Key: "${account.key}"}"#] + request
      _ = try MemoryFiles.provider(MemoryFiles.login(request: lines))
      return []
    } catch {
      return error.diagnostics.map(\.message)
    }
  }

  // MARK: XML

  /// The text after the declaration is that of Python's `xml.etree.ElementTree.tostring` with `short_empty_elements=False`.
  @Test("XML has nested and repeated elements, attributes and escaped texts")
  func xml() throws {
    let request = try Self.request(
      [
        "xml:", "  Request:", #"    "@version": 1.0"#, #"    "@x": "a\"<&>\n甲""#,
        #"    "@none": {$optional: "${account.none}"}"#,
        #"    AppId: "${account.key}""#, #"    Token: "${call.token}""#, "    Item: [1, 2]",
        #"    Note: {$optional: "${call.userInformation}"}"#, #"    Card: {"@type": x, $text: "${account.key}"}"#,
        #"    Empty: """#,
      ], fields: ["key": Secret("k")], token: "a<b>&\"甲")
    #expect(Self.contentType(request) == "application/xml")
    #expect(
      Self.body(request) == #"<?xml version="1.0" encoding="UTF-8"?>"#
        + #"<Request version="1.0" x="a&quot;&lt;&amp;&gt;&#10;甲"><AppId>k</AppId><Token>a&lt;b&gt;&amp;"甲</Token>"#
        + #"<Item>1</Item><Item>2</Item><Card type="x">k</Card><Empty></Empty></Request>"#)
  }

  /// `md5sum` of the body below.
  @Test("a signature covers the XML as it is sent")
  func signedXML() throws {
    let request = try Self.request(
      steps: [#"sign: {md5: "${request.body}", as: hex}"#],
      [
        #"headers: {X-Sign: "${sign}", Content-Type: text/xml}"#,
        #"xml: {R: {A: "${account.key}", T: "${call.token}"}}"#,
      ])
    #expect(Self.contentType(request) == "text/xml")
    #expect(Self.body(request) == #"<?xml version="1.0" encoding="UTF-8"?><R><A>k</A><T>t</T></R>"#)
    #expect(request.headers.first { $0.name == "X-Sign" }?.value == "ac5ad4c2078ec01c1bc9d756f0e426fe")
  }

  @Test("a control character is refused: XML cannot contain it")
  func control() throws {
    let failure = #expect(throws: Failure.self) {
      try Self.request([#"xml: {R: {A: "${account.key}", T: "${call.token}"}}"#], token: "a\u{1}")
    }
    #expect(failure?.reason == .invalidRequest)
    #expect(failure?.detail == "'T' contains a control character, which XML does not allow.")
    #expect(throws: AccountFault.self) {
      try Self.request([#"xml: {R: {A: "${account.key}", T: "${call.token}"}}"#], fields: ["key": Secret("\u{1}")])
    }
  }

  // MARK: Multipart

  /// The body is that of urllib3's `encode_multipart_formdata` with this boundary.
  @Test("a multipart body has a part for each value, and its signature can cover them")
  func multipart() throws {
    let request = try Self.request(
      steps: [#"fields: {join: form, write: name=value, between: "&", leaveOut: [note]}"#],
      [
        #"headers: {X-Signed: "${fields}"}"#,
        #"multipart: {appId: "${account.key}", token: "${call.token}", none: {$optional: "${call.userInformation}"}, note: n}"#,
      ], token: "t\"")
    let boundary = "numgate-00000000000000000000000000000000"
    #expect(Self.contentType(request) == "multipart/form-data; boundary=" + boundary)
    let expected =
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"appId\"\r\n\r\nk\r\n"
      + "--\(boundary)\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nt\"\r\n"
      + "--\(boundary)\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nn\r\n--\(boundary)--\r\n"
    #expect(Self.body(request) == expected)
    #expect(request.headers.first { $0.name == "X-Signed" }?.value == "appId=k&token=t\"")
  }

  @Test("a value that contains the boundary is refused")
  func boundary() throws {
    let failure = #expect(throws: Failure.self) {
      try Self.request(
        [#"multipart: {appId: "${account.key}", token: "${call.token}"}"#],
        token: "--numgate-" + String(repeating: "0", count: 32))
    }
    #expect(failure?.reason == .invalidRequest)
  }

  // MARK: One value

  /// `printf '{"token":"t"}' | openssl enc -aes-128-ecb -K 30313233343536373839616263646566 -base64`
  @Test("a body is one encrypted text, or bytes")
  func raw() throws {
    let key = ["key": Secret("0123456789abcdef")]
    let steps = [
      #"plain: {text: "{\"token\":\"${call.token}\"}"}"#,
      #"cipher: {aes-ecb-encrypt: "${plain}", key: "${account.key}", as: base64}"#,
      #"bytes: {aes-ecb-encrypt: "${plain}", key: "${account.key}"}"#,
    ]
    let text = try Self.request(steps: steps, [#"raw: "${cipher}""#, "contentType: application/x-cipher"], fields: key)
    #expect(Self.body(text) == "BoFHOTZ3HE6uDnqMOL2rsQ==" && Self.contentType(text) == "application/x-cipher")
    let bytes = try Self.request(steps: steps, [#"raw: "${bytes}""#], fields: key)
    #expect(bytes.body == Base64.decode("BoFHOTZ3HE6uDnqMOL2rsQ==") && Self.contentType(bytes) == "text/plain")
  }

  // MARK: GBK

  /// The bytes are those of Python's codec `gbk`.
  @Test("bodies, forms and queries are in GBK")
  func gbk() throws {
    let form = try Self.request(
      ["charset: gbk", #"query: {q: "${call.token}"}"#, #"form: {key: "${account.key}", t: "${call.token}"}"#],
      token: "甲 乙")
    #expect(form.target == "/login?q=%BC%D7%20%D2%D2" && Self.body(form) == "key=k&t=%BC%D7%20%D2%D2")
    #expect(Self.contentType(form) == "application/x-www-form-urlencoded;charset=GBK")
    let json = try Self.request(
      ["charset: gbk", #"headers: {X-Key: "${account.key}"}"#, #"json: {token: "${call.token}"}"#], token: "甲乙")
    #expect(Hex.encode(json.body) == "7b22746f6b656e223a22bcd7d2d2227d")
    #expect(Self.contentType(json) == "application/json;charset=GBK")
    let xml = try Self.request(
      ["charset: gbk", #"headers: {X-Key: "${account.key}"}"#, #"xml: {R: "${call.token}"}"#], token: "甲乙")
    #expect(
      Hex.encode(xml.body)
        == "3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d2247424b223f3e3c523ebcd7d2d23c2f523e")
    #expect(Self.contentType(xml) == "application/xml;charset=GBK")
  }

  /// `hashlib.md5(b'POST\n' + '{"token":"甲乙"}'.encode('gbk'))`; the text of a step and the join are those of the request.
  @Test("signatures cover the bytes in GBK, also through a shared text")
  func signedGBK() throws {
    let request = try Self.request(
      steps: [
        #"signed: {text: "POST\n${request.body}"}"#, #"one: {md5: "${signed}", as: hex}"#,
        #"two: {md5: "${signed}", as: hex}"#,
        #"parameters: {join: query, write: name=value, between: "&", percent: true}"#,
      ],
      [
        "charset: gbk", #"query: {q: "${call.token}"}"#,
        #"headers: {X-Key: "${account.key}", X-One: "${one}", X-Two: "${two}", X-Joined: "${parameters}"}"#,
        #"json: {token: "${call.token}"}"#,
      ], token: "甲乙")
    let values = request.headers.map(\.value)
    #expect(values.filter { $0 == "c981aa7da7de36290eba48d01ba99a21" }.count == 2)
    #expect(values.contains("q=%BC%D7%D2%D2"))
  }

  @Test("characters that GBK does not have are refused", arguments: ["😀", "€", "é́", "𠀀"])
  func lacking(token: String) throws {
    for body in [#"form: {t: "${call.token}"}"#, #"json: {t: "${call.token}"}"#, #"xml: {R: "${call.token}"}"#] {
      let failure = #expect(throws: Failure.self) {
        try Self.request(["charset: gbk", #"headers: {X-Key: "${account.key}"}"#, body], token: token)
      }
      #expect(failure?.reason == .invalidRequest)
      #expect(failure?.detail?.contains("a character that GBK, the charset of the vendor's API, does not have") == true)
    }
  }

  // MARK: Errors

  @Test(
    "errors in a file",
    arguments: [
      ("json: {}\nxml: {R: x}", "a request has one body: use either 'json' or 'xml'"),
      ("xml: {A: x, B: x}", "'xml' must be a mapping with one key, the root element, such as {Request: {…}}"),
      ("xml: {A: [x, y]}", "an XML document has one root element, not a list"),
      ("xml: {1a: x}", "'1a' is not a valid XML name"),
      ("xml: {A: {b c: x}}", "'b c' is not a valid XML name"),
      ("xml: {A: {B: }}", "'xml.A.B' is empty; write \"\" for an empty element"),
      ("xml: {A: {$txt: x}}", "unknown key '$txt'; known: {$text: …}, {$optional: …}"),
      ("xml: {A: {$text: x, B: y}}", "'xml.A' has either a text or child elements"),
      ("xml: {A: \"${sign}\"}", "'${sign}': there is no such step"),
      ("xml: {A: \"${request.body}\"}", "'${request.body}' depends on itself"),
      ("json: {}\ncontentType: x/y", "'contentType' belongs to 'raw'; set the header Content-Type under 'headers'"),
      ("charset: gbk\nmultipart: {a: b}", "the parts of a multipart body are in UTF-8; remove 'charset'"),
      ("multipart: {}", "a multipart body has at least one part"),
      ("multipart: {\"a\\\"\": b}", "the name of a part must not contain quotes or control characters"),
      ("method: GET\nraw: x", "a GET request cannot have a body"),
      ("raw: x\ncontentType: 甲", "a header value must be printable ASCII"),
    ])
  func errors(lines: String, message: String) {
    let found = Self.messages(lines.split(separator: "\n").map(String.init))
    #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
  }
}
