import Testing

@testable import YAML

@Suite("Invalid and unsupported YAML")
struct YAMLErrorTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let line: Int
    let column: Int?
    /// The required part of the message.
    let part: String

    init(_ name: String, _ text: String, _ line: Int, _ column: Int?, _ part: String) {
      self.name = name
      self.text = text
      self.line = line
      self.column = column
      self.part = part
    }

    var testDescription: String { name }
  }

  static let refusals: [Refusal] = [
    Refusal("a key twice", "a: 1\nb: 2\na: 3\n", 3, 1, "duplicate key 'a', first on line 1"),
    Refusal("a key twice, deep", "x:\n  - y: 1\n    z: 2\n    y: 3\n", 4, 5, "duplicate key 'y', first on line 2"),
    Refusal("a key twice, in a flow", "a: {b: 1, c: 2, b: 3}\n", 1, 17, "duplicate key 'b', first on line 1"),
    Refusal("a key twice, once in quotes", "a: 1\n'a': 2\n", 2, 1, "duplicate key 'a'"),
    Refusal("a key twice, once escaped", "a: 1\n\"\\x61\": 2\n", 2, 1, "duplicate key 'a'"),
    Refusal("a null key twice", "? \n: 1\n? \n: 2\n", 3, nil, "duplicate key ''"),
    Refusal("a tab before a key", "a:\n\tb: 1\n", 2, 1, "tab"),
    Refusal("a tab before an element", "a:\n\t- b\n", 2, 1, "tab"),
    Refusal("a tab after Chinese text", "名: 值\n\tb: 1\n", 2, 1, "tab"),
    Refusal("a tab after an emoji", "a: 😀\nb:\n\tc: 1\n", 3, 1, "tab"),
    Refusal("a tab after spaces", "a:\n  \tb: 1\n", 2, 3, "tab"),
    Refusal("an alias inside its anchor", "a: &x\n  b: *x\n", 2, 6, "contain itself"),
    Refusal("an alias inside its anchor, deep", "a: &x [1, [2, {b: *x}]]\n", 1, 19, "contain itself"),
    Refusal("an alias that is its own anchor's only element", "&x [*x]\n", 1, 5, "contain itself"),
    Refusal("an alias without an anchor", "a: *missing\n", 1, 4, "'*missing' has no '&missing' before it"),
    Refusal("an alias before its anchor", "a: *x\nb: &x 1\n", 1, 4, "has no '&x' before it"),
    Refusal("a second document", "a: 1\n---\nb: 2\n", 2, 1, "second document"),
    Refusal("a second document after an end marker", "a: 1\n...\n---\nb: 2\n", 3, 1, "second document"),
    Refusal("a second document that is empty", "a: 1\n---\n", 2, 1, "second document"),
    Refusal("a merge key", "a: &x {b: 1}\nc:\n  <<: *x\n", 3, 3, "merge key"),
    Refusal("a custom tag", "a: !Secret x\n", 1, 4, "unknown tag '!Secret'"),
    Refusal("a custom tag on a mapping", "a: !env\n  b: 1\n", 1, 4, "unknown tag '!env'"),
    Refusal("a custom tag on a sequence", "- 1\n- !list [1]\n", 2, 3, "unknown tag '!list'"),
    Refusal("a custom tag on a key", "a: 1\n!key b: 2\n", 2, 1, "unknown tag '!key'"),
    Refusal(
      "a tag with a full name", "a: !<tag:example.com,2000:x> 1\n", 1, 4, "unknown tag 'tag:example.com,2000:x'"),
    Refusal(
      "a tag of Python", "a: !!python/object/apply:os.system [ls]\n", 1, 4,
      "unknown tag 'tag:yaml.org,2002:python/object/apply:os.system'"),
    Refusal("a binary value", "a: !!binary aGk=\n", 1, 4, "unknown tag 'tag:yaml.org,2002:binary'"),
    Refusal("a set", "a: !!set {b, c}\n", 1, 4, "unknown tag 'tag:yaml.org,2002:set'"),
    Refusal("a tag of an undeclared handle", "a: !e!x 1\n", 1, 4, "undefined tag handle"),
    Refusal("a sequence as a key", "? [a, b]\n: 1\n", 1, 3, "a key must be plain text"),
    Refusal("a mapping as a key", "{{a: 1}: 2}\n", 1, 2, "a key must be plain text"),
    Refusal("an alias as a key", "a: &x b\n*x : 1\n", 2, 1, "a key must be plain text"),
    Refusal("an open bracket", "a: [1, 2\nb: 3\n", 2, nil, ""),
    Refusal("an open brace", "a: {b: 1\n", 2, nil, ""),
    Refusal("an open quotation mark", "a: 'x\nb: 1\n", 1, 4, "the quote that begins here is not closed"),
    Refusal(
      "an open quotation mark, double", "a: 1\nb:\n  - \"x\n  - 1\n", 3, 5, "the quote that begins here is not closed"),
    Refusal(
      "an open quotation mark before another text in quotes", "a: 1\nb: \"x\nc: \"y\"\n", 2, 4,
      "the quote that begins here is probably not closed: the text continues to line 3"),
    Refusal(
      "an open quotation mark in braces", "a: {b: \"x, c: 1}\nd: {e: \"y\"}\n", 1, 8,
      "the quote that begins here is probably not closed: the text continues to line 2"),
    Refusal(
      "a reference without quotes in braces", "a: {甲: ${call.token}}\n", 1, 8,
      "a value with ${…} needs quotes inside { } and [ ]; write \"${…}\""),
    Refusal(
      "a reference without quotes in brackets", "a: [x${b}, c]\n", 1, 6,
      "a value with ${…} needs quotes inside { } and [ ]; write \"${…}\""),
    Refusal("a full-width colon", "a：1\nb: 2\n", 2, nil, "(line 1 has a full-width '：'; type ': ')"),
    Refusal("a full-width comma", "a: {b: \"1\"， c: 2}\n", 1, 11, "(line 1 has a full-width '，'; type ', ')"),
    Refusal("a full-width brace", "a: {b: 1｝\nc: 2\n", 2, nil, "(line 1 has a full-width '｝'; type '}')"),
    Refusal("a curly quote", "a: {“b”: 1, \"c“: 2}\n", 1, nil, "not closed"),
    Refusal(
      "curly quotes around a value with a colon", "a: “b: c”\n", 1, nil, "(line 1 has a curly quote '“'; type '\"')"),
    Refusal("two values", "a: 1 b: 2\n", 1, 7, "mapping values are not allowed"),
    Refusal("a wrong indentation", "a:\n    b: 1\n  c: 2\n", 3, 3, "did not find expected"),
    Refusal("an at sign", "a: @x\n", 1, 4, "cannot start any token"),
    Refusal("a grave accent", "a: `x`\n", 1, 4, "cannot start any token"),
    Refusal("an unknown escape", "a: \"\\q\"\n", 1, 5, "escape"),
    Refusal("a future version of YAML", "%YAML 2.0\n---\na: 1\n", 1, 1, "incompatible YAML"),
    Refusal("a control character", "a: 1\nb: x\u{1}y\n", 2, 5, "control characters are not allowed"),
  ]

  @Test("Errors are reported with their position", arguments: refusals)
  func refused(_ refusal: Refusal) throws {
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(refusal.text) }
    #expect(error.message.contains(refusal.part))
    #expect(error.mark.line == refusal.line)
    if let column = refusal.column { #expect(error.mark.column == column) }
    #expect(error.description == "\(error.mark.line):\(error.mark.column): \(error.message)")
  }

  @Test(
    "Full-width characters in quotes and comments are not the cause of an error",
    arguments: ["a: \"：\" b: 2\n", "a: '，“' b: 2\n", "a: 1 b: 2 # ：\n", "# ，\na: 1 b: 2\n"])
  func noTypography(_ text: String) throws {
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(text) }
    #expect(!error.message.contains("full-width"), "\(error.message)")
  }

  @Test("A text of several lines in quotes is not the cause of an error on a later line")
  func longText() throws {
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse("a: \"x\n  y\"\nb: 1 c: 2\n") }
    #expect(error.mark.line == 3)
  }

  @Test("The message about tabs is only used for tabs")
  func noTab() throws {
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse("名: 值\nb: @x\n") }
    #expect(!error.message.contains("tab"))
  }

  @Test(
    "Bytes that are not UTF-8 are rejected with their position",
    arguments: [
      (Array("a: 1\nb: ".utf8) + [0xff, 0x0a], 2, 4), ([0xff], 1, 1), (Array("a: ".utf8) + [0xe4, 0xb8], 1, 4),
      (Array("a: 1\n\nccc: ".utf8) + [0xc0, 0x80, 0x0a], 3, 6), (Array("a: ".utf8) + [0xed, 0xa0, 0x80, 0x0a], 1, 4),
      (Array("# ".utf8) + [0x80, 0x0a], 1, 3), (Array("a: ".utf8) + [0xf5, 0x80, 0x80, 0x80], 1, 4),
    ] as [([UInt8], Int, Int)])
  func notUTF8(_ text: [UInt8], _ line: Int, _ column: Int) throws {
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(text) }
    #expect(error.mark == YAMLMark(line: line, column: column))
  }

  @Test(
    "A text in UTF-16 is rejected",
    arguments: [[0xff, 0xfe, 0x61, 0x00], [0xfe, 0xff, 0x00, 0x61]] as [[UInt8]])
  func utf16(_ text: [UInt8]) {
    #expect(throws: YAMLError.self) { try YAMLNode.parse(text) }
  }

  /// Ten levels of ten aliases, which expand to ten thousand million values ("billion laughs").
  @Test("Aliases that expand to too many values are rejected")
  func laughs() throws {
    var text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for level in 1...9 {
      text += "a\(level): &a\(level) [" + (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ") + "]\n"
    }
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(text) }
    #expect(error.message == "expands to more than 1000000 values")
    #expect(error.mark.line <= 7)
  }

  @Test("More than a million values are rejected, also without aliases")
  func tooMany() {
    let text = "[" + String(repeating: "1,", count: 1_000_001) + "]"
    #expect(throws: YAMLError.self) { try YAMLNode.parse(text) }
  }

  @Test("Sixty levels are accepted")
  func levels() throws {
    var node = try YAMLNode.parse(String(repeating: "[", count: 60) + "end" + String(repeating: "]", count: 60))
    for _ in 0..<60 { node = try #require(node.elements.first) }
    #expect(node.text == "end")
  }

  @Test(
    "Nesting deeper than 64 levels is rejected in every notation",
    arguments: ["[", "{a: ", "- ", "? ", "[{a: ", "&x [", "- ? ", "!!seq ["], [70, 50_000])
  func deep(_ open: String, _ count: Int) throws {
    #expect(throws: YAMLError.self) { try YAMLNode.parse(String(repeating: open, count: count)) }
  }

  @Test("The message about indented mappings deeper than 64 levels names the limit")
  func deepBlocks() throws {
    let text = (0..<70).map { String(repeating: " ", count: $0) + "k:\n" }.joined()
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(text) }
    #expect(error.message == "nested deeper than 64 levels")
  }

  @Test("The depth of an alias's value is counted")
  func deepAliases() throws {
    let open = String(repeating: "[", count: 40)
    let close = String(repeating: "]", count: 40)
    let text = "a: &a \(open)1\(close)\nb: \(open)*a\(close)\n"
    let error = try #require(throws: YAMLError.self) { try YAMLNode.parse(text) }
    #expect(error.message == "nested deeper than 64 levels")
    #expect(error.mark.line == 2)
  }

  @Test("An alias within the maximum depth is accepted")
  func shallowAliases() throws {
    let open = String(repeating: "[", count: 30)
    let close = String(repeating: "]", count: 30)
    _ = try YAMLNode.parse("a: &a \(open)1\(close)\nb: \(open)*a\(close)\n")
  }
}
