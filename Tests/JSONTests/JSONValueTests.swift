import Testing

@testable import JSON

@Suite("JSON values and pointers")
struct JSONValueTests {
  @Test("Every type of value is only readable as that type")
  func kinds() throws {
    let value = try JSONValue.parse("[null,true,false,12,\"12\",[1],{\"a\":1}]")
    let elements = value.elements
    #expect(elements.map(\.kind) == [.null, .boolean, .boolean, .number, .string, .array, .object])
    #expect(elements.map(\.isNull) == [true, false, false, false, false, false, false])
    #expect(elements.map(\.bool) == [nil, true, false, nil, nil, nil, nil])
    #expect(elements.map(\.int) == [nil, nil, nil, 12, nil, nil, nil])
    #expect(elements.map(\.string) == [nil, nil, nil, nil, "12", nil, nil])
    #expect(elements.map(\.text) == [nil, nil, nil, "12", "12", nil, nil])
    #expect(elements.map(\.count) == [0, 0, 0, 0, 0, 1, 1])
    #expect(elements.map(\.elements.count) == [0, 0, 0, 0, 0, 1, 0])
    #expect(elements.map(\.members.count) == [0, 0, 0, 0, 0, 0, 1])
    #expect(elements.map { $0["a"]?.int } == [nil, nil, nil, nil, nil, nil, 1])
    #expect(elements.map { $0[0]?.int } == [nil, nil, nil, nil, nil, 1, nil])
  }

