internal import Cryptography
internal import YAML

/// One app of Chuanglan Shanyan.
struct ShanyanAccount: Sendable {
  let appId: String
  /// Verifies signatures.
  let appKey: HMACKey
  /// Encrypts phone numbers by default: the first half of the MD5 digits of the appKey is the key, the second half is
  /// the initialisation vector (`specs/other-vendors.md` §5).
  let numberKey: AESKey
  let numberIV: [UInt8]
  /// The public key of the customer, if one is registered.
  let encryptionKey: RSAPublicKey?
  let allowedAddresses: AllowedAddresses
  let refuses: [Operation: String]
}

extension ShanyanAccount: ListedAccount {
  static let keyField = "appId"

  var key: String { appId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "an app of Shanyan", known: ["appId", "appKey", "encryption", "allowedAddresses", "refuses"])
    appId = try fields.required("appId")
    let appKey = try fields.required("appKey")
    self.appKey = HMACKey(.sha256, key: appKey)
    let digits = Array(Hex.encode(DigestAlgorithm.md5.hash(appKey)).utf8)
    do {
      numberKey = try AESKey(Array(digits[..<16]))
    } catch {
      throw fields.unusable("appKey", "cannot be used as a key")
    }
    numberIV = Array(digits[16...])
    encryptionKey = try fields.publicKey("encryption")
    allowedAddresses = try fields.allowedAddresses()
    refuses = try fields.refuses()
  }
}
