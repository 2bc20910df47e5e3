internal import CLinux

/// The charset of a response's text.
///
/// JSON is UTF-8 (RFC 8259 §8.1), but older servers of vendors send GBK or GB2312, with or without a label. GB18030
/// contains both, so one decoder serves all three labels. The body must be converted before the JSON is parsed: the
/// second byte of a Chinese character in GBK can be a backslash or a brace.
public enum Charset {
  /// A larger body is returned unchanged, so that one response cannot occupy the event loop.
  static let largestBody = 1 << 20

  /// Returns the body as UTF-8. A body that is not valid UTF-8 is converted from GB18030 if its Content-Type names GBK,
  /// GB2312, GB18030 or a charset that servers often add by default (UTF-8, ASCII, Latin-1), or if it names no charset.
  /// A body that is not valid GB18030 either is returned unchanged.
  ///
  /// Valid UTF-8 is never converted, because wrong labels are common. In UTF-8 an ASCII byte, such as the quotes and
  /// braces of JSON, is never a part of another character.
  public static func utf8(_ body: [UInt8], _ headers: HTTPFields) -> [UInt8] {
    guard body.count <= largestBody, body.contains(where: { $0 >= 0x80 }), !isUTF8(body),
      mayBeGB18030(headers[.contentType])
    else { return body }
    return decodeGB18030(body) ?? body
  }

  private static func mayBeGB18030(_ contentType: String?) -> Bool {
    switch contentType.flatMap(charset)?.lowercased() {
    case "gbk", "gb2312", "gb18030", "x-gbk", "gb_2312-80", "gb2312-80", "euc-cn", "cp936", "ms936", "windows-936": true
    case nil, "", "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252": true
    default: false
    }
  }

  /// The parameter `charset` (RFC 9110 §8.3.2), with or without quotes.
  private static func charset(_ contentType: String) -> String? {
    for parameter in contentType.split(separator: ";").dropFirst() {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, trimmed(parts[0]).lowercased() == "charset" else { continue }
      return String(trimmed(parts[1]))
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let ignored: Set<Character> = [" ", "\t", "\"", "'"]
    var text = text.drop { ignored.contains($0) }
    while let last = text.last, ignored.contains(last) { text.removeLast() }
    return text
  }

  /// Whether the bytes are valid UTF-8.
  public static func isUTF8(_ bytes: [UInt8]) -> Bool { (try? UTF8Span(validating: bytes.span)) != nil }

  /// The text in UTF-8. Returns nil if the bytes are not valid GB18030 or the C library has no GB18030 converter.
  public static func decodeGB18030(_ body: [UInt8]) -> [UInt8]? {
    // Two bytes of GB18030 result in at most three bytes of UTF-8.
    convert(body, from: "GB18030", to: "UTF-8", capacity: body.count + body.count / 2 + 4)
  }

  /// A body as text: UTF-8, or GB18030 if it is not UTF-8.
  public static func displayed(_ body: [UInt8]) -> String {
    let isText = isUTF8(body)
    return String(decoding: isText ? body : decodeGB18030(body) ?? body, as: UTF8.self)
  }

  /// The text in GBK. Returns nil if GBK lacks one of the characters or the C library has no GBK converter.
  public static func encodeGBK(_ text: [UInt8]) -> [UInt8]? {
    guard text.contains(where: { $0 >= 0x80 }) else { return text }
    // The C library writes the euro sign of code page 936, which GBK does not have.
    let euro: [UInt8] = [0xe2, 0x82, 0xac]
    guard !text.indices.contains(where: { text[$0] == euro[0] && text[$0...].starts(with: euro) }) else { return nil }
    return convert(text, from: "UTF-8", to: "GBK", capacity: text.count)
  }

  private static func convert(_ body: [UInt8], from source: String, to target: String, capacity: Int) -> [UInt8]? {
    let converter = iconv_open(target, source)
    guard converter != numgate_iconv_failed() else { return nil }
    defer { iconv_close(converter) }
    var input = body.map(CChar.init(bitPattern:))
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      count = input.withUnsafeMutableBufferPointer { source in
        var from = source.baseAddress
        var left = source.count
        return output.withMemoryRebound(to: CChar.self) { target in
          var to = target.baseAddress
          var unused = target.count
          let result = iconv(converter, &from, &left, &to, &unused)
          return result < 0 || left > 0 ? 0 : target.count - unused
        }
      }
    }
    return output.isEmpty ? nil : output
  }
}
