import Testing

@testable import JSON

@Suite("Parsing JSON")
struct JSONParsingTests {
  /// The file contains about 1600 texts. One test for all keeps the report short.
  @Test("Python and Numgate agree on which texts are JSON, and on their values")
  func verdicts() throws {
    let lines = readLines("verdicts.txt")
    try #require(lines.count > 1000)
    for line in lines {
      let text = bytes(ofHex: line[1])
      let shown = String(decoding: text, as: UTF8.self)
      switch line[0] {
      case "valid":
        do throws(JSONError) {
          #expect(dump(try JSONValue.parse(text)) == line[2], "\(shown)")
        } catch {
          Issue.record("Python accepts \(shown), but: \(error)")
        }
      default:
        #expect(throws: JSONError.self, "Python rejects \(shown)") { try JSONValue.parse(text) }
      }
    }
  }

  @Test(
    "Words that begin like null, true and false are rejected",
    arguments: [
      "{\"a\":nope}", "[n]", "nul", "n", "t", "f", "[t]", "[f]", "nope", "{\"a\":n", "[tru", "nulL", "[nullnull]",
    ])
  func brokenWords(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue.parse(text) }
  }

  @Test("An empty text is not JSON", arguments: ["", " ", "\n\t\r "])
  func empty(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue.parse(text) }
  }

  @Test("Parsing a string and parsing its bytes have the same result")
  func text() throws {
    let text = "{\"名\":[1,\"😀\"]}"
    #expect(dump(try JSONValue.parse(text)) == dump(try JSONValue.parse(Array(text.utf8))))
  }

  @Test(
    "Text after the value is rejected with its offset",
    arguments: [
      ("1 2", 2), ("[1] [2]", 4), ("null,", 4), ("\"a\" \"b\"", 4), ("[]]", 2), ("true false", 5),
    ])
  func trailing(_ text: String, _ offset: Int) throws {
    let error = try #require(throws: JSONError.self) { try JSONValue.parse(text) }
    #expect(error == .invalid(offset: offset))
  }

  @Test(
    "Bytes that are not UTF-8 have their own error",
    arguments: [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
      [0x7b, 0x22, 0xc3, 0x22, 0x3a, 0x31, 0x7d],
    ] as [[UInt8]])
  func notUTF8(_ text: [UInt8]) {
    #expect(throws: JSONError.invalidUTF8) { try JSONValue.parse(text) }
  }

  // MARK: Duplicate keys

  @Test(
    "A duplicate key is rejected and named, at every depth",
    arguments: [
      ("{\"a\":1,\"a\":2}", "a"), ("{\"a\":1,\"b\":2,\"a\":1}", "a"), ("{\"\":1,\"\":2}", ""),
      ("{\"x\":{\"b\":1,\"b\":2}}", "b"), ("[{\"a\":1},{\"c\":1,\"c\":2}]", "c"), ("{\"a\":1,\"\\u0061\":2}", "a"),
      ("{\"a\":{\"a\":{\"d\":[],\"d\":[]}}}", "d"), ("{\"中\":1,\"\\u4e2d\":2}", "中"),
      ("{\"a\":[[{\"k\":1,\"k\":1}]],\"b\":2}", "k"),
    ])
  func duplicates(_ text: String, _ key: String) throws {
    #expect(throws: JSONError.duplicateKey(key)) { try JSONValue.parse(text, duplicateKeys: .refused) }
    _ = try JSONValue.parse(text)
  }

  @Test(
    "Keys that only look alike are different keys",
    arguments: [
      "{\"a\":1,\"A\":2}", "{\"a\":1,\"a \":2}", "{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":2}]",
      "{\"a\":1,\"ab\":2,\"b\":3}",
      "{\"é\":1,\"e\\u0301\":2}", "{\"a\":[{\"a\":1}],\"b\":{\"a\":1}}", "{\"a\":\"a\",\"b\":\"a\"}",
      "{\"\":1,\"\\u0000\":2}",
    ])
  func lookAlikes(_ text: String) throws {
    _ = try JSONValue.parse(text, duplicateKeys: .refused)
  }

  @Test("The first value is used if duplicate keys are allowed")
  func firstWins() throws {
    let value = try JSONValue.parse("{\"a\":1,\"b\":{\"c\":\"x\",\"c\":\"y\"},\"a\":2}")
    #expect(value["a"]?.int == 1)
    #expect(value["b"]?["c"]?.string == "x")
    #expect(value.count == 3)
    #expect(value.members.map(\.key) == ["a", "b", "a"])
  }

  @Test(
    "A duplicate key in JSON inside a string is rejected on request",
    arguments: [
      #"{"data":"{\"a\":1,\"a\":2}"}"#, #"["[{\"a\":1,\"a\":2}]"]"#, #"{"b":{"data":"\n {\"a\":1,\"a\":1}"}}"#,
      #"{"data":"{\"b\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}"}"#, #"{"a":1,"a":2}"#,
      "{\"data\":\"\u{feff}{\\\"a\\\":1,\\\"a\\\":2}\"}",
    ])
  func keysInStrings(_ text: String) {
    #expect(throws: JSONError.duplicateKey("a")) { try JSONValue.parse(text, duplicateKeys: .refusedInStringsToo) }
  }

  @Test(
    "A string that is not JSON, or has no duplicate keys, is accepted",
    arguments: [
      #"{"data":"{\"a\":1,\"b\":2}"}"#, #"{"data":"{\"a\":1,\"a\":2"}"#, #"{"data":"[note] \"a\" \"a\""}"#,
      #"{"data":"{"}"#,
      #"{"data":"{\"x\":{\"a\":1},\"y\":{\"a\":1}}"}"#,
    ])
  func stringsWithoutDuplicates(_ text: String) throws {
    #expect(try JSONValue.parse(text, duplicateKeys: .refusedInStringsToo).count == 1)
  }

  @Test("The offset of an error includes a byte order mark")
  func markedOffset() {
    for text in ["[", "[1,x]", "{\"a\" 1}"] {
      guard case .invalid(let offset)? = #expect(throws: JSONError.self, performing: { try JSONValue.parse(text) })
      else {
        continue
      }
      #expect(throws: JSONError.invalid(offset: offset + 3)) { try JSONValue.parse("\u{feff}" + text) }
    }
  }

  @Test("No large buffers are retained after a large text")
  func retained() throws {
    let member = "\"key\":[1,2,3,{\"a\":\"\(String(repeating: "x", count: 100))\"}]"
    let large = "[" + Array(repeating: "{\(member)}", count: 100_000).joined(separator: ",") + "]"
    #expect(try JSONValue.parse(large).count == 100_000)
    #expect(JSONStorage.retainedBytes <= 1 << 20)
    #expect(throws: JSONError.self) { try JSONValue.parse(large + "]") }
    #expect(JSONStorage.retainedBytes <= 1 << 20)
    #expect(dump(try JSONValue.parse("{\"a\":1}")) == "{s61;d1;}")
  }

  @Test("A duplicate key is found among many keys", arguments: [16, 17, 18, 100, 5000], [0, 7, 15])
  func manyKeys(_ count: Int, _ place: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":{\"n\":\($0)}" }
    let whole = "{" + members.joined(separator: ",") + "}"
    #expect(try JSONValue.parse(whole, duplicateKeys: .refused).count == count)
    let double = "{" + (members + ["\"key\(place)\":null"]).joined(separator: ",") + "}"
    #expect(throws: JSONError.duplicateKey("key\(place)")) { try JSONValue.parse(double, duplicateKeys: .refused) }
    #expect(throws: JSONError.duplicateKey("key\(place)")) {
      try JSONValue.parse("[{\"x\":[" + double + "]}]", duplicateKeys: .refused)
    }
    #expect(try JSONValue.parse(double)["key\(place)"]?["n"]?.int == place)
  }

  @Test("A long key is shortened in an error")
  func longKey() throws {
    let key = String(repeating: "k", count: 1000)
    let error = try #require(throws: JSONError.self) {
      try JSONValue.parse("{\"\(key)\":1,\"\(key)\":2}", duplicateKeys: .refused)
    }
    #expect(error == .duplicateKey(String(key.prefix(64))))
  }

  @Test("A rejected text does not influence the next one")
  func independence() throws {
    #expect(throws: JSONError.self) { try JSONValue.parse("{\"a\":1,\"a\":2}", duplicateKeys: .refused) }
    #expect(dump(try JSONValue.parse("{\"a\":1}", duplicateKeys: .refused)) == "{s61;d1;}")
    #expect(throws: JSONError.self) { try JSONValue.parse("[[[[", maximumDepth: 2) }
    #expect(dump(try JSONValue.parse("[[]]", maximumDepth: 2)) == "[[]]")
  }

  // MARK: Size and depth

  @Test("Nesting up to the limit is accepted, one more level is rejected", arguments: [1, 2, 10, 64])
  func depth(_ limit: Int) throws {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      let inner = open == "[" ? "" : "1"
      let deep = String(repeating: open, count: limit) + inner + String(repeating: close, count: limit)
      _ = try JSONValue.parse(deep, maximumDepth: limit)
      let deeper = open + deep + close
      #expect(throws: JSONError.tooDeep(limit: limit)) { try JSONValue.parse(deeper, maximumDepth: limit) }
    }
  }

  @Test("The default limit is 64 levels")
  func usualDepth() throws {
    _ = try JSONValue.parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
    #expect(throws: JSONError.tooDeep(limit: 64)) {
      try JSONValue.parse(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
    }
  }

  @Test("A hundred thousand open brackets are rejected", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func bombs(_ open: String) {
    #expect(throws: JSONError.self) { try JSONValue.parse(String(repeating: open, count: 100_000)) }
  }

  @Test("A limit of a thousand levels is observed too")
  func deepLimit() throws {
    let text = String(repeating: "[", count: 1000) + String(repeating: "]", count: 1000)
    #expect(dump(try JSONValue.parse(text, maximumDepth: 1000)) == text)
    #expect(throws: JSONError.tooDeep(limit: 999)) { try JSONValue.parse(text, maximumDepth: 999) }
  }

  @Test("A string of a megabyte is read completely")
  func longString() throws {
    let string = String(repeating: "号码-number ", count: 70_000)
    let value = try JSONValue.parse("[\"\(string)\",\"\\n\(string)\"]")
    #expect(value[0]?.string == string)
    #expect(value[1]?.string == "\n" + string)
  }

  @Test("An array of a hundred thousand elements is read completely")
  func longArray() throws {
    let value = try JSONValue.parse("[" + (0..<100_000).map(String.init).joined(separator: ",") + "]")
    #expect(value.count == 100_000)
    #expect(value.elements.enumerated().allSatisfy { $0.element.int == $0.offset })
    #expect(value[99_999]?.int == 99_999)
    #expect(value[100_000] == nil)
  }

  @Test("Values remain valid after other texts were parsed, on this thread and on others")
  func lifetime() async throws {
    let first = try JSONValue.parse("{\"a\":[\"one\",2]}")
    for _ in 0..<100 { _ = try JSONValue.parse("[9,9,9,{\"b\":\"other\"}]") }
    #expect(dump(first) == "{s61;[s6f6e65;d2;]}")
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 0..<8 {
        group.addTask { @concurrent in
          (0..<500).count {
            let text = "{\"task\":\(task),\"round\":\($0),\"name\":\"\(String(repeating: "x", count: $0))\"}"
            guard let value = try? JSONValue.parse(text) else { return true }
            return value["task"]?.int != task || value["round"]?.int != $0 || value["name"]?.string?.count != $0
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  // MARK: Reading fields

  @Test("A required field that is missing or not a string is named")
  func requiredString() throws {
    let value = try JSONValue.parse("{\"a\":\"x\",\"n\":1,\"z\":null,\"e\":\"\"}")
    #expect(try value.requiredString("a") == "x")
    #expect(try value.requiredString("e") == "")
    for key in ["n", "z", "missing"] {
      #expect(throws: JSONError.field(key, expected: "a string")) { try value.requiredString(key) }
    }
  }

  @Test("An optional field may be missing or null, but not of another type")
  func optionalFields() throws {
    let value = try JSONValue.parse(
      "{\"s\":\"x\",\"i\":-7,\"z\":null,\"d\":1.5,\"b\":true,\"huge\":9223372036854775808}")
    #expect(try value.optionalString("s") == "x")
    #expect(try value.optionalString("z") == nil)
    #expect(try value.optionalString("missing") == nil)
    #expect(try value.optionalInt("i") == -7)
    #expect(try value.optionalInt("z") == nil)
    #expect(try value.optionalInt("missing") == nil)
    for key in ["i", "b"] {
      #expect(throws: JSONError.field(key, expected: "a string")) { try value.optionalString(key) }
    }
    for key in ["s", "d", "b", "huge"] {
      #expect(throws: JSONError.field(key, expected: "a whole number")) { try value.optionalInt(key) }
    }
  }
}
