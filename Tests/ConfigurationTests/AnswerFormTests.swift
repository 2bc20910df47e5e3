import Configuration
import Cryptography
import JSON
import Networking
import NumberAuth
import ProviderConformance
import ProviderTools
import Testing

/// The responses of every adapter's fixtures, in other encodings that vendors' servers use.
@Suite("Responses in other encodings")
struct AnswerFormTests {
  private static let fixtures: [Result<ProviderFixture, FixtureError>] = {
    let tests = Repository.root + "Tests/Providers/"
    let builtIn = ["Aliyun", "ChinaMobileApp", "ChinaMobileH5", "ChinaMobileQuickApp", "ChinaMobileWeChat"]
    let declared = ["jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui"]
    return builtIn.flatMap { ProviderFixture.all(beside: tests + $0 + "Tests/Tests.swift") }
      + declared.flatMap { ProviderFixture.all(beside: tests + "DeclarativeTests/Tests.swift", in: $0 + "/") }
  }()

  private static func outcome(
    _ fixture: ProviderFixture, _ body: [UInt8], _ answer: ProviderFixture.RecordedAnswer, contentType: String? = nil
  ) throws -> Result<ProviderCall.Outcome, Failure>? {
    let provider = try #require(Repository.providers[fixture.provider]).makeProvider(fixture.settings)
    guard case .send(_, let read)? = try fixture.call.exchange(with: provider, fixture.context) else { return nil }
    var headers = HTTPFields()
    for (name, value) in answer.headers { headers.append(name, value) }
    if let contentType { headers.append("Content-Type", contentType) }
    let response = HTTPClientResponse(status: answer.status, headers: headers, body: body)
    do throws(Failure) {
      return .success(try read(response.vendorResponse))
    } catch {
      return .failure(error)
    }
  }

  /// The parts of a result that callers act on: its type, the number or verdict, the reason and the billing.
  private static func summary(_ result: Result<ProviderCall.Outcome, Failure>?) -> String {
    switch result {
    case .success(.number(let number)): "number \(number.phoneNumber.text) \(number.billed)"
    case .success(.verdict(let verified)): "verdict \(verified.verdict) \(verified.billed)"
    case .success(.parameters(let parameters)): "parameters \(parameters.parameters.bytes)"
    case .success(.signature): "signature"
    case .success(.credential(let credential)): "credential \(credential.life)"
    case .failure(let failure): "\(failure.reason) \(failure.vendor?.code ?? "-") \(failure.billed)"
    case nil: "nothing is sent"
    }
  }

  @Test("A byte order mark does not change the result", arguments: fixtures)
  func byteOrderMark(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let fixture = try fixture.get()
    for answer in fixture.recordedAnswers {
      let plain = Self.summary(try Self.outcome(fixture, Array(answer.body.utf8), answer))
      let marked = Self.summary(try Self.outcome(fixture, [0xef, 0xbb, 0xbf] + answer.body.utf8, answer))
      #expect(marked == plain, "\(answer.name)")
    }
  }

