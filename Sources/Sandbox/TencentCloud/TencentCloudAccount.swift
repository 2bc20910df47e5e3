internal import YAML

/// One app of Tencent Cloud's phone number authentication.
struct TencentCloudAccount: Sendable {
  let sdkAppId: String
  let appKey: String
  let refuses: [Operation: String]
}

extension TencentCloudAccount: ListedAccount {
  static let keyField = "sdkAppId"

  var key: String { sdkAppId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "an app of Tencent Cloud", known: ["sdkAppId", "appKey", "refuses"])
    sdkAppId = try fields.required("sdkAppId")
    appKey = try fields.required("appKey")
    refuses = try fields.refuses()
  }
}
