import Configuration
import Declarative
import JSON
import NumberAuth
import ProviderConformance
import ProviderTools
import Schema
import Testing
import YAML

/// Malformed provider files and answers, generated from fixed seeds.
@Suite("Malformed files and answers")
struct HostileTests {
  // MARK: Files

  private static let vendors = ["jiguang", "yidun", "tencent-cloud", "shanyan", "mobtech", "getui"]

  private static let texts: [[String]] = vendors.map { vendor in
    let bytes = Repository.read(Repository.root + "providers/" + vendor + ".yaml") ?? []
    // The failure tables are long and not part of the language, so a short table replaces them.
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    return
      (lines.prefix { !$0.hasPrefix("failures:") } + [
        "failures: {login: {any: {codes: {\"1\": {reason: vendor-busy, text: x}}}}}"
      ])
      .map(String.init)
  }

  private static let oddities: [String] = [
    "", "~", "null", "true", "0", "-1", "99999999999999999999999999999999", "1e999", "0x7f", ".inf", "[]", "{}", "[[]]",
    "{a: {b: {}}}",
    "\"\"", "\"${\"", "\"${}\"", "\"${answer}\"", "\"${answer/}\"", "\"${answer/a/b/0}\"", "\"${header/x}\"",
    "\"${request.body}\"",
    "\"${request.query}${request.path}\"", "\"${call.phoneNumber}\"", "\"${account.appKey}\"", "\"${account.}\"",
    "\"${.}\"",
    "\"${a.b.c}\"", "\"$$\"", "\"$\"", "\"${number}\"", "\"${sign}\"", "\"${fields}\"", "\"${timestamp}\"",
    "\"甲\\0\\u0301\"", "\"\\uFEFF\"", "/~2", "/a~1b",
    "*x", "&x y", "&x [*x]", "!!binary aGk=", "!python/object x", "!!str 5", "{<<: {a: b}}", "{$number: 1}",
    "{$optional: x}",
    "{$choose: \"${account.signForm}\", of: {}}", "{md5: x}", "{text: \"${b}\"}", "{at: /code, is: [\"0\"]}", "|", ">-",
    "'", "\"", "{", "[", "? a", "- a", "%YAML", "---",
    "...", "\t", "# c", "a: b", "a: a: b", String(repeating: "[", count: 80) + String(repeating: "]", count: 80),
    String(repeating: "{a: ", count: 70) + String(repeating: "}", count: 70),
    "\"" + String(repeating: "x", count: 70_000) + "\"",
    "\"" + String(repeating: "${timestamp}", count: 500) + "\"", String(repeating: "k", count: 10_000) + ": v",
  ]

  private static let extraLines = [
    "      a: {text: \"${a}\"}", "      a: {md5: \"${request.body}\"}", "      timestamp: {text: x}", "  - x",
    "steps: {}", "operations: {}", "  login: {}",
    "    steps: {a: {choose: \"${call.token}\", of: {}}}", "extends: vendor", "extends: base", "adapter: aliyun",
    "inputs: []", "account: {provider: {}}", "\u{85}", "\r", "é: &a [*a]",
    "      json: {sign: \"${sign}\", a: [1, {b: \"${sign}\"}]}", "      query: {a: \"${request.path}\"}",
    "      path: \"/${request.path}\"",
  ]

  private static func mutated(_ number: Int, _ random: inout Random) -> String {
    var lines = texts[number % texts.count]
    for _ in 0..<random.below(4) + 1 {
      let at = random.below(lines.count)
      switch random.below(9) {
      case 0: lines.remove(at: at)
      case 1: lines.insert(lines[at], at: random.below(lines.count))
      case 2: lines.swapAt(at, random.below(lines.count))
      case 3: lines.insert(random.element(extraLines), at: at)
      case 4: lines[at] = String(repeating: " ", count: random.below(9)) + lines[at].drop { $0 == " " }
      case 5: lines[at] = String(lines[at].unicodeScalars.prefix(random.below(lines[at].unicodeScalars.count + 1)))
      default:
        // Replace the value after one of the colons, or a part of it.
        let line = lines[at]
        let colons = line.indices.filter { line[$0] == ":" }
        guard !colons.isEmpty else { continue }
        let colon = colons[random.below(colons.count)]
        let rest = line[line.index(after: colon)...]
        let end = random.below(2) == 0 ? rest.endIndex : rest.firstIndex { ",}]".contains($0) } ?? rest.endIndex
        lines[at] = line[...colon] + " " + random.element(oddities) + rest[end...]
      }
      if lines.isEmpty { lines = [""] }
    }
    return lines.joined(separator: "\n")
  }