  /// `说明` in GBK is cbb5 c3f7 (Python: "说明".encode("gbk").hex()); these bytes are not valid UTF-8.
  @Test("Text in GBK does not change the result, with or without a charset", arguments: fixtures)
  func chinese(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let fixture = try fixture.get()
    for answer in fixture.recordedAnswers where answer.body.utf8.allSatisfy({ $0 < 0x80 }) && answer.isObject {
      let plain = Self.summary(try Self.outcome(fixture, Array(answer.body.utf8), answer))
      let words: [UInt8] = [0xcb, 0xb5, 0xc3, 0xf7]
      let body = Array(#"{"_words":""#.utf8) + words + Array((#"","# + answer.body.dropFirst()).utf8)
      for type in [nil, "application/json", "application/json;charset=GBK", "text/html; charset=\"gb2312\""] {
        #expect(Self.summary(try Self.outcome(fixture, body, answer, contentType: type)) == plain, "\(answer.name)")
      }
    }
  }

  @Test("A response with a duplicate key is never a verdict", arguments: fixtures)
  func duplicateKey(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let fixture = try fixture.get()
    for answer in fixture.recordedAnswers where answer.isObject {
      for body in Self.withRepeatedKeys(answer.body, try JSONValue.parse(answer.body)) {
        guard case .failure(let failure)? = try Self.outcome(fixture, Array(body.utf8), answer) else {
          Issue.record("\(answer.name): \(body) is accepted")
          continue
        }
        #expect(failure.reason == .vendorProtocolError && failure.vendor == nil, "\(answer.name), \(body)")
        #expect(failure.delivery == .answered && failure.billed == .unknown)
      }
    }
  }

  /// The object with one duplicate key, for each of its keys and of its members' keys. A member that is an object is
  /// also written as a string that contains it, like some servers do.
  private static func withRepeatedKeys(_ text: String, _ object: JSONValue) -> [String] {
    func json(_ text: String) -> String { String(decoding: JSONFragment { $0.value(text) }.bytes, as: UTF8.self) }
    var bodies: [String] = []
    for member in object.members {
      bodies.append("{\(json(member.key)):null," + text.dropFirst())
      guard member.value.kind == .object, let inner = member.value.members.first?.key else { continue }
      var writer = JSONWriter()
      writer.value(member.value)
      let plain = String(decoding: writer.bytes, as: UTF8.self)
      let repeated = "{\(json(inner)):null," + plain.dropFirst()
      guard text.contains(plain) else { continue }
      bodies.append(text.replacing(plain, with: repeated))
      bodies.append(text.replacing(plain, with: json(repeated)))
    }
    return bodies
  }

  @Test("The fixtures contain an encrypted number of each vendor that encrypts it")
  func encryptingVendors() throws {
    let found = try Self.fixtures.map { try $0.get() }.filter { fixture in
      fixture.recordedAnswers.contains { answer in
        answer.isObject && (try? JSONValue.parse(answer.body)).flatMap(Self.encrypted) != nil
      }
    }
    #expect(Set(found.map(\.provider)) == Self.encrypting)
  }

  /// Base64 in lines, URL-safe or without padding, and hexadecimal digits in lines.
  @Test("Line breaks and variants of the encoding do not change an encrypted number", arguments: fixtures)
  func encryptedNumber(_ fixture: Result<ProviderFixture, FixtureError>) throws {
    let fixture = try fixture.get()
    for answer in fixture.recordedAnswers where answer.isObject {
      let plain = Self.summary(try Self.outcome(fixture, Array(answer.body.utf8), answer))
      guard plain.hasPrefix("number"), let text = Self.encrypted(in: try JSONValue.parse(answer.body)) else { continue }
      #expect(Self.encrypting.contains(fixture.provider))
      let broken = stride(from: 0, to: text.count, by: 16).map { String(text.dropFirst($0).prefix(16)) }
      var spellings = ["\\n", "\\r\\n", " ", "\\t"].map { broken.joined(separator: $0) }
      spellings += [text + "\\n", text + "\\r\\n", " " + text + " "]
      if Hex.decode(text) == nil {
        let urlSafe = text.replacing("+", with: "-").replacing("/", with: "_")
        spellings += [urlSafe, urlSafe.filter { $0 != "=" }, text.filter { $0 != "=" }]
      }
      for spelling in spellings {
        let body = answer.body.replacing("\"\(text)\"", with: "\"\(spelling)\"")
        #expect(
          Self.summary(try Self.outcome(fixture, Array(body.utf8), answer)) == plain, "\(answer.name): \(spelling)")
      }
    }
  }

  private static let encrypting: Set = [
    "china-mobile-h5", "china-mobile-wechat", "china-mobile-app", "jiguang", "mobtech", "getui", "shanyan",
  ]

  /// The members in which vendors send an encrypted number.
  private static let members: Set = ["msisdn", "phone", "res", "mobileName", "pn"]

  /// The first of these members that is a ciphertext: hexadecimal digits or Base64, 8 bytes or more.
  private static func encrypted(in value: JSONValue) -> String? {
    for member in value.members {
      if members.contains(member.key), let text = member.value.string, text.utf8.count > 11,
        Hex.decode(text) ?? Base64.decode(text) != nil
      {
        return text
      }
      if let inner = encrypted(in: member.value) { return inner }
    }
    return nil
  }

  @Test("The fixtures cover every adapter")
  func count() throws {
    let names = try Set(Self.fixtures.map { try $0.get() }.filter { !$0.recordedAnswers.isEmpty }.map(\.provider))
    #expect(names.count == 11)
  }
}
