import Testing

@testable import Networking

/// The expected bytes were generated with Python: `text.encode("gbk").hex()`, for example.
@Suite("The conversion of a response to UTF-8")
struct CharsetTests {
  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
    }
  }

  /// The text contains an escaped backslash before the closing quote. In GBK, characters can end in a backslash (5c).
  private static let gbk = (
    hex: "7b226d7367223a22d0a3d1e9b3c9b9a6a3acbac5c2ebd2bbd6c25c5c222c22636f6465223a2239303030227d",
    text: #"{"msg":"校验成功，号码一致\\","code":"9000"}"#
  )
  /// 乗 ends in a backslash (815c); 𠮷 has four bytes and exists only in GB18030.
  private static let gb18030 = (
    hex: "7b226d7367223a229534b235815c222c22636f6465223a2231227d", text: #"{"msg":"𠮷乗","code":"1"}"#
  )

  private func fields(_ contentType: String?) -> HTTPFields {
    contentType.map { HTTPFields(["Content-Type": $0]) } ?? HTTPFields()
  }

  @Test(
    "is done if the Content-Type contains GBK, GB2312 or GB18030",
    arguments: [
      "application/json;charset=GBK", "application/json; charset=gbk", "text/html; Charset=\"GB2312\"",
      "text/plain;a=b; charset = gb18030 ;c=d", "application/json;charset=x-gbk", "application/json;charset=CP936",
      "application/json;charset='gbk'",
    ])
  func labelled(_ type: String) {
    for known in [Self.gbk, Self.gb18030] {
      #expect(Charset.utf8(Self.bytes(known.hex), fields(type)) == Array(known.text.utf8))
    }
  }

  @Test(
    "is done if the text is not UTF-8 and the Content-Type contains no other charset",
    arguments: [
      nil, "", "application/json", "application/json;charset=", "application/json;charset=UTF-8",
      "text/html;charset=ISO-8859-1", "application/json; boundary=charset", "charset=gbk",
    ])
  func unlabelled(_ type: String?) {
    for known in [Self.gbk, Self.gb18030] {
      #expect(Charset.utf8(Self.bytes(known.hex), fields(type)) == Array(known.text.utf8))
    }
  }

  @Test(
    "does not change UTF-8, even if the label is wrong",
    arguments: [
      nil, "application/json", "application/json;charset=utf-8", "application/json;charset=ISO-8859-1",
      "application/json;charset=GBK",
    ])
  func utf8(_ type: String?) {
    for text in [Self.gbk.text, Self.gb18030.text, "{}", "", "\u{feff}{}", "a\u{0}b"] {
      #expect(Charset.utf8(Array(text.utf8), fields(type)) == Array(text.utf8))
    }
  }

  @Test("does not change ASCII, for any label", arguments: ["gbk", "big5", "utf-16", "nonsense"])
  func ascii(_ charset: String) {
    let text = Array(#"{"code":"9000"}"#.utf8)
    #expect(Charset.utf8(text, fields("application/json;charset=" + charset)) == text)
  }

  @Test(
    "does not change text that is neither UTF-8 nor GB18030",
    arguments: [
      // A single first byte, a first byte before a quote, invalid bytes, and an incomplete character of four bytes.
      "d0", "7b2261223a22d0227d", "ff", "fe3f", "80", "9534b2", "d0a3ff",
    ])
  func neither(_ hex: String) {
    let bytes = Self.bytes(hex)
    for type in [nil, "application/json;charset=gbk"] { #expect(Charset.utf8(bytes, fields(type)) == bytes) }
  }

  @Test("does not change text that is labelled with another charset")
  func other() {
    let bytes = Self.bytes(Self.gbk.hex)
    for charset in ["big5", "shift_jis", "utf-16"] {
      #expect(Charset.utf8(bytes, fields("application/json;charset=" + charset)) == bytes)
    }
  }

  @Test("is done up to the maximum size only")
  func size() {
    let pair: [UInt8] = [0xd1, 0xe9]
    let most = (0..<(Charset.largestBody / 2)).flatMap { _ in pair }
    let text = Charset.utf8(most, fields("text/plain;charset=gbk"))
    #expect(text.count == most.count / 2 * 3 && text.starts(with: "验验".utf8))
    #expect(Charset.utf8(most + pair, fields("text/plain;charset=gbk")) == most + pair)
  }

  @Test("back to GBK gives the same bytes, and no bytes for characters that GBK does not have")
  func encoding() {
    #expect(Charset.encodeGBK(Array(Self.gbk.text.utf8)) == Self.bytes(Self.gbk.hex))
    #expect(Charset.encodeGBK(Array("a\\".utf8)) == Array("a\\".utf8))
    for text in ["𠮷", "€", "😀", "a\u{301}"] { #expect(Charset.encodeGBK(Array(text.utf8)) == nil, "\(text)") }
  }
}