  @Test("a randomly changed file is usable, or its errors have a place inside it", arguments: 0..<6)
  func files(_ vendor: Int) throws {
    var random = Random(seed: 0x6e75_6d67 + UInt64(vendor))
    var usable = 0
    for _ in 0..<250 {
      let text = HostileTests.mutated(vendor, &random)
      let lines = text.split(omittingEmptySubsequences: false) {
        $0 == "\n" || $0 == "\r" || $0 == "\r\n" || $0 == "\u{85}" || $0 == "\u{2028}" || $0 == "\u{2029}"
      }.count
      do throws(ConfigurationError) {
        guard let file = try MemoryFiles.provider(text) else { continue }
        usable += 1
        HostileTests.use(file)
      } catch {
        #expect(!error.diagnostics.isEmpty)
        for diagnostic in error.diagnostics {
          #expect(diagnostic.file == "providers/vendor.yaml" && diagnostic.mark.column >= 1, "\(diagnostic)")
          // A missing end is reported after the last line.
          #expect((1...lines + 1).contains(diagnostic.mark.line), "\(diagnostic)")
          #expect(!diagnostic.message.isEmpty && diagnostic.message.utf8.count < 2000, "\(diagnostic)")
        }
      }
    }
    // Both outcomes occur.
    #expect(usable > 10 && usable < 240, "\(usable)")
  }

  /// Binds a loaded file and makes every call. Any result is accepted; the process must not crash.
  private static func use(_ file: ProviderFile) {
    var fields: [String: Secret] = [:]
    for field in file.accountFields { fields[field.name] = Secret(field.choices?.first ?? "0123456789abcdef") }
    guard
      let provider = try? file.makeProvider(file.settings(account: "a", authority: "h", fields: fields))
    else { return }
    for exchange in calls(of: file, provider) {
      guard case .send(_, let read)? = exchange else { continue }
      for body in ["{}", "[]", "{\"code\":\"0\",\"status\":\"200\",\"data\":\"[[]]\"}", ""] {
        _ = try? read(VendorResponse(status: 200, body: Array(body.utf8)))
      }
    }
  }

  private static func calls(of file: ProviderFile, _ provider: any Provider) -> [Exchange<ProviderCall.Outcome>?] {
    let context = CallContext(now: WallTime(milliseconds: 1_704_164_645_678), nonce: "0123456789abcdef0123456789abcdef")
    let extras = CallExtras(
      clientIP: "10.0.0.1",
      inputs: Dictionary(
        file.inputs.map { ($0.name, Secret($0.choices?.first ?? "1")) }, uniquingKeysWith: { first, _ in first }))
    var calls: [ProviderCall] = [
      .prepare(PrepareClient(operation: .login, channel: .app, extras: extras)),
      .login(Login(channel: .app, token: Secret("t"), carrier: .chinaMobile, extras: extras)),
    ]
    if let number = PhoneNumber("13800000000") {
      calls.append(.verify(Verify(channel: .app, token: Secret("t"), phoneNumber: number, extras: extras)))
    }
    return calls.map { call in (try? call.exchange(with: provider, context)) ?? nil }
  }

  // MARK: Answers

  /// A vendor of the fixtures: the reader of its answers and an answer that it accepts.
  private struct Reader: Sendable {
    let name: String
    let read: @Sendable (VendorResponse) throws(Failure) -> ProviderCall.Outcome
    let good: String
  }

  private static let readers: [Reader] = FixtureTests.vendors.flatMap { vendor in
    ProviderFixture.all(beside: #filePath, in: vendor + "/").compactMap { fixture in
      guard let fixture = try? fixture.get(), ["login.json", "verify.json"].contains(fixture.file),
        let provider = try? FixtureTests.make(fixture.provider)(fixture.settings),
        case .send(_, let read)? = try? fixture.call.exchange(with: provider, fixture.context),
        case .exchange(_, let answers) = fixture.expectation, let good = answers.first?.body
      else { return nil }
      return Reader(name: vendor + "/" + fixture.file, read: read, good: good)
    }
  }

