internal import Cryptography

/// The phone number in a value that is encrypted for the platform (`specs/china-mobile.md` §2, §4).
enum SentPhoneNumber {
  /// Decrypts the RSA ciphertext of phone number, appKey and timestamp; nil for every other input.
  static func decrypt(_ ciphertext: [UInt8], _ app: ChinaMobileApp, timestamp: String) -> String? {
    guard let plain = try? app.platformKey?.decrypt(ciphertext) else { return nil }
    let text = String(decoding: plain, as: UTF8.self)
    let suffix = app.appKey + timestamp
    guard text.hasSuffix(suffix) else { return nil }
    let number = String(text.dropLast(suffix.count))
    return PhoneText.isMobileNumber(number) ? number : nil
  }
}
