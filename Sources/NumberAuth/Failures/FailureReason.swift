/// All reasons for a failed authentication. The raw value is stable; it is used in the API, in metrics and in provider
/// files.
public enum FailureReason: String, Sendable, Hashable, CaseIterable {
  case cellularRequired = "cellular-required"
  case carrierUnsupported = "carrier-unsupported"
  case clientUnsupported = "client-unsupported"
  case numberNotAcquired = "number-not-acquired"
  case numberBarred = "number-barred"
  case numberMismatch = "number-mismatch"
  case tooManyAttempts = "too-many-attempts"
  case userCancelled = "user-cancelled"
  case acquisitionEnded = "acquisition-ended"
  case tokenExpired = "token-expired"
  case tokenMalformed = "token-malformed"
  case tokenNotPermitted = "token-not-permitted"
  case clientFingerprintMismatch = "client-fingerprint-mismatch"
  case invalidRequest = "invalid-request"
  case invalidPhoneNumber = "invalid-phone-number"
  case unauthenticated
  case forbidden
  case notFound = "not-found"
  case idempotencyKeyReused = "idempotency-key-reused"
  case requestInProgress = "request-in-progress"
  case operationUnsupported = "operation-unsupported"
  case sessionInvalid = "session-invalid"
  case payloadTooLarge = "payload-too-large"
  case rateLimited = "rate-limited"
  case signatureRejected = "signature-rejected"
  case encryptionRejected = "encryption-rejected"
  case clockRejected = "clock-rejected"
  case appUnknown = "app-unknown"
  case notEntitled = "not-entitled"
  case entitlementExpired = "entitlement-expired"
  case quotaExhausted = "quota-exhausted"
  case pageNotRegistered = "page-not-registered"
  case ipNotAllowed = "ip-not-allowed"
  case misconfigured
  case requestRejected = "request-rejected"
  case vendorBusy = "vendor-busy"
  case vendorUnavailable = "vendor-unavailable"
  case vendorUnreachable = "vendor-unreachable"
  case vendorTimeout = "vendor-timeout"
  case vendorProtocolError = "vendor-protocol-error"
  case vendorOther = "vendor-other"
  case unmapped
  case overloaded
  case `internal`
}

extension FailureReason {
  /// Whether only Numgate itself reports the reason. A provider file cannot map a vendor's code to it.
  public var isGatewayOnly: Bool {
    switch self {
    case .unauthenticated, .forbidden, .notFound, .idempotencyKeyReused, .requestInProgress, .operationUnsupported,
      .sessionInvalid, .payloadTooLarge, .rateLimited,
      .vendorUnreachable, .unmapped, .overloaded, .internal:
      true
    default: false
    }
  }

  /// The properties that a reason always has.
  public struct Properties: Sendable {
    public let fault: Fault
    public let advice: Advice
    /// The HTTP status of the response.
    public let status: Int
    public let title: String
    public let titleChinese: String
  }

  public var fault: Fault { properties.fault }
  public var advice: Advice { properties.advice }
  public var status: Int { properties.status }
  public var title: String { properties.title }
  public var titleChinese: String { properties.titleChinese }

