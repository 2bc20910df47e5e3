import Cryptography
import NumberAuth

extension Encoding {
  func value(of bytes: [UInt8]) -> Value {
    switch self {
    case .bytes: .bytes(bytes)
    case .text: .text(String(decoding: bytes, as: UTF8.self))
    case .hex: .text(Hex.encode(bytes))
    case .upperHex: .text(Hex.encode(bytes, .upper))
    case .base64: .text(Base64.encode(bytes))
    case .base64url: .text(Base64.encodeURLSafe(bytes))
    case .percent: .text(PercentEncoding.encode(String(decoding: bytes, as: UTF8.self)))
    }
  }
}

extension Encoding {
  /// The encoded digest of a message.
  func value(of digest: DigestAlgorithm, _ message: [UInt8]) -> Value {
    switch self {
    case .hex: .text(digest.hex(.lower) { $0.append(message) })
    case .upperHex: .text(digest.hex(.upper) { $0.append(message) })
    case .bytes, .text, .base64, .base64url, .percent: value(of: digest.hash(message))
    }
  }

  /// The encoded HMAC of a message.
  func value(of key: HMACKey, _ message: [UInt8]) -> Value {
    switch self {
    case .hex: .text(key.hex(.lower) { $0.append(message) })
    case .upperHex: .text(key.hex(.upper) { $0.append(message) })
    case .bytes, .text, .base64, .base64url, .percent: value(of: key.authenticate(message))
    }
  }
}

extension Encoding {
  /// nil if the encoding requires UTF-8 and the bytes are not UTF-8.
  func validValue(of bytes: [UInt8]) -> Value? {
    switch self {
    case .text: String(validating: bytes, as: UTF8.self).map { .text($0) }
    case .percent: String(validating: bytes, as: UTF8.self).map { .text(PercentEncoding.encode($0)) }
    case .bytes, .hex, .upperHex, .base64, .base64url: value(of: bytes)
    }
  }
}

extension Decoding {
  /// nil if the value is not in this encoding.
  func bytes(of value: Value) -> [UInt8]? {
    switch self {
    case .bytes: value.bytes
    case .hex: Hex.decodeWrapped(value.text)
    case .base64, .base64url: Base64.decodeAnyForm(value.text)
    case .percent: PercentEncoding.decode(value.text).map { Array($0.utf8) }
    }
  }
}

extension String {
  /// Maps each byte. `change` must return bytes outside ASCII unchanged.
  func changingASCII(_ change: (UInt8) -> UInt8) -> String { String(decoding: utf8.map(change), as: UTF8.self) }
}

extension UInt8 {
  var uppercasedASCII: UInt8 { (0x61...0x7a).contains(self) ? self - 0x20 : self }
  var lowercasedASCII: UInt8 { (0x41...0x5a).contains(self) ? self + 0x20 : self }
}

extension NonceForm {
  /// `nonce`: 32 lower-case hexadecimal digits.
  func text(of nonce: String) -> String {
    switch self {
    case .hex: return nonce
    case .uuid:
      var digits = Array(nonce.utf8)
      guard digits.count == 32 else { return nonce }
      digits[12] = UInt8(ascii: "4")
      // The two variant bits are 10.
      digits[16] =
        [UInt8]("89ab".utf8)[Int(Hex.decode("0" + String(decoding: [digits[16]], as: UTF8.self))?[0] ?? 0) & 3]
      let text = String(decoding: digits, as: UTF8.self)
      var parts: [Substring] = []
      var rest = text[...]
      for length in [8, 4, 4, 4, 12] {
        parts.append(rest.prefix(length))
        rest = rest.dropFirst(length)
      }
      return parts.joined(separator: "-")
    case .digits(let count):
      var limit: UInt128 = 1
      for _ in 0..<count { limit *= 10 }
      let text = String((UInt128(nonce, radix: 16) ?? 0) % limit)
      return String(repeating: "0", count: count - text.utf8.count) + text
    }
  }
}

extension Value {
  func slice(_ range: SliceRange) -> Value {
    switch self {
    case .text(let text):
      let scalars = Array(text.unicodeScalars)
      return .text(String(String.UnicodeScalarView(scalars[range.positions(in: scalars.count)])))
    case .bytes(let bytes): return .bytes(Array(bytes[range.positions(in: bytes.count)]))
    }
  }

  func repeated(length: Int) -> Value {
    guard !isEmpty else { return self }
    switch self {
    case .text(let text):
      let scalars = Array(text.unicodeScalars)
      return .text(String(String.UnicodeScalarView((0..<length).map { scalars[$0 % scalars.count] })))
    case .bytes(let bytes): return .bytes((0..<length).map { bytes[$0 % bytes.count] })
    }
  }
}
