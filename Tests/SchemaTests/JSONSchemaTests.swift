import JSON
import Schema
import Testing
import YAML

/// The check and the JSON Schema of the shapes that depend on values.
@Suite("Shapes and their JSON Schemas")
struct JSONSchemaTests {
  @Test("A field that is required under a condition is in `then` of its condition")
  func conditions() throws {
    for (isDefault, condition) in [
      (false, #"{"properties":{"on":{"enum":["true",true]}},"required":["on"]}"#),
      (true, #"{"properties":{"on":{"enum":["true",true]}}}"#),
    ] {
      let shape = Shape.object([
        .optional("on", .boolean, default: .boolean(isDefault)),
        .optional("a", .any, requiredIf: .init("on", default: isDefault)),
        .optional("b", .any, requiredIf: .init("on", default: isDefault)),
        .optional("c", .any),
      ])
      let schema = shape.jsonSchema(title: "")
      #expect(text(schema["allOf"]) == #"[{"if":\#(condition),"then":{"required":["a","b"]}}]"#)
      #expect(text(schema["properties"]?["on"]?["default"]) == "\(isDefault)")
      #expect(try messages("{on: true, a: 1}", shape) == ["1:1 'b' is missing: it is required if 'on' is true"])
      #expect(try messages("{on: false}", shape) == [])
      #expect(try messages("{c: 1}", shape).count == (isDefault ? 2 : 0))
    }
  }

  @Test("A shape that contains itself is defined once and checked at every depth")
  func recursion() throws {
    let schema = Self.tree.jsonSchema(title: "")
    #expect(text(schema["$ref"]) == ##""#/definitions/tree""##)
    #expect(schema["definitions"]?.members.map(\.key) == ["tree"])
    let branches = schema["definitions"]?["tree"]?["anyOf"]?.elements
    #expect(branches?.count == 3)
    #expect(text(branches?[2]["anyOf"]?.elements[1]["not"]) == #"{"required":["leaf"]}"#)
    #expect(try messages("{a: {b: {c: left}}, d: [left], e: {leaf: 1}}", Self.tree) == [])
    #expect(
      try messages("{a: {b: {c: lefd}}, d: [x], e: {leaf: z, f: left}}", Self.tree) == [
        "1:13 'a.b.c' must be left or right; did you mean 'left'?", "1:25 'd[0]' must be left or right",
        "1:39 'e.leaf' must be a whole number from 1 to 2", "1:42 unknown key 'f' in 'e'; known: leaf",
      ])
  }

  @Test("A text that needs quotes has its maximum length in characters")
  func quotedText() throws {
    #expect(text(Shape.quotedText(atMost: nil).jsonSchema(title: "")["type"]) == #""string""#)
    #expect(text(Shape.quotedText(atMost: 2).jsonSchema(title: "")["maxLength"]) == "2")
    for valid in ["ab", "中文", "\"1\"", "'true'", "\"\"", "1.", "0x", "--1.5", "1.2.3", "01.5"] {
      #expect(try messages(valid, .quotedText(atMost: 6)) == [])
    }
    for invalid in ["1", "-2", "1.5", "-0.5", "true", "false"] {
      #expect(
        try messages(invalid, .quotedText(atMost: nil)) == ["1:1 '' must be a text: put the value in quotes"])
    }
    #expect(try messages("中文字", .quotedText(atMost: 2)) == ["1:1 '' must be a text of at most 2 characters"])
  }

  @Test(
    "Decimal numbers without quotes are numbers of JSON if the caller wants it",
    arguments: [
      ("1.5", "1.5"), ("-0.50", "-0.50"), ("0.0", "0.0"), ("\"1.5\"", "\"1.5\""), ("01.5", "\"01.5\""),
      (".5", "\".5\""), ("1.", "\"1.\""), ("1.5.2", "\"1.5.2\""), ("--1.5", "\"--1.5\""), ("1e3", "\"1e3\""),
      ("7", "7"), ("007", "\"007\""), ("true", "true"), ("[1.5, {a: 2.5}, ~]", "[1.5,{\"a\":2.5},null]"),
    ])
  func decimals(_ yaml: String, _ json: String) throws {
    let node = try YAMLNode.parse(Array(yaml.utf8))
    #expect(String(decoding: node.jsonWithDecimals.bytes, as: UTF8.self) == json)
    if yaml == "1.5" { #expect(String(decoding: node.json.bytes, as: UTF8.self) == "\"1.5\"") }
  }

  private static let tree: Shape = .recursive("tree") {
    .byNode(
      scalar: .form(words), list: .list(.form(words), atLeast: 1),
      mapping: .ifKey("leaf", .object([.required("leaf", .integer(1...2))]), otherwise: .map(key: .any, value: tree)))
  }

  private static let words = Shape.Form("left or right", words: ["left", "right"]) { ["left", "right"].contains($0) }

  private func messages(_ yaml: String, _ shape: Shape) throws -> [String] {
    var checker = ShapeChecker(file: "")
    checker.check(try YAMLNode.parse(Array(yaml.utf8)), shape, "")
    return checker.diagnostics.sorted.map { "\($0.mark.line):\($0.mark.column) \($0.message)" }
  }

  private func text(_ value: JSONValue?) -> String {
    value.map { value in String(decoding: JSONFragment { $0.value(value) }.bytes, as: UTF8.self) } ?? ""
  }
}
