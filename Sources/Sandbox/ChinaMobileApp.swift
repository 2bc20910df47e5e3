internal import Cryptography

/// One appId of China Mobile's open platform, with the halves of the keys that the platform holds.
struct ChinaMobileApp: Sendable {
  enum Product: String, Sendable, CaseIterable {
    case h5
    case weChatMiniProgram = "wechat-mini-program"
    case quickApp = "quick-app"
    case app
  }

  let appId: String
  let product: Product
  let appKey: String
  /// Signs loginTokenValidate in MD5 mode; the appKey does for apps that have none.
  let appSecret: String?
  /// Checks signatures of one-click login, of preSign and of keyType 1.
  let clientKey: RSAPublicKey?
  /// Decrypts phone numbers.
  let platformKey: RSAPrivateKey?
  /// Application public key 1 of loginTokenValidate: checks signatures.
  let signingKey: RSAPublicKey?
  /// Application public key 2 of loginTokenValidate: encrypts msisdn.
  let encryptionKey: RSAPublicKey?
  /// Signs keyType 0.
  let appKeyHMAC: HMACKey
  /// Encrypts msisdn of one-click login: the first 16 characters of the appKey (`specs/china-mobile.md` §1.5).
  let msisdnKey: AESKey
  let pages: [String]
  let origins: [String]
  let wxAppId: String?
  /// Empty where every address may call.
  let allowedAddresses: [String]
  let refuses: [Operation: String]
  let offersSMSAssist: Bool

  func allows(_ address: String) -> Bool {
    guard !allowedAddresses.isEmpty else { return true }
    let bare = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
    return allowedAddresses.contains(bare)
  }
}
