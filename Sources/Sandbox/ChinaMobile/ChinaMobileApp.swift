internal import Cryptography
internal import YAML

/// One appId of China Mobile's open platform, with the keys that the platform stores.
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
  /// Signs loginTokenValidate in MD5 mode. Apps without an appSecret use the appKey.
  let appSecret: String?
  /// Verifies signatures of one-click login, of preSign and of keyType 1.
  let clientKey: RSAPublicKey?
  /// Decrypts phone numbers.
  let platformKey: RSAPrivateKey?
  /// Application public key 1 of loginTokenValidate: verifies signatures.
  let signingKey: RSAPublicKey?
  /// Application public key 2 of loginTokenValidate: encrypts msisdn.
  let encryptionKey: RSAPublicKey?
  /// Verifies signatures of keyType 0.
  let appKeyHMAC: HMACKey
  /// Encrypts the msisdn of one-click login: the first 16 characters of the appKey (`specs/china-mobile.md` §1.5).
  let msisdnKey: AESKey
  let pages: [String]
  let origins: [String]
  let wxAppId: String?
  let allowedAddresses: AllowedAddresses
  let refuses: [Operation: String]
  let offersSMSAssist: Bool
}

extension ChinaMobileApp: ListedAccount {
  static let keyField = "appId"

  var key: String { appId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "an app",
      known: [
        "appId", "product", "appKey", "appSecret", "client", "platform", "signing", "encryption", "pages", "origins",
        "wxAppId", "allowedAddresses", "refuses", "smsAssist",
      ])
    appId = try fields.required("appId")
    product = try fields.choice("product")
    appKey = try fields.required("appKey")
    appSecret = try fields.optional("appSecret")
    clientKey = try fields.publicKey("client")
    platformKey = try fields.privateKey("platform")
    signingKey = try fields.publicKey("signing")
    encryptionKey = try fields.publicKey("encryption")
    appKeyHMAC = HMACKey(.sha256, key: appKey)
    do {
      msisdnKey = try AESKey(Array(appKey.utf8.prefix(16)))
    } catch {
      throw SandboxAccountsError(mark: node.mark, message: "'appKey' must have at least 16 characters")
    }
    pages = try fields.texts("pages")
    origins = try fields.texts("origins")
    wxAppId = try fields.optional("wxAppId")
    allowedAddresses = try fields.allowedAddresses()
    offersSMSAssist = try fields.flag("smsAssist")
    refuses = try fields.refuses()
  }
}