  @Test("randomly generated answers neither succeed nor crash the process")
  func answers() throws {
    #expect(HostileTests.readers.count >= 8)
    var random = Random(seed: 0x616e_7377)
    for reader in HostileTests.readers {
      let good = try JSONValue.parse(reader.good)
      var keys: [String] = []
      HostileTests.collect(good, &keys)
      for _ in 0..<120 {
        var body = ""
        HostileTests.write(&body, keys, &random, depth: 0)
        for status in [200, 500] { HostileTests.expectNoSuccess(reader, body, status) }
      }
      // The valid answer with one value replaced.
      var places: [[String]] = []
      HostileTests.leaves(good, [], &places)
      for place in places {
        for odd in HostileTests.oddValues {
          var body = ""
          HostileTests.copy(good, [], replacing: place, with: odd, &body)
          let response = VendorResponse(status: 200, body: Array(body.utf8))
          // If the replaced member is unused, the answer is still a success. A failure must have delivery `answered`.
          do throws(Failure) {
            _ = try reader.read(response)
          } catch {
            #expect(error.delivery == .answered)
          }
        }
      }
    }
  }

  @Test("an answer of 10 MiB does not succeed")
  func largeAnswers() {
    let filler = String(repeating: "x", count: 10 << 20)
    for reader in HostileTests.readers.prefix(4) {
      HostileTests.expectNoSuccess(reader, "{\"code\":\"\(filler)\",\"status\":\"\(filler)\"}", 200)
    }
    let deep = String(repeating: "{\"data\":", count: 1_000_000)
    for reader in HostileTests.readers { HostileTests.expectNoSuccess(reader, deep, 200) }
  }

  private static func expectNoSuccess(
    _ reader: Reader, _ body: String, _ status: Int
  ) {
    do throws(Failure) {
      let outcome = try reader.read(VendorResponse(status: status, body: Array(body.utf8)))
      Issue.record("\(reader.name) reads \(body.prefix(300)) as \(outcome)")
    } catch {
      #expect(error.delivery == .answered)
      #expect((error.vendor?.code ?? "").utf8.count <= 512 && (error.vendor?.message ?? "").utf8.count <= 512)
      #expect((error.detail ?? "").utf8.count <= 512)
    }
  }

  private static let oddValues = [
    "null", "true", "false", "0", "-1", "1e400", "123456789012345678901234567890", "\"\"", "\" \"", "\"0\"",
    "\"\\u0000\"", "[]", "{}", "[null]", "[\"0\"]", "{\"\":\"\"}",
    "\"{}\"", "\"[]\"", "\"{\\\"phone\\\":1}\"", "\"+86\"", "\"138\"",
    "\"" + String(repeating: "9", count: 10_000) + "\"", "\"" + String(repeating: "码", count: 3000) + "\"",
    String(repeating: "[", count: 60) + String(repeating: "]", count: 60),
  ]

  /// A random value with keys of the vendor's answer. It never contains a success code.
  private static func write(_ body: inout String, _ keys: [String], _ random: inout Random, depth: Int) {
    switch depth == 0 ? 0 : random.below(depth > 5 ? 2 : 4) {
    case 0 where depth == 0 || random.below(2) == 0, 2:
      body += "{"
      for index in 0..<random.below(6) {
        if index > 0 { body += "," }
        body += "\"" + random.element(keys) + "\":"
        if depth > 5 { body += "{}" } else { write(&body, keys, &random, depth: depth + 1) }
      }
      body += "}"
    case 3:
      body += "["
      for index in 0..<random.below(4) {
        if index > 0 { body += "," }
        write(&body, keys, &random, depth: depth + 1)
      }
      body += "]"
    default: body += random.element(oddValues.filter { $0 != "0" && $0 != "\"0\"" })
    }
  }

  private static func collect(_ value: JSONValue, _ keys: inout [String]) {
    for (key, inner) in value.members {
      keys.append(key)
      collect(inner, &keys)
    }
    for inner in value.elements { collect(inner, &keys) }
  }

  private static func leaves(_ value: JSONValue, _ path: [String], _ places: inout [[String]]) {
    places.append(path)
    for (key, inner) in value.members { leaves(inner, path + [key], &places) }
  }

  private static func copy(
    _ value: JSONValue, _ path: [String], replacing place: [String], with odd: String, _ body: inout String
  ) {
    if path == place {
      body += odd
    } else if value.kind == .object {
      body += "{"
      for (index, member) in value.members.enumerated() {
        if index > 0 { body += "," }
        body += String(decoding: JSONFragment { $0.value(member.key) }.bytes, as: UTF8.self) + ":"
        copy(member.value, path + [member.key], replacing: place, with: odd, &body)
      }
      body += "}"
    } else {
      body += String(decoding: JSONFragment { $0.value(value) }.bytes, as: UTF8.self)
    }
  }
}

/// SplitMix64: a reproducible generator.
private struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func element<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
