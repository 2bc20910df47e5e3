internal import Cryptography
internal import YAML

/// One credential of an Aliyun account.
struct AliyunAccessKey: Sendable {
  let id: String
  /// Credentials of one account share tokens and schemes.
  let account: String
  /// The token that requests with an STS credential must contain; nil for a permanent credential.
  let securityToken: String?
  /// The code that every operation returns; nil if requests are processed.
  let refuses: String?
  /// The key for ACS3-HMAC-SHA256: the secret.
  let v3Key: HMACKey
  /// The key for HMAC-SHA1: the secret, followed by `&`.
  let v1Key: HMACKey

  init(id: String, secret: String, account: String, securityToken: String?, refuses: String?) {
    self.id = id
    self.account = account
    self.securityToken = securityToken
    self.refuses = refuses
    v3Key = HMACKey(.sha256, key: secret)
    v1Key = HMACKey(.sha1, key: secret + "&")
  }
}

extension AliyunAccessKey: ListedAccount {
  static let keyField = "access key"

  var key: String { id }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "an access key", known: ["id", "secret", "account", "securityToken", "refuses"])
    self.init(
      id: try fields.required("id"), secret: try fields.required("secret"),
      account: try fields.optional("account") ?? "sandbox", securityToken: try fields.optional("securityToken"),
      refuses: try fields.optional("refuses"))
  }
}
