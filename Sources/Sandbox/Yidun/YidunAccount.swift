internal import YAML

/// One business of NetEase Yidun, with the secrets of its product.
struct YidunAccount: Sendable {
  let secretId: String
  let secretKey: String
  let businessId: String
  let refuses: [Operation: String]
}

extension YidunAccount: ListedAccount {
  static let keyField = "businessId"

  var key: String { businessId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "a business of Yidun", known: ["secretId", "secretKey", "businessId", "refuses"])
    secretId = try fields.required("secretId")
    secretKey = try fields.required("secretKey")
    businessId = try fields.required("businessId")
    refuses = try fields.refuses()
  }
}
