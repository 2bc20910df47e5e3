/// What a phone's SDK has got from a vendor, as the vendor's server remembers it.
struct Token: Sendable {
  /// The interfaces that know the token.
  enum Family: Sendable, Hashable {
    case oneClick
    case quickApp
    case app
    case aliyunH5
    case aliyunApp
    case jiGuangApp
    case jiGuangH5
    case yidun
    case tencentCloud
    case shanyan
    case mobTech
    case getui
  }

  let text: String
  let family: Family
  /// What the vendor calls the app: its appId, appKey, businessId or sdkAppId, or the Aliyun account.
  let account: String
  let operation: Operation
  let phoneNumber: String
  /// What the SDK gave beside the token and the vendor's server wants to see with it, by the vendor's names.
  let inputs: [String: String]
  let expiresAt: Int64
  var fault: Fault?
}
