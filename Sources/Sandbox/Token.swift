/// What a phone's SDK has got from a vendor, as the vendor's server remembers it.
struct Token: Sendable {
  /// The interfaces that know the token.
  enum Family: Sendable, Hashable {
    case oneClick
    case quickApp
    case app
    case aliyunH5
    case aliyunApp
  }

  let text: String
  let family: Family
  /// China Mobile's appId, or the Aliyun account.
  let account: String
  let operation: Operation
  let phoneNumber: String
  /// What the SDK gave beside the token; nil where it gives none.
  let userInformation: String?
  let expiresAt: Int64
  var fault: Fault?
}
