/// Base 16 (RFC 4648 §8).
public enum Hex {
  public enum Case: Sendable { case lower, upper }

  public static func encode(_ bytes: [UInt8], _ letters: Case = .lower) -> String {
    bytes.withUnsafeBytes { encode($0, letters) }
  }

  public static func encode(_ bytes: UnsafeRawBufferPointer, _ letters: Case = .lower) -> String {
    let digits: StaticString = letters == .lower ? "0123456789abcdef" : "0123456789ABCDEF"
    return String(unsafeUninitializedCapacity: bytes.count * 2) { output in
      for (index, byte) in bytes.enumerated() {
        output[index * 2] = digits.utf8Start[Int(byte >> 4)]
        output[index * 2 + 1] = digits.utf8Start[Int(byte & 15)]
      }
      return bytes.count * 2
    }
  }

  /// Lenient, for input from other systems: ignores white space. Otherwise like `decode`.
  public static func decodeWrapped(_ text: String) -> [UInt8]? {
    decode(String(decoding: text.utf8.filter { !isBlank($0) }, as: UTF8.self))
  }

  /// Accepts upper and lower case. nil for an odd length or any other character.
  public static func decode(_ text: String) -> [UInt8]? {
    let digits = text.utf8
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      guard let value = value(of: digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// White space, which line breaks and copying leave inside an encoded text.
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

/// Base 64 (RFC 4648 §4) and its URL-safe form without padding (§5).
public enum Base64 {
  private static let standard: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  private static let urlSafe: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes, standard, padded: true) }

  public static func encodeURLSafe(_ bytes: [UInt8]) -> String { encode(bytes, urlSafe, padded: false) }

  private static func encode(_ bytes: [UInt8], _ alphabet: StaticString, padded: Bool) -> String {
    let letters = alphabet.utf8Start
    return String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { output in
      var count = 0
      func put(_ byte: UInt8) {
        output[count] = byte
        count += 1
      }
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let rest = bytes.count - start
        let group =
          Int(bytes[start]) << 16 | (rest > 1 ? Int(bytes[start + 1]) << 8 : 0) | (rest > 2 ? Int(bytes[start + 2]) : 0)
        put(letters[group >> 18])
        put(letters[group >> 12 & 63])
        if rest > 1 { put(letters[group >> 6 & 63]) } else if padded { put(UInt8(ascii: "=")) }
        if rest > 2 { put(letters[group & 63]) } else if padded { put(UInt8(ascii: "=")) }
      }
      return count
    }
  }

  /// Strict: padding as required by RFC 4648 §4, no white space, unused bits zero. nil for anything else.
  public static func decode(_ text: String) -> [UInt8]? {
    guard text.utf8.count % 4 == 0 else { return nil }
    var digits = Array(text.utf8)
    var padding = 0
    while padding < 2, digits.last == UInt8(ascii: "=") {
      digits.removeLast()
      padding += 1
    }
    return decode(digits, extra62: UInt8(ascii: "+"), extra63: UInt8(ascii: "/"))
  }

  /// Lenient, for input from other systems: ignores white space, accepts either alphabet and missing padding. nil for a
  /// mixture of both alphabets, wrong padding, decimal digits without padding, or any other text.
  public static func decodeAnyForm(_ text: String) -> [UInt8]? {
    var digits = text.utf8.filter { !isBlank($0) }
    let count = digits.count
    while digits.count > count - 2, digits.last == UInt8(ascii: "=") { digits.removeLast() }
    if digits.count < count, count % 4 != 0 { return nil }
    // Decimal digits without padding are a number that was not encrypted.
    if count % 4 != 0, digits.allSatisfy({ (0x30...0x39).contains($0) }) { return nil }
    let isURLSafe = digits.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    return isURLSafe
      ? decode(digits, extra62: UInt8(ascii: "-"), extra63: UInt8(ascii: "_"))
      : decode(digits, extra62: UInt8(ascii: "+"), extra63: UInt8(ascii: "/"))
  }

  /// Strict, without padding. nil for anything else.
  public static func decodeURLSafe(_ text: String) -> [UInt8]? {
    decode(Array(text.utf8), extra62: UInt8(ascii: "-"), extra63: UInt8(ascii: "_"))
  }

  private static func decode(_ digits: [UInt8], extra62: UInt8, extra63: UInt8) -> [UInt8]? {
    guard digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for digit in digits {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
      case extra62: value = 62
      case extra63: value = 63
      default: return nil
      }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
    return bytes
  }
}

/// Percent-encoding (RFC 3986 §2.1).
public enum PercentEncoding {
  /// Keeps the unreserved characters `A-Z a-z 0-9 - . _ ~`; everything else becomes `%XX`, a space `%20`.
  public static func encode(_ text: String) -> String {
    var text = text
    return text.withUTF8 { encode($0) }
  }

  /// As above, for a text in another charset than UTF-8.
  public static func encode(_ bytes: [UInt8]) -> String { bytes.withUnsafeBufferPointer { encode($0) } }

  private static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard !bytes.allSatisfy(isUnreserved) else { return String(decoding: bytes, as: UTF8.self) }
    let digits: StaticString = "0123456789ABCDEF"
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      if isUnreserved(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        output.append(digits.utf8Start[Int(byte >> 4)])
        output.append(digits.utf8Start[Int(byte & 15)])
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// nil if a `%` is not followed by two hexadecimal digits, or the bytes are not UTF-8.
  public static func decode(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
    var output: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(Hex.value), let low = bytes.next().flatMap(Hex.value) else { return nil }
        output.append(high << 4 | low)
      case UInt8(ascii: "+") where plusIsBlank: output.append(UInt8(ascii: " "))
      default: output.append(byte)
      }
    }
    return String(validating: output, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
