internal import Cryptography
internal import YAML

/// One app of Getui GeYan.
struct GetuiAccount: Sendable {
  let appId: String
  let appKey: String
  let masterSecret: String
  /// Encrypts phone numbers: the masterSecret, repeated or truncated to 16 bytes (`specs/other-vendors.md` §3).
  let numberKey: AESKey
  let refuses: [Operation: String]
}

extension GetuiAccount: ListedAccount {
  static let keyField = "appId"

  var key: String { appId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "an app of Getui", known: ["appId", "appKey", "masterSecret", "refuses"])
    appId = try fields.required("appId")
    appKey = try fields.required("appKey")
    let masterSecret = try fields.required("masterSecret")
    self.masterSecret = masterSecret
    let secret = Array(masterSecret.utf8)
    do {
      numberKey = try AESKey((0..<16).map { secret[$0 % secret.count] })
    } catch {
      throw fields.unusable("masterSecret", "cannot be used as a key")
    }
    refuses = try fields.refuses()
  }
}
