import Testing

@testable import JSON

@Suite("Writing JSON")
struct JSONWriterTests {
  private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test("Strings are escaped like in Python and parsed to the same string")
  func strings() throws {
    let lines = readLines("writer.txt")
    try #require(lines.count > 50)
    for line in lines {
      let string = String(decoding: bytes(ofHex: line[0]), as: UTF8.self)
      let text = bytes(ofHex: line[1])
      #expect(Array(written { $0.value(string) }.utf8) == text)
      #expect(try JSONValue.parse(text).string.map { Array($0.utf8) } == Array(string.utf8))
      var key = JSONWriter()
      key.object { $0.member(named: string, 1) }
      #expect(key.bytes == Array("{".utf8) + text + Array(":1}".utf8))
    }
  }

  @Test("Commas are only written between members")
  func commas() {
    let text = written {
      $0.object {
        $0.member("s", "x")
        $0.member("i", -3)
        $0.member("b", true)
        $0.member("absent", ifPresent: nil)
        $0.member("present", ifPresent: "y")
        $0.object("o") { _ in }
        $0.array("a") { _ in }
        $0.array("list") {
          $0.value(1)
          $0.value("two")
          $0.value(false)
          $0.null()
          $0.object { $0.member("k", 0) }
          $0.array { $0.value(9) }
        }
        $0.key("n")
        $0.null()
        $0.object("last") { $0.member("z", "") }
      }
    }
    #expect(
      text
        == #"{"s":"x","i":-3,"b":true,"present":"y","o":{},"a":[],"list":[1,"two",false,null,{"k":0},[9]],"#
        + #""n":null,"last":{"z":""}}"#)
  }

  @Test(
    "Whole numbers are written with all digits",
    arguments: [
      (0, "0"), (1, "1"), (-1, "-1"), (9, "9"), (10, "10"), (99, "99"), (100, "100"), (-100, "-100"),
      (1_234_567_890, "1234567890"),
      (Int.max, "9223372036854775807"), (Int.min, "-9223372036854775808"),
      (1_000_000_000_000_000_000, "1000000000000000000"),
    ])
  func numbers(_ int: Int, _ text: String) {
    #expect(written { $0.value(int) } == text)
  }

  @Test("A finished piece can be written as a value")
  func fragments() {
    let fragment = JSONFragment { $0.object { $0.member("a", 1) } }
    let text = written {
      $0.array {
        $0.value(fragment)
        $0.value(fragment)
        $0.value("end")
      }
    }
    #expect(text == #"[{"a":1},{"a":1},"end"]"#)
  }

  @Test("A parsed value is written with unchanged numbers, order and duplicates")
  func values() throws {
    let text =
      #"{"z":[1.10,1e999,-0,123456789012345678901234567890],"a":{"k":null,"k":true},"s":"a\"\\\n\u0001中","e":[],"o":{}}"#
    let value = try JSONValue.parse(text)
    #expect(written { $0.value(value) } == text)
  }

  @Test("Python's valid texts have the same value after writing and parsing")
  func roundTrip() throws {
    for line in readLines("verdicts.txt") where line[0] == "valid" {
      let value = try JSONValue.parse(bytes(ofHex: line[1]))
      var writer = JSONWriter()
      writer.value(value)
      #expect(dump(try JSONValue.parse(writer.bytes)) == line[2])
    }
  }
}
