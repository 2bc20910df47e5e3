/// A token that a vendor has issued to the SDK on a phone.
struct Token: Sendable {
  /// The interfaces that accept the token.
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
    case weChat
    case alipay
    case camara
  }

  let text: String
  let family: Family
  /// The app that the token belongs to: its appId, appKey, businessId or sdkAppId, or the Aliyun account.
  let account: String
  let operation: Operation
  let phoneNumber: String
  /// Values that the SDK returned with the token and that the vendor's server requires with it, by the vendor's names.
  let inputs: [String: String]
  /// Milliseconds since 1970.
  let expiresAt: Int64
  /// The fault of the call that uses the token.
  var fault: Fault?
}
