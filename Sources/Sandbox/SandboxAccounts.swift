internal import YAML

/// The accounts of the simulated vendors. `accounts.yaml` documents each field.
public struct SandboxAccounts: Sendable {
  let apps: [String: ChinaMobileApp]
  let accessKeys: [String: AliyunAccessKey]
  let schemes: [AliyunScheme]
  let jiGuang: [String: JiGuangAccount]
  let yidun: [String: YidunAccount]
  let tencentCloud: [String: TencentCloudAccount]
  let shanyan: [String: ShanyanAccount]
  let mobTech: [String: MobTechAccount]
  let getui: [String: GetuiAccount]
  let weChat: [String: WeChatAccount]
  let alipay: [String: AlipayAccount]
  let camara: [String: CAMARAAccount]

  /// The built-in accounts. They are the same in every build, and their names show that they are not real.
  public static func builtIn() throws -> SandboxAccounts {
    try SandboxAccounts(yaml: PackageResources.accounts_yaml)
  }

  /// Reads accounts in the format of the built-in `accounts.yaml`; every list is optional. Throws
  /// `SandboxAccountsError` or `YAMLError`, both with line and column.
  public init(yaml: [UInt8]) throws {
    let root = try AccountFields(
      YAMLNode.parse(yaml), "the file",
      known: [
        "chinaMobile", "aliyun", "jiguang", "yidun", "tencentCloud", "shanyan", "mobtech", "getui", "wechat", "alipay",
        "camara",
      ])
    apps = try root.accounts("chinaMobile")
    let aliyun = try root.mapping("aliyun", known: ["accessKeys", "schemes"])
    accessKeys = try aliyun?.accounts("accessKeys") ?? [:]
    schemes = try aliyun?.sequence("schemes").map(AliyunScheme.init) ?? []
    jiGuang = try root.accounts("jiguang")
    yidun = try root.accounts("yidun")
    tencentCloud = try root.accounts("tencentCloud")
    shanyan = try root.accounts("shanyan")
    mobTech = try root.accounts("mobtech")
    getui = try root.accounts("getui")
    weChat = try root.accounts("wechat")
    alipay = try root.accounts("alipay")
    camara = try root.accounts("camara")
  }
}
