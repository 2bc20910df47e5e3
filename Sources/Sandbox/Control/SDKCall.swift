internal import JSON

/// A simulated call of an SDK: the phone, its user, and the page or app that runs the SDK.
struct SDKCall: Sendable {
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
    case weChatPhone = "wechat"
    case alipay
    case camara
    case camaraCIBA = "camara-ciba"
  }

  enum Channel: String, Sendable, CaseIterable {
    case h5
    case quickApp = "quick-app"
    case weChatMiniProgram = "wechat-mini-program"
    case alipayMiniProgram = "alipay-mini-program"
    case app
  }

  let provider: Provider
  let appId: String
  let phoneNumber: String
  let operation: Operation
  let channel: Channel?
  let carrier: Carrier
  /// The parameters that the team's server prepared for the page; nil: they are not checked.
  let parameters: JSONValue?
  /// The address of the page (its referer).
  let pageUrl: String?
  let preSign: String?
  let sign: String?
  /// The number that the user enters on the authorisation page; nil for the correct number.
  let typedNumber: String?
  /// The text of the token; nil for a random token.
  let token: String?
  /// The values of the inputs that the SDK returns with the token, by the vendor's names.
  let inputs: [String: String]
  let fault: Fault?

  /// The fault that is stored with the token for the vendor's server.
  var serverFault: Fault? { fault?.stage == .server ? fault : nil }

  /// The token for this call. `token` and `inputs` of the request to the control interface override the given values.
  /// `life` is in milliseconds.
  func token(
    _ text: String, _ family: Token.Family, account: String, inputs: [String: String] = [:], life: Int64, at now: Int64
  ) -> Token {
    Token(
      text: token ?? text, family: family, account: account, operation: operation, phoneNumber: phoneNumber,
      inputs: inputs.merging(self.inputs) { $1 }, expiresAt: now + life, fault: serverFault)
  }
}

extension SDKCall.Provider {
  /// The values that the vendor's SDK returns with the token.
  var inputNames: Set<String> {
    switch self {
    case .h5, .weChat, .quickApp: ["userInformation"]
    case .yidun: ["accessToken"]
    case .mobTech: ["opToken", "operator"]
    case .getui: ["gyuid", "processId"]
    case .app, .aliyun, .jiGuang, .tencentCloud, .shanyan, .weChatPhone, .alipay, .camara, .camaraCIBA: []
    }
  }

  /// The only operation of the vendor; nil if it supports both.
  var onlyOperation: Operation? {
    switch self {
    case .h5, .weChat, .tencentCloud, .mobTech, .getui, .weChatPhone, .alipay: .login
    case .quickApp: .verify
    case .app, .aliyun, .jiGuang, .yidun, .shanyan, .camara, .camaraCIBA: nil
    }
  }

  var channels: Set<SDKCall.Channel> {
    switch self {
    case .h5: [.h5]
    case .weChat, .weChatPhone: [.weChatMiniProgram]
    case .alipay: [.alipayMiniProgram]
    case .quickApp: [.quickApp, .h5]
    case .app, .aliyun, .jiGuang: [.app, .h5]
    case .yidun, .tencentCloud, .shanyan, .mobTech, .getui, .camara, .camaraCIBA: [.app]
    }
  }
}
