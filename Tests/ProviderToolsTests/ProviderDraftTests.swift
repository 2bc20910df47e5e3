import Configuration
import NumberAuth
import ProviderTools
import Testing

/// Provider files that are started from the curl commands and responses of `Samples/`. The expected lines were written
/// from the samples.
@Suite("A provider file that is started from a curl command")
struct ProviderDraftTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
  private static let folder = root + "/Tests/ProviderToolsTests/Samples/"

  private static func draft(
    _ name: String, _ operation: NumberAuth.Operation? = nil, hasAnswer: Bool = true
  ) throws -> ProviderDraft {
    let answer = FileSystem.machine.read(folder + name + ".json")
    return try ProviderDraft(
      curl: SampleFile(path: "curl.txt", content: try #require(FileSystem.machine.read(folder + name + ".txt"))),
      answer: hasAnswer ? SampleFile(path: "answer.json", content: try #require(answer)) : nil,
      operation: operation, name: name, schema: "../schemas/provider.schema.json")
  }

  private static func draft(curl: String, answer: String? = nil) throws -> ProviderDraft {
    try ProviderDraft(
      curl: SampleFile(path: "curl.txt", content: Array(curl.utf8)),
      answer: answer.map { SampleFile(path: "answer.json", content: Array($0.utf8)) }, operation: nil, name: "new",
      schema: "../schemas/provider.schema.json")
  }

  /// The result of the check that `numgate provider check` performs.
  private static func check(_ draft: ProviderDraft) throws -> (file: ProviderFile, warnings: [String]) {
    var files = FileSystem.machine
    files.read = { path in path == "providers/new.yaml" ? Array(draft.text.utf8) : nil }
    let (file, warnings) = try ConfigurationLoader.loadProvider("providers/new.yaml", files: files)
    return (file, warnings.map(\.message))
  }

  @Test(
    "passes the check, with and without a sample response, for both operations",
    arguments: ["jiguang", "yidun", "aliyun", "nested", "browser"], [true, false])
  func valid(_ name: String, _ hasAnswer: Bool) throws {
    for operation in [nil, .login, .verify] as [NumberAuth.Operation?] {
      let (file, warnings) = try Self.check(try Self.draft(name, operation, hasAnswer: hasAnswer))
      if let operation { #expect(file.serves == [.app: [operation]]) }
      #expect(
        warnings.allSatisfy { $0.hasPrefix("unconfirmed: ") || $0.hasPrefix("'failures' is empty") }, "\(warnings)")
    }
  }

  /// Lines without their comments.
  private static func lines(_ draft: ProviderDraft) -> Set<String> {
    Set(
      draft.text.split(separator: "\n").map { line in
        let content = line.firstRange(of: "   # ").map { line[..<$0.lowerBound] } ?? line
        return String(content.drop { $0 == " " })
      })
  }

  @Test("has HTTP Basic, a JSON body and the encrypted number of JiGuang's example")
  func jiguang() throws {
    let draft = try Self.draft("jiguang")
    let lines = Self.lines(draft)
    for line in [
      "endpoint: https://api.verification.jpush.cn", "app: [login]", #"path: "/v1/web/loginTokenVerify""#,
      #"basic: {encode: "${account.user}:${account.password}", as: base64}"#, #"Authorization: "Basic ${basic}""#,
      #"loginToken: "${call.token}""#, #"exID: "${exID}""#, #"success: [{at: /code, is: ["8000"]}]"#,
      "message: /content", #"number: "${answer/phone}""#, #"transaction: "${answer/id}""#,
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(draft.text.contains("      # The number is encrypted: 128 bytes in Base64. Add a step, such as\n"))
    #expect(draft.nextSteps.contains { $0.contains("encrypted") })
    #expect(draft.summary == "login, POST https://api.verification.jpush.cn/v1/web/loginTokenVerify")
  }

  @Test("has the form, the phone number and the signature of Yidun's example")
  func yidun() throws {
    let draft = try Self.draft("yidun")
    let lines = Self.lines(draft)
    for line in [
      "app: [verify]", #"Content-Type: "application/x-www-form-urlencoded;charset=utf-8""#,
      #"secretId: "${account.secretId}""#, #"version: "v1""#, "timestamp: {time: milliseconds}", "nonce: {nonce: hex}",
      #"token: "${call.token}""#, #"accessToken: "${input.accessToken}""#, #"phone: "${call.phoneNumber}""#,
      #"fields: {join: form, write: name=value, between: "&", leaveOut: [signature]}"#,
      #"signature: {md5: "${fields}${account.appSecret}", as: hex}"#,
      #"verdict: {of: "${answer/data/result}", match: ["1"], mismatch: ["0"]}"#,
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(draft.nextSteps.contains { $0.contains("signature") })
  }

  @Test("has the query of a GET request as Aliyun sends it")
  func aliyun() throws {
    let lines = Self.lines(try Self.draft("aliyun"))
    for line in [
      "method: GET", #"path: "/""#, #"Action: "GetMobile""#, #"SignatureMethod: "HMAC-SHA1""#,
      #"AccessKeyId: "${account.accessKeyId}""#, #"AccessToken: "${call.token}""#, "signatureNonce: {nonce: uuid}",
      "timestamp: {time: iso8601}", #"signature: {hmac-sha1: "${fields}", key: "${account.appSecret}", as: base64}"#,
      #"number: "${answer/GetMobileResultDTO/Mobile}""#, #"success: [{at: /Code, is: ["OK"]}]"#,
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test("keeps the nesting and the types of a JSON body")
  func nested() throws {
    let draft = try Self.draft("nested")
    #expect(
      draft.text.contains(
        """
                  expand:
                    - os: 1
                      price: "5$$"
                  retry: false
                  note: null

        """))
    let lines = Self.lines(draft)
    for line in [
      #"path: "/openapi/v2/accounts/${account.pathId}/tokenValidate""#, #"X-App-Id: "${account.appId}""#,
      #"X-Auth-Token: "${account.authToken}""#, "timestamp: {time: yyyyMMddHHmmss, zone: china}",
      "timestamp2: {time: yyyyMMddHHmmssSSS, zone: china}", #"phoneNum: {sha256: "${call.phoneNumber}", as: HEX}"#,
      #"time: {$number: "${time}"}"#, #"clientIp: {$optional: "${call.clientIp}"}"#,
      #"verdict: {of: "${answer/body/verifyResult}", match: ["PASS"], mismatch: ["REJECT"]}"#,
    ] { #expect(lines.contains(line), "\(line)") }
  }

  @Test("drops the headers of a browser and reads its quoting")
  func browser() throws {
    let draft = try Self.draft("browser")
    let lines = Self.lines(draft)
    #expect(draft.nextSteps.contains { $0.contains("cookie") && $0.contains("sec-ch-ua") })
    for line in [#"remark: "it's\n甲""#, #"authorization: "Bearer ${account.bearerToken}""#] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(!draft.text.contains("sid="))
  }

  @Test(
    "contains no token, key or phone number of the samples",
    arguments: [
      (
        "jiguang",
        ["7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1", "STsid0000001542695429579", "1234566", "HpBLIQ"]
      ),
      (
        "yidun",
        [
          "c8f1a6e0b2d94f7aa1e35c60d79b4812", "9e4d7c2b", "0e3f1d5c7b9a4826", "nmA5c1f0e9d8b7", "13800000000",
          "f15d7880",
          "0123456789abcdef", "1700000000000",
        ]
      ),
      ("aliyun", ["LTAI5t", "eyJhbG", "3ee8c1b8", "OLeaidS1", "13800000000", "8F8CD1EE", "2024-01-02"]),
      ("nested", ["84f1c0de", "300011998020", "srv-7f3a", "9F86D081", "STsid", "E4154F", "203.0.113.7", "5d41402a"]),
      ("browser", ["bt-77aa", "b1946ac9", "secretvalue"]),
    ])
  func secrets(_ name: String, _ values: [String]) throws {
    for operation in [nil, .login, .verify] as [NumberAuth.Operation?] {
      let draft = try Self.draft(name, operation)
      for value in values {
        #expect(!draft.text.contains(value), "\(value)")
        #expect(!draft.nextSteps.joined().contains(value), "\(value)")
      }
    }
  }

  @Test(
    "is refused with the position of the error",
    arguments: [
      ("", "1:1: the file is empty; it must contain a curl command"),
      ("wget https://a.example", "1:1: the command must begin with 'curl', not with 'wget'"),
      ("curl", "1:1: the command has no URL"),
      ("curl -X POST \\\n  -d 'a=1", "2:6: the quote that begins here is not closed"),
      ("curl -H \"A: b https://a.example", "1:9: the quote that begins here is not closed"),
      (
        "curl https://a.example \\ \n -d a=1",
        "1:24: remove the space after '\\': it must be the last character of its line"
      ),
      (
        "curl https://a.example\n  -d a=1",
        "2:3: the command ended on line 1; a command of several lines needs '\\' at the end of each line"
      ),
      ("curl https://a.example -d “a=1”", "1:27: '“' is a typographic quote; write ' or \""),
      ("curl https://a.example —data a=1", "1:24: '—' is a typographic dash; write '-' or '--'"),
      (
        "curl \"https://a.example\" ^\n -d a=1",
        "1:26: '^' is the quoting of Windows, which is not supported; copy the command for bash"
      ),
      (
        "curl ^\"https://a.example^\"",
        "1:6: '^' is the quoting of Windows, which is not supported; copy the command for bash"
      ),
      ("curl https://a.example | jq .", "1:24: unexpected '|'; the file must contain one curl command only"),
      (
        "curl https://a.example -F a=1",
        "1:24: '-F' is not supported: it sends multipart/form-data; provider files support a form or JSON"
      ),
      ("curl https://a.example --dta a=1", "1:24: unknown option '--dta' of curl; did you mean '--data'?"),
      ("curl https://a.example --data=a", "1:24: curl has no options with '='; write a space after '--data'"),
      ("curl https://a.example -d", "1:24: '-d' needs a value"),
      ("curl https://a.example -d @body.json", "1:27: '-d' reads a file here; write the body into the command"),
      ("curl https://a.example -X DELETE", "1:27: the method 'DELETE' is not supported; known: GET, POST, PUT"),
      (
        "curl https://a.example -X GET -d a=1",
        "1:34: a GET request with a body is not supported; use -G to send a query, or POST"
      ),
      ("curl https://a.example -d '{\"a\": 1,}'", "1:36: the body is not valid JSON here"),
      ("curl https://a.example -d '<a/>'", "1:27: the body is XML; provider files support a form or JSON"),
      (
        "curl https://a.example -d 'a=1&a=2'", "1:27: the form has 'a' twice; a provider file cannot repeat a parameter"
      ),
      ("curl https://a.example -d 'a=%zz'", "1:27: the form has an invalid percent-encoding at 'a'"),
      ("curl https://a.example -H Token", "1:27: a header must be written as 'Name: value'"),
      ("curl https://a.example -H 'a b: c'", "1:27: 'a b' is not a valid header name"),
      (
        "curl https://a.example -d '${x}=1'",
        "1:27: the form has a name with '${', which a provider file cannot contain"
      ),
      ("curl ftp://a.example", "1:6: the URL must begin with https:// or http://"),
      ("curl https:///path", "1:6: the URL has no valid host: ''"),
      (
        "curl https://a.example -H Token: abc",
        "1:34: unexpected 'abc': the URL is on line 1; a value with spaces needs quotes"
      ),
    ])
  func refusals(_ curl: String, _ message: String) throws {
    let error = #expect(throws: SampleFileError.self) { try Self.draft(curl: curl) }
    #expect(error?.diagnostic.description == "curl.txt:" + message)
  }

  @Test(
    "is refused with the position of an error in the response",
    arguments: [
      ("{\"code\": 0,\n  \"data\": }", "answer.json:2:11: the response is not valid JSON here"),
      ("{\"a\": 1, \"a\": 2}", "answer.json:1:1: the response is invalid: duplicate key 'a'"),
    ])
  func answers(_ answer: String, _ message: String) throws {
    let error = #expect(throws: SampleFileError.self) {
      try Self.draft(curl: "curl https://a.example -d token=abc", answer: answer)
    }
    #expect(error?.diagnostic.description == message)
  }

  @Test(
    "passes the check if the request is unusual",
    arguments: [
      // Two signatures: each covers the parameters without signatures.
      "curl https://a.example -d 'sign=abc&X-Sign=def&a=1'", "curl https://a.example -G -d sign=1 -d datasign=2",
      // curl sends the header.
      "curl https://a.example -u a:b -H 'Authorization: Bearer x'",
      "curl https://a.example -d '{\"clientIp\": [\"203.0.113.7\"], \"a\": {\"sign\": \"x\"}, \"\": [], \"b c\": null}'",
      "curl https://a.example -d '\"text\"' -H 'Content-Type: application/json'", "curl a.example",
      "curl 'https://u:p@a.example:8443/a$b/?x=%E7%94%B2#f'", "curl https://a.example -X POST -H 'X-Sign: abc'",
    ])
  func unusual(_ curl: String) throws {
    _ = try Self.check(try Self.draft(curl: curl))
  }

  @Test(
    "recognises the form of values",
    arguments: [
      ("ts=1704164645", "ts: {time: seconds}"), ("when=20240102T030405Z", "when: {time: \"yyyyMMdd'T'HHmmss'Z'\"}"),
      ("sdkappid=1400000000", "sdkappid: \"${account.sdkappid}\""),
      ("random=7226249334", "random: {nonce: digits, length: 10}"),
      ("mobile=%2B8613800000000", "mobile: \"+86${call.phoneNumber}\""), ("code=1", "code: \"1\""),
      ("code=Zx81kKq0", "code: \"${call.token}\""), ("value=Zx81kKq0Zx81kKq0Zx81kKq0", "value: \"${call.token}\""),
      ("appKey=abc", "appKey: {required: true, secret: true, about: \"appKey of the vendor's console\"}"),
      (
        "sign=" + String(repeating: "ab", count: 128),
        "sign: {rsa-sign: \"${fields}\", digest: sha256, key: \"${account.privateKey}\", as: hex}"
      ),
    ])
  func forms(_ form: String, _ line: String) throws {
    let draft = try Self.draft(curl: "curl https://a.example/login -d '\(form)'")
    #expect(Self.lines(draft).contains(line), "\(draft.text)")
    _ = try Self.check(draft)
  }
}
