import Testing

@testable import YAML

@Suite("Reading YAML")
struct YAMLNodeTests {
  @Test("Positions and values of all nodes are those of PyYAML")
  func marks() throws {
    let lines = readLines("marks.txt")
    try #require(lines.count > 80)
    for line in lines {
      let text = bytes(ofHex: line[0])
      let shown = String(decoding: text, as: UTF8.self)
      do throws(YAMLError) {
        #expect(dump(try YAMLNode.parse(text)) == line[1], "\(shown)")
      } catch {
        Issue.record("PyYAML accepts \(shown), but: \(error)")
      }
    }
  }

  @Test(
    "A file without content is an empty mapping",
    arguments: [
      "", "\n", "   \n", "# nothing\n", "---\n", "---\n...\n", "~\n", "null\n", "--- ~\n", "\u{feff}", "\u{feff}# x",
    ])
  func nothing(_ text: String) throws {
    let node = try YAMLNode.parse(text)
    #expect(dump(node).drop { $0 != "{" } == "{}")
    #expect(node["anything"] == nil)
  }

  @Test(
    "Only a plain true or false is a truth value",
    arguments: [
      ("true", true), ("false", false), ("'true'", nil), ("\"false\"", nil), ("yes", nil), ("no", nil), ("on", nil),
      ("off", nil), ("True", nil), ("FALSE", nil), ("y", nil), ("1", nil), ("", nil), ("!!str true", nil),
      ("[true]", nil),
    ] as [(String, Bool?)])
  func bool(_ text: String, _ value: Bool?) throws {
    #expect(try YAMLNode.parse("k: \(text)")["k"]?.bool == value)
  }

  @Test(
    "Only plain decimal digits are a number",
    arguments: [
      ("0", 0), ("12", 12), ("-5", -5), ("010", 10), ("9223372036854775807", .max), ("-9223372036854775808", .min),
      ("9223372036854775808", nil), ("'12'", nil), ("\"12\"", nil), ("1.0", nil), ("1e3", nil), ("0x10", nil),
      ("0o7", nil),
      ("1_000", nil), ("1,000", nil), ("12a", nil), ("１２", nil), ("", nil), ("~", nil), ("!!str 12", nil), ("- 1", nil),
    ] as [(String, Int?)])
  func int(_ text: String, _ value: Int?) throws {
    #expect(try YAMLNode.parse("k:\n  \(text)")["k"]?.int == value)
  }

  @Test(
    "A tilde, the word null and an empty value are null; in quotes they are text",
    arguments: [
      ("", nil), ("~", nil), ("null", nil), ("''", ""), ("\"\"", ""), ("'~'", "~"), ("\"null\"", "null"),
      ("nil", "nil"),
      ("!!str", ""), ("!!str null", "null"), ("none", "none"), ("0", "0"), ("false", "false"),
    ] as [(String, String?)])
  func null(_ text: String, _ value: String?) throws {
    let node = try #require(try YAMLNode.parse("k: \(text)")["k"])
    #expect(node.text == value)
    #expect(node.isNull == (value == nil))
  }

  @Test("A mapping or a sequence is neither text nor null")
  func containers() throws {
    let node = try YAMLNode.parse("m: {a: 1}\ns: [1]\n")
    for key in ["m", "s"] {
      #expect(node[key]?.text == nil)
      #expect(node[key]?.isNull == false)
      #expect(node[key]?.int == nil)
      #expect(node[key]?.bool == nil)
    }
    #expect(node["m"]?.elements.isEmpty == true)
    #expect(node["s"]?.entries.isEmpty == true)
    #expect(node["s"]?["a"] == nil)
    #expect(node["m"]?["a"]?.int == 1)
    #expect(node["s"]?.elements.first?.int == 1)
  }

  @Test("Entries keep their order and the positions of their keys")
  func order() throws {
    let node = try YAMLNode.parse("z: 1\na: 2\n  \nm:\n  'q': 3\n")
    #expect(node.entries.map(\.key) == ["z", "a", "m"])
    #expect(node.entries.map(\.keyMark.line) == [1, 2, 4])
    #expect(node["m"]?.entries.first?.keyMark == YAMLMark(line: 5, column: 3))
    #expect(node["m"]?["q"]?.mark == YAMLMark(line: 5, column: 8))
  }

  @Test("Positions are ordered by line, then by column")
  func markOrder() {
    #expect(YAMLMark(line: 1, column: 9) < YAMLMark(line: 2, column: 1))
    #expect(YAMLMark(line: 2, column: 1) < YAMLMark(line: 2, column: 2))
    #expect(!(YAMLMark(line: 2, column: 2) < YAMLMark(line: 2, column: 2)))
  }

  // MARK: Anchors

  @Test("An alias has the value of its anchor, with the anchor's position")
  func alias() throws {
    let node = try YAMLNode.parse("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n")
    #expect(node["b"]?["k"]?.elements.map(\.int) == [1, 2])
    #expect(node["b"]?.mark == YAMLMark(line: 1, column: 4))
    #expect(node["c"]?.elements[1]["k"]?.elements[0].int == 1)
  }

  @Test("A redefined anchor has the later value from there on")
  func renamedAnchor() throws {
    let node = try YAMLNode.parse("- &x 1\n- *x\n- &x 2\n- *x\n- &x [&x 3, *x]\n- *x\n")
    #expect(node.elements.prefix(4).map(\.int) == [1, 1, 2, 2])
    #expect(node.elements[4].elements.map(\.int) == [3, 3])
    #expect(node.elements[5].elements.map(\.int) == [3, 3])
  }

  @Test("A key can have an anchor")
  func keyAnchor() throws {
    #expect(try YAMLNode.parse("&x name: 1\nb: *x\n")["b"]?.text == "name")
  }
}
