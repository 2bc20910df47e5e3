/// The operation that an app requests from a vendor.
public enum Operation: String, Sendable, Hashable, CaseIterable {
  /// One-click login (一键登录): exchanges the token for the phone number.
  case login
  /// Number verification (本机号码校验): compares an entered number with the phone's number.
  case verify
}

/// The platform of the vendor's SDK.
public enum Channel: String, Sendable, Hashable, CaseIterable {
  case h5
  case quickApp = "quick-app"
  case weChatMiniProgram = "wechat-mini-program"
  case alipayMiniProgram = "alipay-mini-program"
  case app
}

/// A carrier of mainland China, by the two letters that the SDKs use.
public enum Carrier: String, Sendable, Hashable, CaseIterable, Comparable {
  case chinaMobile = "YD"
  case chinaTelecom = "CT"
  case chinaUnicom = "CU"

  /// YD, CT, CU: the order in which the SDKs try the carriers, and in which ties are resolved.
  public static func < (left: Carrier, right: Carrier) -> Bool { left.order < right.order }

  private var order: Int {
    switch self {
    case .chinaMobile: 0
    case .chinaTelecom: 1
    case .chinaUnicom: 2
    }
  }
}

/// The stage of an authentication.
public enum Stage: String, Sendable, Hashable, CaseIterable {
  /// The SDK gets the number from the carrier (取号).
  case acquire
  /// The SDK gets the token (获取 token).
  case token
  /// The gateway requests a credential from the vendor, such as an access token.
  case credential
  /// The gateway's requests to the vendor; `prepare` and `sign` can also succeed without a request.
  case prepare, sign, login, verify
  /// Numgate itself.
  case gateway
}

/// The party that can fix a failure.
public enum Fault: String, Sendable, Hashable, CaseIterable {
  case user
  /// The caller's request.
  case team
  /// The gateway's configuration or the contract with the vendor.
  case `operator`
  case carrier, vendor, gateway
}

/// The action that is recommended to the caller.
public enum Advice: String, Sendable, Hashable, CaseIterable {
  case useSMS = "use-sms"
  case useCellular = "use-cellular"
  case newSession = "new-session"
  case askAgain = "ask-again"
  case retryLater = "retry-later"
  case fixRequest = "fix-request"
  case fixConfiguration = "fix-configuration"
  case contactVendor = "contact-vendor"
  case none
}

/// Whether the vendor charges for a call.
public enum Billing: String, Sendable, Hashable, CaseIterable {
  case yes, no, unknown
}

/// Whether the vendor may have consumed the single-use token.
public enum Delivery: String, Sendable, Hashable, CaseIterable {
  /// The vendor has not received the request: the token can be used again.
  case notSent = "not-sent"
  /// The vendor has responded.
  case answered
  /// The request was sent, but there is no response: the vendor may have consumed the token.
  case unknown
}

/// The result of a number verification.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
  case match, mismatch
  /// The vendor could not determine the result, or returned a result that the provider file does not list.
  case unknown
}
