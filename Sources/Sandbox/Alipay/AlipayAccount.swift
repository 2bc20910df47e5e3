internal import Cryptography
internal import YAML

/// One mini-program of Alipay.
struct AlipayAccount: Sendable {
  let appId: String
  /// The AES key of the console.
  let contentKey: [UInt8]
  /// Alipay's key: signs the answers of the SDK.
  let platformKey: RSAPrivateKey
}

extension AlipayAccount: ListedAccount {
  static let keyField = "appId"

  var key: String { appId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "a mini-program of Alipay", known: ["appId", "aesKey", "platform"])
    appId = try fields.required("appId")
    guard let key = Base64.decode(try fields.required("aesKey")), key.count == 16 else {
      throw fields.unusable("aesKey", "must be 16 bytes in Base64")
    }
    contentKey = key
    guard let platform = try fields.privateKey("platform") else { throw fields.unusable("platform", "is missing") }
    platformKey = platform
  }
}
