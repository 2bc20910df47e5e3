import JSON
import Testing

@testable import Cryptography

@Suite("Encodings")
struct EncodingTests {
  /// RFC 4648 §10.
  static let vectors = [
    ("", "", ""), ("f", "66", "Zg=="), ("fo", "666F", "Zm8="), ("foo", "666F6F", "Zm9v"),
    ("foob", "666F6F62", "Zm9vYg=="), ("fooba", "666F6F6261", "Zm9vYmE="), ("foobar", "666F6F626172", "Zm9vYmFy"),
  ]

  @Test("The examples of RFC 4648, encoded and decoded", arguments: vectors)
  func published(_ text: String, _ base16: String, _ base64: String) {
    let bytes = Array(text.utf8)
    #expect(Hex.encode(bytes, .upper) == base16)
    #expect(Hex.encode(bytes) == base16.lowercased())
    #expect(Hex.decode(base16) == bytes)
    #expect(Hex.decode(base16.lowercased()) == bytes)
    #expect(Base64.encode(bytes) == base64)
    #expect(Base64.decode(base64) == bytes)
    #expect(Base64.decodeURLSafe(base64.filter { $0 != "=" }) == bytes)
  }

  @Test("Encoding and decoding of all lengths agree with Python")
  func lengths() {
    for fixture in Fixtures.list("/encodings/bytes") {
      let bytes = fixture.bytes("hex")
      #expect(Hex.encode(bytes) == fixture.text("hex"))
      #expect(Hex.decode(fixture.text("hex")) == bytes)
      #expect(Base64.encode(bytes) == fixture.text("base64"))
      #expect(Base64.decode(fixture.text("base64")) == bytes)
      #expect(Base64.encodeURLSafe(bytes) == fixture.text("urlSafe"))
      #expect(Base64.decodeURLSafe(fixture.text("urlSafe")) == bytes)
    }
  }

  @Test(
    "Hexadecimal digits are in pairs, without separators",
    arguments: [
      "0", "123", "0g", "g0", "0x12", " 12", "12 ", "1 2", "12\n", "１２", "é", "+1", "-1", "0:", "/0", "@A", "`a",
    ])
  func wrongHex(_ text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test(
    "Base 64 is decoded strictly",
    arguments: [
      // Missing or excessive padding, or padding in the wrong place.
      "Zg", "Zg=", "Zm8", "Zm9vYg", "=", "==", "===", "====", "Z===", "Zg===", "Zm9v====", "Zg==Zg==", "Z=g=", "=Zg=",
      "Zm=v", "Zm9vY===",
      // Unused bits that are not zero.
      "Zh==", "Zm9=", "//==", "Zm9vYh==",
      // Characters that are not allowed.
      "Zm9v ", " Zm9v", "Zm 9", "Zm9v\n", "Zm\r\n", "Zm9-", "Zm9_", "Zm9*", "Zm9\u{e9}", "Zm9\0", "Ｚm9v",
    ])
  func wrongBase64(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(
    "Lenient decoding accepts all variants of Base 64",
    arguments: [
      "+/+/Zm9v", "-_-_Zm9v", "+/+/\nZm9v", "-_-_\r\nZm9v\r\n", " +/+/ Zm9v ", "+\t/+/Zm9v",
    ])
  func anyForm(_ text: String) {
    #expect(Base64.decodeAnyForm(text) == [0xfb, 0xff, 0xbf] + Array("foo".utf8))
  }

  @Test("Lenient decoding accepts missing padding", arguments: vectors)
  func unpadded(_ text: String, _ base16: String, _ base64: String) {
    #expect(Base64.decodeAnyForm(base64) == Array(text.utf8))
    #expect(Base64.decodeAnyForm(base64.filter { $0 != "=" }) == Array(text.utf8))
    #expect(Base64.decodeAnyForm(base64 + "\n") == Array(text.utf8))
    #expect(Hex.decodeWrapped(base16.map { "\($0)\r\n" }.joined()) == Array(text.utf8))
  }

  @Test(
    "Lenient decoding rejects other texts",
    arguments: [
      "Zg=", "Zm8==", "Zm9v=", "=", "==", "Z", "Zm9vY", "Zh==", "Zm9", "Zg==Zg==", "Z=g=", "+/+-", "Zm9v\\n", "Zm9*",
      "Zm9v\u{a0}", "Zg===", "Zm8=\n=", "13800000000", "138 0000 0000\n",
    ])
  func noForm(_ text: String) {
    #expect(Base64.decodeAnyForm(text) == nil)
  }

  @Test(
    "URL-safe Base 64 is decoded strictly",
    arguments: [
      "Z", "Zm9vY", "Zg==", "Zm8=", "Zh", "Zm9", "Zm9+", "Zm9/", "Zm9v ", "Zm9v\n", "Zm9v=", "Zm9vA", "=", "Zm9.",
    ])
  func wrongURLSafe(_ text: String) {
    #expect(Base64.decodeURLSafe(text) == nil)
  }

  @Test("Encoding and decoding of percent-encoding agree with Python")
  func percent() {
    for fixture in Fixtures.list("/encodings/percent") {
      #expect(PercentEncoding.encode(fixture.text("text")) == fixture.text("encoded"))
      #expect(PercentEncoding.decode(fixture.text("encoded")) == fixture.text("text"))
      #expect(PercentEncoding.decode(fixture.text("encoded").lowercased()) == fixture.text("text").lowercased())
    }
  }

  @Test("Form values with a plus for each space are decoded like in Python")
  func forms() {
    for fixture in Fixtures.list("/encodings/forms") {
      #expect(PercentEncoding.decode(fixture.text("encoded"), plusIsBlank: true) == fixture.text("text"))
    }
  }

  @Test("By default, a plus is not decoded as a space")
  func plus() {
    #expect(PercentEncoding.decode("a+b%2B") == "a+b+")
    #expect(PercentEncoding.decode("a+b%2B", plusIsBlank: true) == "a b+")
  }

  @Test(
    "Percent-encoding that is incomplete, not hexadecimal or not UTF-8 is rejected",
    arguments: [
      "%", "%4", "a%", "a%4", "%%41", "%g1", "%1g", "% 41", "%-1", "%+1", "%ff", "%80", "%c3", "%c3%28", "%c0%80",
      "%ed%a0%80", "%f4%90%80%80", "%e4%b8", "ok%e4%b8x",
    ])
  func wrongPercent(_ text: String) {
    #expect(PercentEncoding.decode(text) == nil)
    #expect(PercentEncoding.decode(text, plusIsBlank: true) == nil)
  }

  @Test("A substring is decoded")
  func substring() {
    #expect(PercentEncoding.decode("name=%E4%B8%AD&".dropFirst(5).dropLast()) == "中")
  }
}
