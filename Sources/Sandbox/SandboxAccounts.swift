internal import YAML

/// The accounts that the sandbox's vendors know. `accounts.yaml` says what each value is.
public struct SandboxAccounts: Sendable {
  let apps: [String: ChinaMobileApp]
  let accessKeys: [String: AliyunAccessKey]
  let schemes: [AliyunScheme]

  /// The accounts that are built in: obviously not real ones, the same in every copy.
  public static func builtIn() throws -> SandboxAccounts {
    try SandboxAccounts(yaml: PackageResources.accounts_yaml)
  }

  /// Reads accounts in the form of the built-in `accounts.yaml`. Throws `SandboxAccountsError` or `YAMLError`, both
  /// with line and column.
  public init(yaml: [UInt8]) throws {
    let root = try AccountFields(YAMLNode.parse(yaml), "the file", known: ["chinaMobile", "aliyun"])
    var apps: [String: ChinaMobileApp] = [:]
    for node in try root.sequence("chinaMobile") {
      let app = try ChinaMobileApp(node)
      guard apps.updateValue(app, forKey: app.appId) == nil else {
        throw SandboxAccountsError(mark: node.mark, message: "a second appId '\(app.appId)'")
      }
    }
    self.apps = apps
    guard let aliyun = try root.mapping("aliyun", known: ["accessKeys", "schemes"]) else {
      accessKeys = [:]
      schemes = []
      return
    }
    var accessKeys: [String: AliyunAccessKey] = [:]
    for node in try aliyun.sequence("accessKeys") {
      let key = try AliyunAccessKey(node)
      guard accessKeys.updateValue(key, forKey: key.id) == nil else {
        throw SandboxAccountsError(mark: node.mark, message: "a second access key '\(key.id)'")
      }
    }
    self.accessKeys = accessKeys
    schemes = try aliyun.sequence("schemes").map(AliyunScheme.init)
  }
}