  /// The table of faults, advice, statuses and titles.
  public var properties: Properties {
    func row(_ fault: Fault, _ advice: Advice, _ status: Int, _ title: String, _ chinese: String) -> Properties {
      Properties(fault: fault, advice: advice, status: status, title: title, titleChinese: chinese)
    }
    return switch self {
    case .cellularRequired: row(.user, .useCellular, 422, "The phone is not on mobile data.", "手机未使用移动数据网络。")
    case .carrierUnsupported:
      row(.user, .useSMS, 422, "The user's carrier or region is not supported.", "暂不支持用户所属的运营商或地区。")
    case .clientUnsupported:
      row(
        .user, .useSMS, 422, "The phone, browser, app or page does not support this function.",
        "当前手机、浏览器、应用或页面不支持该功能。")
    case .numberNotAcquired:
      row(.carrier, .useSMS, 422, "The carrier could not obtain the phone number.", "运营商取号失败。")
    case .numberBarred: row(.user, .useSMS, 422, "This number is not allowed to use the service.", "该号码不允许使用此服务。")
    case .numberMismatch:
      row(.user, .askAgain, 422, "The entered number is not the number of this phone.", "填写的号码不是本机号码。")
    case .tooManyAttempts:
      row(.user, .useSMS, 429, "Too many attempts with this number.", "该号码尝试次数过多。")
    case .userCancelled: row(.user, .useSMS, 422, "The user cancelled.", "用户取消了操作。")
    case .acquisitionEnded: row(.team, .newSession, 422, "The page cancelled the number acquisition.", "页面主动结束了取号。")
    case .tokenExpired:
      row(.user, .newSession, 422, "The token is unknown, expired or already used.", "token 不存在、已过期或已使用。")
    case .tokenMalformed:
      row(.team, .fixRequest, 422, "The token is empty or was not issued by this vendor.", "token 为空或不是该厂商的 token。")
    case .tokenNotPermitted:
      row(.team, .fixRequest, 422, "The token belongs to another app or operation.", "token 属于其他应用或其他功能。")
    case .clientFingerprintMismatch:
      row(
        .team, .fixRequest, 422, "userInformation differs from the value that the SDK returned.",
        "userInformation 与 SDK 返回的不一致。")
    case .invalidRequest: row(.team, .fixRequest, 400, "The request is malformed.", "请求格式有误。")
    case .invalidPhoneNumber:
      row(
        .team, .fixRequest, 400, "This is not a valid phone number of a country that the vendor serves.",
        "不是有效的手机号，或厂商不支持该国家或地区的号码。")
    case .unauthenticated: row(.team, .fixRequest, 401, "The team key is missing or invalid.", "团队密钥缺失或错误。")
    case .forbidden: row(.team, .fixRequest, 403, "The team is not allowed to use this app.", "该团队无权使用此应用。")
    case .notFound: row(.team, .fixRequest, 404, "The app, route or resource does not exist.", "应用、路由或资源不存在。")
    case .idempotencyKeyReused:
      row(
        .team, .fixRequest, 422, "The Idempotency-Key was used with another request body.", "该幂等键已用于其他请求内容。")
    case .requestInProgress:
      row(
        .team, .retryLater, 409, "The first request with this Idempotency-Key is in progress.", "使用该幂等键的首个请求仍在处理中。")
    case .operationUnsupported:
      row(.team, .fixRequest, 409, "The app's provider does not support this operation.", "该应用的厂商不支持此操作。")
    case .sessionInvalid:
      row(.team, .newSession, 409, "The session is invalid, expired or belongs to another app.", "会话无效、已过期或属于其他应用。")
    case .payloadTooLarge: row(.team, .fixRequest, 413, "The request is too large.", "请求内容过大。")
    case .rateLimited: row(.team, .retryLater, 429, "The rate limit of the gateway is exceeded.", "已达到网关的频率限制。")
    case .signatureRejected:
      row(.operator, .fixConfiguration, 502, "The vendor rejected the signature.", "厂商验签失败。")
    case .encryptionRejected:
      row(.operator, .fixConfiguration, 502, "Encrypted data could not be decrypted.", "加密数据无法解密。")
    case .clockRejected:
      row(.operator, .fixConfiguration, 502, "The vendor rejected the timestamp.", "厂商不接受我方时间戳。")
    case .appUnknown:
      row(.operator, .fixConfiguration, 502, "The app or key is unknown to the vendor.", "厂商侧不存在我方应用或密钥。")
    case .notEntitled:
      row(.operator, .contactVendor, 502, "The account is not authorised for this function.", "账号未开通该能力。")
    case .entitlementExpired:
      row(.operator, .contactVendor, 502, "The account's entitlement has expired.", "账号权益已失效。")
    case .quotaExhausted:
      row(.operator, .contactVendor, 502, "The account's package or balance is exhausted.", "套餐或余额已用完。")
    case .pageNotRegistered:
      row(.operator, .fixConfiguration, 502, "The page is not registered with the vendor.", "页面未在厂商处报备。")
    case .ipNotAllowed:
      row(
        .operator, .fixConfiguration, 502, "The gateway's IP address is not on the vendor's allowlist.",
        "我方出口 IP 不在厂商白名单内。")
    case .misconfigured:
      row(.operator, .fixConfiguration, 502, "The settings at the vendor are incorrect.", "厂商侧配置有误。")
    case .requestRejected:
      row(.gateway, .contactVendor, 502, "The vendor rejected the gateway's request as malformed.", "厂商认为我方请求有误。")
    case .vendorBusy: row(.vendor, .retryLater, 503, "The vendor is busy.", "厂商繁忙。")
    case .vendorUnavailable: row(.vendor, .retryLater, 503, "The vendor's service is unavailable.", "厂商服务不可用。")
    case .vendorUnreachable:
      row(.vendor, .retryLater, 503, "The vendor could not be reached.", "无法连接厂商。")
    case .vendorTimeout:
      row(.vendor, .newSession, 504, "The vendor did not respond in time.", "厂商未及时应答。")
    case .vendorProtocolError:
      row(.vendor, .contactVendor, 502, "The vendor's response could not be parsed.", "无法解析厂商应答。")
    case .vendorOther: row(.vendor, .retryLater, 502, "The vendor reported another error.", "厂商返回其他错误。")
    case .unmapped:
      row(.vendor, .contactVendor, 502, "The vendor returned an unknown code.", "厂商返回了未收录的错误码。")
    case .overloaded:
      row(.gateway, .retryLater, 503, "The gateway cannot accept the request now.", "网关暂不受理请求。")
    case .internal: row(.gateway, .contactVendor, 500, "Internal error of the gateway.", "网关内部错误。")
    }
  }
}
