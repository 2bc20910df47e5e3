/// What an app asks of a vendor.
public enum Operation: String, Sendable, Hashable, CaseIterable {
  /// One-click login (一键登录): the token becomes the phone number.
  case login
  /// Number verification (本机号码校验): is the typed number this phone's?
  case verify
}

/// Where the vendor's SDK runs.
public enum Channel: String, Sendable, Hashable, CaseIterable {
  case h5
  case quickApp = "quick-app"
  case weChatMiniProgram = "wechat-mini-program"
  case app
}

/// A mainland carrier, by the two letters that the SDKs use.
public enum Carrier: String, Sendable, Hashable, CaseIterable, Comparable {
  case chinaMobile = "YD"
  case chinaTelecom = "CT"
  case chinaUnicom = "CU"

  /// YD, CT, CU: the order in which the SDKs try them, and in which ties are settled.
  public static func < (left: Carrier, right: Carrier) -> Bool { left.order < right.order }

  private var order: Int {
    switch self {
    case .chinaMobile: 0
    case .chinaTelecom: 1
    case .chinaUnicom: 2
    }
  }
}

/// Where in the course of an authentication something happens.
public enum Stage: String, Sendable, Hashable, CaseIterable {
  /// 取号, in the SDK.
  case acquire
  /// 获取 token, in the SDK.
  case token
  case prepare, sign, login, verify
  /// In Numgate itself.
  case gateway
}

/// Who can mend a failure.
public enum Fault: String, Sendable, Hashable, CaseIterable {
  case user
  /// The caller's request.
  case team
  /// Our configuration or contract.
  case `operator`
  case carrier, vendor, gateway
}

/// What the caller should do next.
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
  case notSent = "not-sent"
  case answered
  case unknown
}

/// The answer to a number verification.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
  case match, mismatch
  /// The vendor cannot tell, or said something that no table lists.
  case unknown
}
