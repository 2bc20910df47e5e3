internal import JSON

/// What the control interface is asked to mint: a phone, its user, and the page that runs the SDK.
struct PageCall: Sendable {
  enum Provider: String, Sendable, CaseIterable {
    case h5 = "china-mobile-h5"
    case weChat = "china-mobile-wechat"
    case quickApp = "china-mobile-quick-app"
    case app = "china-mobile-app"
    case aliyun
    case jiGuang = "jiguang"
    case yidun
    case tencentCloud = "tencent-cloud"
    case shanyan
    case mobTech = "mobtech"
    case getui
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
  /// The text that the token shall have; nil where the SDK draws one.
  let token: String?
  /// The texts that what comes beside the token shall have, by the vendor's names.
  let inputs: [String: String]
  let fault: Fault?

  /// The fault that travels with the token to the vendor's server.
  var serverFault: Fault? { fault?.stage == .server ? fault : nil }

  /// The token for this page: as the SDK drew it, but for what the control interface was asked to make of it.
  func token(
    _ text: String, _ family: Token.Family, account: String, inputs: [String: String] = [:], life: Int64, at now: Int64
  ) -> Token {
    Token(
      text: token ?? text, family: family, account: account, operation: operation, phoneNumber: phoneNumber,
      inputs: inputs.merging(self.inputs) { $1 }, expiresAt: now + life, fault: serverFault)
  }
}

extension PageCall.Provider {
  /// What this vendor's SDK gives beside the token.
  var inputNames: Set<String> {
    switch self {
    case .h5, .weChat, .quickApp: ["userInformation"]
    case .yidun: ["accessToken"]
    case .mobTech: ["opToken", "operator"]
    case .getui: ["gyuid", "processId"]
    case .app, .aliyun, .jiGuang, .tencentCloud, .shanyan: []
    }
  }

  /// The operation that is the vendor's only one; nil where it has both.
  var onlyOperation: Operation? {
    switch self {
    case .h5, .weChat, .tencentCloud, .mobTech, .getui: .login
    case .quickApp: .verify
    case .app, .aliyun, .jiGuang, .yidun, .shanyan: nil
    }
  }

  var channels: Set<PageCall.Channel> {
    switch self {
    case .h5: [.h5]
    case .weChat: [.weChatMiniProgram]
    case .quickApp: [.quickApp, .h5]
    case .app, .aliyun, .jiGuang: [.app, .h5]
    case .yidun, .tencentCloud, .shanyan, .mobTech, .getui: [.app]
    }
  }
}