  @Test(
    "A number keeps its original text",
    arguments: [
      "12345678901234567890123456789012345678901234567890", "-0", "1.10", "1E+02", "0.1000", "1e999",
      "-99999999999999999999",
    ])
  func numberText(_ number: String) throws {
    #expect(try JSONValue.parse(number).text == number)
    #expect(
      try JSONValue.parse("{\"n\":\(number),\"after\":[\(number) ,1]}").at(JSONPointer("/after/0")!)?.text == number)
  }

  @Test(
    "A whole number must be within the range of Int",
    arguments: [
      ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("0", 0), ("-1", -1),
      ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.5", nil), ("1e2", nil), ("1e999", nil),
    ] as [(String, Int?)])
  func int(_ text: String, _ int: Int?) throws {
    #expect(try JSONValue.parse(text).int == int)
  }

  @Test("Members are found after values of every type")
  func lookUp() throws {
    let value = try JSONValue.parse(
      "{\"skip\":[1,[2,{\"x\":[]}],{}],\"long\":\"abc\",\"o\":{\"x\":{\"y\":[{},[]]}},\"x\":\"found\",\"\":0,\"中\":\"文\"}"
    )
    #expect(value["x"]?.string == "found")
    #expect(value[""]?.int == 0)
    #expect(value["中"]?.string == "文")
    #expect(value["lon"] == nil)
    #expect(value["longer"] == nil)
    #expect(value["X"] == nil)
    #expect(value["skip"]?[1]?[1]?["x"]?.count == 0)
    #expect(value["skip"]?[2]?.kind == .object)
    #expect(value["skip"]?[3] == nil)
    #expect(value["skip"]?[-1] == nil)
    #expect(value.members.map(\.key) == ["skip", "long", "o", "x", "", "中"])
  }

  @Test(
    "Strings are unescaped, including NUL",
    arguments: [
      ("\"\\u0000\"", "\0"), ("\"a\\u0000b\"", "a\0b"), ("\"\\ud83d\\ude00\"", "😀"), ("\"\\/\"", "/"),
      ("\"\\b\\f\"", "\u{8}\u{c}"),
    ])
  func escapes(_ text: String, _ string: String) throws {
    #expect(try JSONValue.parse(text).string == string)
  }

  // MARK: RFC 6901

  private static let document = """
    {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}
    """

  @Test(
    "The examples of RFC 6901 §5",
    arguments: [
      (
        "",
        "{s666f6f;[s626172;s62617a;]s;d0;s612f62;d1;s632564;d2;s655e66;d3;s677c68;d4;s695c6a;d5;s6b226c;d6;s20;d7;s6d7e6e;d8;}"
      ),
      ("/foo", "[s626172;s62617a;]"), ("/foo/0", "s626172;"), ("/", "d0;"), ("/a~1b", "d1;"), ("/c%d", "d2;"),
      ("/e^f", "d3;"), ("/g|h", "d4;"), ("/i\\j", "d5;"), ("/k\"l", "d6;"), ("/ ", "d7;"), ("/m~0n", "d8;"),
    ])
  func table(_ pointer: String, _ expected: String) throws {
    let pointer = try #require(JSONPointer(pointer))
    #expect(try JSONValue.parse(JSONValueTests.document).at(pointer).map(dump) == expected)
  }

  @Test(
    "A pointer to a missing value returns nil",
    arguments: [
      "/foo/2", "/foo/-", "/foo/-1", "/foo/00", "/foo/01", "/foo/+1", "/foo/1e0", "/foo/ 1", "/foo/1 ", "/foo/",
      "/foo/0/x",
      "/foo/99999999999999999999999", "/foo/１", "/missing", "/missing/0", "//", "/m~0n/0", "/FOO", "/foo/bar", "/a",
      "/a/b",
    ])
  func nowhere(_ pointer: String) throws {
    let pointer = try #require(JSONPointer(pointer))
    #expect(try JSONValue.parse(JSONValueTests.document).at(pointer) == nil)
  }

  @Test(
    "An invalid pointer is rejected",
    arguments: [
      "foo", "foo/bar", " /foo", "#/foo", "/~", "/a~", "/~2", "/a~b", "/~~", "/~ ", "~0", "/~0/~", "/\u{301}~",
    ])
  func notPointers(_ text: String) {
    #expect(JSONPointer(text) == nil)
  }

  @Test(
    "Escapes are decoded once and in the right order",
    arguments: [
      ("/~01", "~1"), ("/~10", "/0"), ("/~00", "~0"), ("/~1~0", "/~"), ("/~0~1~0", "~/~"), ("/a~1b~0c", "a/b~c"),
    ])
  func escapeOrder(_ pointer: String, _ key: String) throws {
    var writer = JSONWriter()
    writer.object { $0.member(named: key, "here") }
    #expect(try JSONValue.parse(writer.bytes).at(try #require(JSONPointer(pointer)))?.string == "here")
  }

  /// A combining mark forms one `Character` with the preceding one; RFC 6901 is defined on code points.
  @Test(
    "A combining mark after a slash or an escape belongs to the key",
    arguments: [
      ("/\u{301}a", "\u{301}a"), ("/~1\u{301}", "/\u{301}"), ("/~0\u{301}", "~\u{301}"),
      ("/x~1\u{20dd}y", "x/\u{20dd}y"),
    ])
  func combiningMarks(_ pointer: String, _ key: String) throws {
    var writer = JSONWriter()
    writer.object { $0.member(named: key, "here") }
    #expect(try JSONValue.parse(writer.bytes).at(try #require(JSONPointer(pointer)))?.string == "here")
  }

  @Test("A combining mark after a slash does not hide the slash")
  func combiningMarkInside() throws {
    let value = try JSONValue.parse("{\"a\":{\"\u{301}b\":\"here\"}}")
    #expect(value.at(try #require(JSONPointer("/a/\u{301}b")))?.string == "here")
  }

  @Test("A pointer can contain keys and indexes")
  func walk() throws {
    let value = try JSONValue.parse("{\"a\":[{\"0\":[[1,2],[3,{\"b\":\"end\"}]]}]}")
    #expect(value.at(try #require(JSONPointer("/a/0/0/1/1/b")))?.string == "end")
    #expect(value.at(try #require(JSONPointer("/a/0/0/0/1")))?.int == 2)
  }
}
