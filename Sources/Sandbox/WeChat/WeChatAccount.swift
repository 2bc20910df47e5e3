internal import YAML

/// One mini-program of WeChat.
struct WeChatAccount: Sendable {
  let appId: String
  let appSecret: String
  let refuses: [Operation: String]
}

extension WeChatAccount: ListedAccount {
  static let keyField = "appId"

  var key: String { appId }

  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(node, "a mini-program of WeChat", known: ["appId", "appSecret", "refuses"])
    appId = try fields.required("appId")
    appSecret = try fields.required("appSecret")
    refuses = try fields.refuses()
  }
}
