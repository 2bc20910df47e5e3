internal import Cryptography
internal import YAML

/// One app of JiGuang.
struct JiGuangAccount: Sendable {
  let appKey: String
  let masterSecret: String
  /// The public key of the customer: encrypts phone numbers.
  let encryptionKey: RSAPublicKey
  let refuses: [Operation: String]
}

extension JiGuangAccount: ListedAccount {
  static let keyField = "appKey"

  var key: String { appKey }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "an app of JiGuang", known: ["appKey", "masterSecret", "encryption", "refuses"])
    appKey = try fields.required("appKey")
    masterSecret = try fields.required("masterSecret")
    guard let key = try fields.publicKey("encryption") else { throw fields.unusable("encryption", "is missing") }
    encryptionKey = key
    refuses = try fields.refuses()
  }
}
