internal import Cryptography
internal import YAML

/// One app of MobTech SecVerify.
struct MobTechAccount: Sendable {
  let appKey: String
  let appSecret: String
  /// Encrypts phone numbers: the first 8 characters of the appSecret (`specs/other-vendors.md` §6).
  let numberKey: DESKey
  let refuses: [Operation: String]
}

extension MobTechAccount: ListedAccount {
  static let keyField = "appKey"

  var key: String { appKey }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "an app of MobTech", known: ["appKey", "appSecret", "refuses"])
    appKey = try fields.required("appKey")
    appSecret = try fields.required("appSecret")
    do {
      numberKey = try DESKey(Array(appSecret.utf8.prefix(8)))
    } catch {
      throw fields.unusable("appSecret", "must have at least 8 characters")
    }
    refuses = try fields.refuses()
  }
}
