internal import Cryptography

/// `userInformation` as the SDKs build it (`specs/china-mobile.md` §1.3).
enum Fingerprint {
  /// `encodeURIComponent(base64(platform@@UA@@md5))`, with Base64's padding at its end.
  static func browser() -> String {
    let agent = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"
    var plain = "Linux armv81@@" + agent.prefix(100) + "@@" + RandomText.hex(16)
    // One character less, and the text needs padding: what a page decodes by mistake must not go unnoticed.
    if plain.utf8.count % 3 == 0 { plain.removeFirst() }
    return PercentEncoding.encode(Base64.encode(Array(plain.utf8)))
  }

  /// `encodeURIComponent(brand@@version@@system@@md5)`.
  static func weChat() -> String {
    PercentEncoding.encode("devtools@@8.0.5@@iOS 10.0.1@@" + RandomText.hex(16))
  }
}
