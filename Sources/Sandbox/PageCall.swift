internal import JSON

/// What the control interface is asked to mint: a phone, its user, and the page that runs the SDK.
struct PageCall: Sendable {
  enum Provider: String, Sendable, CaseIterable {
    case h5 = "china-mobile-h5"
    case weChat = "china-mobile-wechat"
    case quickApp = "china-mobile-quick-app"
    case app = "china-mobile-app"
    case aliyun
  }

  enum Channel: String, Sendable, CaseIterable {
    case h5
    case quickApp = "quick-app"
    case weChatMiniProgram = "wechat-mini-program"
    case app
  }

  let provider: Provider
  let appId: String
  let phoneNumber: String
  let operation: Operation
  let channel: Channel?
  let carrier: Carrier
  /// What the team's server prepared for the page; nil where the page is taken to have done everything right.
  let parameters: JSONValue?
  /// The page's address, as its referer says.
  let pageUrl: String?
  let preSign: String?
  let sign: String?
  /// What the user types on the authorisation page; nil for the right number.
  let typedNumber: String?
  let fault: Fault?

  /// The fault that travels with the token to the vendor's server.
  var serverFault: Fault? { fault?.stage == .server ? fault : nil }
}
