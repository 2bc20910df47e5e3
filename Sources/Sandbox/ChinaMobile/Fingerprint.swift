internal import Cryptography

/// Generates `userInformation` as the SDKs do (`specs/china-mobile.md` §1.3).
enum Fingerprint {
  /// `encodeURIComponent(base64(platform@@UA@@md5))`, always with Base64 padding.
  static func browser() -> String {
    let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
    var plain = "Linux armv81@@" + agent.prefix(100) + "@@" + RandomText.hex(16)
    // Removing one character makes padding necessary: if a page decodes the value by mistake, the value changes.
    if plain.utf8.count % 3 == 0 { plain.removeFirst() }
    return PercentEncoding.encode(Base64.encode(Array(plain.utf8)))
  }

  /// `encodeURIComponent(brand@@version@@system@@md5)`.
  static func weChat() -> String {
    PercentEncoding.encode("devtools@@8.0.5@@iOS 10.0.1@@" + RandomText.hex(16))
  }
}
