extension CodeMessages {
  /// `specs/aliyun.md` §6.
  static let aliyun: [String: String] = [
    "InvalidAccessKeyId.NotFound": "Specified access key is not found.",
    "InvalidAccessKeyId.Inactive": "Specified access key is disabled.",
    "InvalidAction.NotFound": "Specified api is not found, please check your url and method.",
    "InvalidVersion": "Specified parameter Version is not valid.",
    "InvalidTimeStamp.Expired": "Specified time stamp or date value is expired.",
    "InvalidTimeStamp.Format": "Specified time stamp or date value is not well formatted.",
    "SignatureNonceUsed": "Specified signature nonce was used already.",
    "MissingSecurityToken": "SecurityToken is mandatory for this action.",
    "InvalidSecurityToken.Malformed": "Specified SecurityToken is malformed.",
    "InvalidSecurityToken.MismatchWithAccessKey": "Specified SecurityToken mismatch with the AccessKey.",
    "UnsupportedHTTPMethod": "This http method is not supported.",
    "Throttling": "Request was denied due to request throttling.",
    "Throttling.User": "Request was denied due to user flow control.",
    "ServiceUnavailable": "The request has failed due to a temporary failure of the server.",
    "InternalError": "The request processing has failed due to some unknown error.",
    "Forbidden.RAM": "User not authorized to operate on the specified resource.",
    "isv.VERIFY_SCHEME_NOT_EXIST": "认证方案不存在", "isv.SCENE_QUERY_FAIL": "认证场景查询失败",
    "isv.TOKEN_INVALID": "Token无效或已过期", "isv.TOKEN_UNAUTHORIZED_USED": "Token未授权用于此操作",
    "isv.RAM_PERMISSION_DENY": "RAM权限不足", "isv.PRODUCT_UNSUBSCRIBE": "产品未开通", "isv.OUT_OF_SERVICE": "账户余额不足",
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号码不合法", "isv.INVALID_PARAMETERS": "参数不合法",
    "isv.PARAMETERS_MISMATCH": "号码运营商与数据卡不一致", "isv.FORBIDDEN_ACTION": "方案不支持此操作",
    "isp.SYSTEM_ERROR": "系统异常", "isp.UNKNOWN": "未知错误",
  ]

  /// `specs/aliyun.md` §7.
  static let aliyunSDK: [String: String] = [
    "600000": "success", "600004": "方案号不存在", "600008": "环境错误", "600010": "未知异常", "600011": "获取Token失败",
    "600013": "运营商维护升级，该功能不可用", "600014": "运营商维护升级，该功能已达最大调用次数", "600015": "接口超时",
    "600018": "号码被运营商管控", "600025": "接入方身份信息校验失败", "600028": "accessToken或jwtToken参数错误",
    "600032": "BizType错误", "600034": "请求参数过期",
  ]
}
