internal import YAML

/// One scheme of Aliyun's console.
struct AliyunScheme: Sendable {
  enum Channel: String, Sendable, CaseIterable {
    case h5
    case app
  }

  let sceneCode: String
  let account: String
  let channel: Channel
  let operations: Set<Operation>
  let origin: String?
  let url: String?
}

extension AliyunScheme {
  init(_ node: YAMLNode) throws(SandboxAccountsError) {
    let fields = try AccountFields(
      node, "a scheme", known: ["sceneCode", "account", "channel", "operations", "origin", "url"])
    sceneCode = try fields.required("sceneCode")
    account = try fields.optional("account") ?? "sandbox"
    channel = try fields.choice("channel")
    var operations: Set<Operation> = []
    for text in try fields.texts("operations") {
      guard let operation = Operation(rawValue: text) else {
        throw SandboxAccountsError(mark: node.mark, message: "'operations' must be a list of login and verify")
      }
      operations.insert(operation)
    }
    self.operations = operations
    origin = try fields.optional("origin")
    url = try fields.optional("url")
  }
}
