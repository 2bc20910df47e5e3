private import COpenSSL

/// The half of a key pair that a text must contain.
enum KeyHalf {
  case privateHalf, publicHalf

  var expected: String {
    switch self {
    case .privateHalf: "a private key (PEM, or PKCS#8 or PKCS#1 in Base64)"
    case .publicHalf: "a public key (PEM, or X.509 or PKCS#1 in Base64)"
    }
  }

  /// Parses DER. nil if it is not a key of this half, or has trailing bytes.
  func key(_ der: [UInt8]) -> OpaquePointer? {
    defer { _ = numgate_last_error() }
    switch self {
    case .privateHalf: return numgate_private_key_from_der(der, der.count)
    case .publicHalf: return numgate_public_key_from_der(der, der.count)
    }
  }
}

/// The text of a key: PEM or bare Base64. Line ends may be spaces, missing, or the two characters `\n` in an
/// environment variable. Blank lines and quotes around a PEM block are ignored.
struct KeyText {
  private let text: String

  init(_ text: String) {
    self.text = Self.withLineEnds(text)
  }

  /// OpenSSL's key, which the caller must free. Throws `notAKey`.
  /// - Parameter expected: The description of valid texts for the error; by default, of RSA keys.
  func key(_ half: KeyHalf, expected: String? = nil) throws(CryptographyError) -> OpaquePointer {
    func refusal(_ finding: String?) -> CryptographyError {
      .notAKey(expected: expected ?? half.expected, finding: finding)
    }
    let blocks = blocks
    if let block = blocks.first(where: { $0.holds(half) }) {
      if let key = block.der.flatMap(half.key) { return key }
      throw refusal(block.finding(half))
    }
    if let first = blocks.first { throw refusal(first.finding(half)) }
    let digits = Self.withoutBlanks(text)
    guard let der = Base64.decode(digits), !der.isEmpty else { throw refusal(Self.finding(inDigits: digits)) }
    if let key = half.key(der) { return key }
    throw refusal(Self.finding(in: der) ?? Self.finding(inDigits: digits))
  }

  /// The bytes of a text that consists of hexadecimal digits only.
  var hexadecimal: [UInt8]? { Hex.decode(Self.withoutBlanks(text)) }

  // MARK: Text

  /// Replaces `\n` and `\r`. They can only be line ends, because PEM and Base64 contain no backslash.
  private static func withLineEnds(_ text: String) -> String {
    guard text.contains("\\") else { return text }
    var result = String.UnicodeScalarView()
    var backslashes = 0
    for scalar in text.unicodeScalars {
      if scalar == "\\" {
        backslashes += 1
        continue
      }
      if backslashes > 0 {
        if scalar == "n" || scalar == "r" {
          result.append("\n")
          backslashes = 0
          continue
        }
        result.append(contentsOf: repeatElement("\\", count: backslashes))
        backslashes = 0
      }
      result.append(scalar)
    }
    return String(result)
  }

  private static func withoutBlanks(_ text: some StringProtocol) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "\u{feff}" && $0 != "\u{200b}" }))
  }

  // MARK: PEM

  /// A PEM block (RFC 7468 §2).
  private struct Block {
    let label: Substring
    let body: Substring
    let hasEnd: Bool

    func holds(_ half: KeyHalf) -> Bool {
      switch half {
      case .privateHalf: label.hasSuffix("PRIVATE KEY")
      case .publicHalf: label == "PUBLIC KEY" || label == "RSA PUBLIC KEY"
      }
    }

    /// nil if the block has no end, is encrypted, or is not Base64.
    var der: [UInt8]? { hasEnd && !isEncrypted ? Base64.decode(withoutBlanks(body)) : nil }

    private var isEncrypted: Bool { label == "ENCRYPTED PRIVATE KEY" || body.contains("ENCRYPTED") }

    func finding(_ half: KeyHalf) -> String? {
      if label.hasSuffix("PRIVATE KEY") {
        if isEncrypted { return "an encrypted private key" }
        if label == "OPENSSH PRIVATE KEY" { return "a private key in OpenSSH's own format" }
        if half == .publicHalf { return "a private key" }
      } else if label.hasSuffix("PUBLIC KEY"), half == .privateHalf {
        return "a public key"
      } else if label.hasSuffix("CERTIFICATE REQUEST") {
        return "a certificate request"
      } else if label.hasSuffix("CERTIFICATE") {
        return "a certificate"
      }
      return !hasEnd && !withoutBlanks(body).isEmpty ? "a PEM without its END line" : nil
    }
  }

  private var blocks: [Block] {
    var blocks: [Block] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "-----BEGIN ") {
      rest = rest[begin.upperBound...]
      guard let dashes = rest.firstRange(of: "-----") else { break }
      let label = rest[..<dashes.lowerBound]
      rest = rest[dashes.upperBound...]
      if let end = rest.firstRange(of: "-----END \(label)-----") {
        blocks.append(Block(label: label, body: rest[..<end.lowerBound], hasEnd: true))
        rest = rest[end.upperBound...]
      } else {
        blocks.append(Block(label: label, body: rest, hasEnd: false))
      }
    }
    return blocks
  }

  // MARK: Description of other content

  private static func finding(in der: [UInt8]) -> String? {
    defer { _ = numgate_last_error() }
    if numgate_is_certificate(der, der.count) == 1 { return "a certificate" }
    if numgate_is_encrypted_key(der, der.count) == 1 { return "an encrypted private key" }
    for half in [KeyHalf.publicHalf, .privateHalf] {
      guard let key = half.key(der) else { continue }
      EVP_PKEY_free(key)
      return half == .publicHalf ? "a public key" : "a private key"
    }
    return der.starts(with: "-----BEGIN ".utf8) ? "Base64 of a PEM; decode it once" : nil
  }

  /// Recognises other encodings than Base64. Hexadecimal digits are also part of the Base64 alphabet.
  private static func finding(inDigits digits: String) -> String? {
    func isKnown(_ bytes: [UInt8]?) -> Bool { bytes.map { finding(in: $0) != nil } ?? false }
    if isKnown(Hex.decode(digits)) { return "hexadecimal, not Base64" }
    let unpadded = digits.replacing("=", with: "")
    if isKnown(Base64.decodeURLSafe(unpadded)) {
      return unpadded.contains("-") || unpadded.contains("_") ? "URL-safe Base64" : "Base64 without its padding"
    }
    return nil
  }
}
