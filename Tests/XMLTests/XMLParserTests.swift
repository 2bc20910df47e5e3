import Glibc
import JSON
import Testing

@testable import XML

@Suite("Parsing XML")
struct XMLParserTests {
  private static func documents() throws -> [JSONValue] {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let stream = try #require(fopen(folder + "/Fixtures/documents.json", "r"))
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return try JSONValue.parse(bytes, maximumDepth: 200).elements
  }

  /// Whether the element equals the tree of the file.
  private static func matches(_ element: XMLElement, _ tree: JSONValue) -> Bool {
    let attributes = tree["attributes"]?.elements.map { [$0[0]?.string ?? "", $0[1]?.string ?? ""] } ?? []
    let children = tree["children"]?.elements ?? []
    return element.name == tree["name"]?.string && element.attributes.map { [$0.name, $0.value] } == attributes
      && element.text == tree["text"]?.string && element.children.count == children.count
      && zip(element.children, children).allSatisfy { matches($0, $1) }
  }

  /// The file contains about 3000 texts. One test for all keeps the report short.
  @Test("expat and Numgate agree on which texts are XML, and on their values")
  func agreement() throws {
    let documents = try Self.documents()
    #expect(documents.count > 2500)
    for document in documents {
      let text = try #require(document["xml"]?.string)
      let tree = try #require(document["tree"])
      do throws(XMLError) {
        let element = try XMLElement.parse(Array(text.utf8))
        #expect(!tree.isNull && Self.matches(element, tree), "\(text.debugDescription)")
      } catch {
        #expect(tree.isNull, "\(text.debugDescription): \(error)")
      }
    }
  }

  @Test(
    "constructs that two programs could read in two ways are refused",
    arguments: [
      ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", XMLError.documentType),
      ("<a>&x;</a>", .entity(offset: 3)),
      ("<?xml-stylesheet href='x'?><a/>", .processingInstruction),
      ("<a>12<!-- x -->34</a>", .dividedText(offset: 17)),
      ("<a x='1' x='2'/>", .invalid(offset: 9)),
      (String(repeating: "<a>", count: 33) + String(repeating: "</a>", count: 33), .tooDeep(limit: 32)),
      ("<a " + (0..<65).map { "x\($0)='' " }.joined() + "/>", .tooManyAttributes(limit: 64)),
      ("<?xml version='1.0' encoding='Big5'?><a>甲</a>", .encoding),
    ])
  func refused(text: String, expected: XMLError) {
    #expect(throws: expected) { try XMLElement.parse(Array(text.utf8)) }
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: XMLError.invalidUTF8) {
      try XMLElement.parse(Array("<a>".utf8) + [0xbc, 0xd7] + Array("</a>".utf8))
    }
  }

  @Test(
    "the name of the encoding is that of the vendor's document, before it was converted",
    arguments: ["GBK", "gb2312", "GB18030", "utf-8", "UTF-16"])
  func declaredEncoding(name: String) throws {
    let element = try XMLElement.parse(Array("<?xml version=\"1.0\" encoding=\"\(name)\"?><a>甲</a>".utf8))
    #expect(element.text == "甲")
  }

  @Test("large documents and unfinished ones are read in linear time and without a deep stack")
  func large() throws {
    let many = "<a>" + String(repeating: "<b>1</b>", count: 12_000) + "</a>"
    #expect(try XMLElement.parse(Array(many.utf8)).children.count == 12_000)
    for text in [
      String(repeating: "<a>", count: 100_000), String(repeating: "<", count: 100_000),
      "<a>" + String(repeating: "<!--", count: 50_000), "<a>" + String(repeating: "&", count: 100_000),
      "<a>" + String(repeating: "]", count: 100_000), "<a b='" + String(repeating: "x", count: 100_000),
      "<a>1<!--x-->" + String(repeating: " ", count: 100_000),
    ] {
      #expect(throws: XMLError.self) { try XMLElement.parse(Array(text.utf8)) }
    }
  }

  /// The expected texts are those of Python's `xml.etree.ElementTree.tostring`, with a reference for a carriage return
  /// in a text, which a parser would change.
  @Test("texts are escaped for elements and attributes")
  func escaping() {
    let text = "<a & 'b' \"c\">\r\n\t甲"
    #expect(XMLText.escaped(text, inAttribute: false) == "&lt;a &amp; 'b' \"c\"&gt;&#13;\n\t甲")
    #expect(XMLText.escaped(text, inAttribute: true) == "&lt;a &amp; 'b' &quot;c&quot;&gt;&#13;&#10;&#09;甲")
    #expect(!XMLText.isAllowed("a\u{1}") && !XMLText.isAllowed("\u{fffe}") && XMLText.isAllowed("a\t甲"))
  }
}
