/// What the codes mean, in the vendors' way of saying it, by interface: one code can mean two things.
enum CodeText {
  /// `specs/china-mobile.md` §1.6.
  static let oneClick: [String: String] = [
    "103000": "success", "103001": "fail", "103002": "没有填写必传参数", "103003": "forbidden",
    "103004": "resource not found", "103005": "inner error", "104000": "app不存在", "104001": "businessType校验失败",
    "104003": "应用没有权益", "104004": "权益已失效", "104007": "token不存在", "104008": "token校验失败[userInformation]",
    "104010": "配置错误", "104012": "本机号码校验失败", "104013": "验证签名失败", "104014": "busineseType校验失败",
    "104015": "运管配置错误", "104016": "开放平台配置错误", "104017": "IP校验失败", "104019": "token校验失败[MSISDN_OWNERS]",
    "105112": "时间戳非法", "105113": "APPID非法或为空",
  ]

  /// §2 and the quick-app document's appendix.
  static let quickApp: [String: String] = [
    "000": "是本机号码", "001": "非本机号码", "000000": "token获取成功", "103605": "加密方式或密钥值为空",
    "110004": "ip不在白名单", "110025": "权益已失效", "110027": "能力不可用", "110028": "appId不存在",
    "111002": "网关未插入手机号", "111034": "本机微信小程序信息错误", "120020": "token校验失败", "121011": "号码校验次数超限",
    "130010": "参数为空", "130016": "解码失败", "130018": "验证签名失败", "130030": "参数无效", "130032": "解析参数错误",
    "170001": "referer校验失败", "500": "取号失败", "999999": "系统错误", "0": "请求异常",
  ]

  /// §3.5.
  static let appLogin: [String: String] = [
    "103000": "成功", "103101": "签名错误", "103102": "包签名错误", "103111": "网关IP错误", "103113": "token格式错误",
    "103119": "appid不存在", "103133": "sourceid不合法", "103211": "其他错误", "103412": "无效的请求",
    "103414": "参数校验异常", "103511": "请求ip不在白名单内", "103811": "token为空", "103902": "scrip失效",
    "103911": "token请求过于频繁", "104201": "token失效或不存在", "105001": "联通取号失败", "105002": "移动取号失败",
    "105003": "电信取号失败", "105012": "不支持电信取号", "105013": "不支持联通取号", "105018": "用户权限不足",
    "105019": "应用未授权", "105021": "当天已达取号限额", "105302": "appid不在白名单", "105312": "套餐已用完",
    "105313": "非法请求", "200080": "仅支持移动号码",
  ]

  /// §4 and the server-API document, 2.5.
  static let appVerify: [String: String] = [
    "000": "是本机号码", "001": "非本机号码", "002": "取号失败", "003": "调用内部token校验接口失败",
    "004": "加密手机号码错误", "102": "参数无效", "124": "白名单校验失败", "302": "sign校验失败", "303": "参数解析错误",
    "606": "验证Token失败", "999": "系统异常", "103420": "本机号码校验能力使用权限不足", "102315": "次数已用完",
  ]

  /// H5 and mini-program documents, the tables of their SDKs.
  static let pageSDK: [String: String] = [
    "0": "处理结果正常", "301": "参数错误", "500": "网络异常，请检查网络设置", "501": "用户取消授权",
    "502": "电信/联通取号能力关闭", "503": "获取token结束", "504": "wifi环境", "103002": "没有填写必传参数",
    "103101": "错误的请求签名", "103111": "WAP网关IP错误", "103134": "WAP取号为空", "103211": "其他错误",
    "103609": "物联网IP不允许取号", "104000": "app不存在", "104001": "businessType校验失败", "104003": "应用没有权益",
    "104004": "权益已失效", "104005": "referer校验失败", "104006": "origin校验失败", "104007": "accessToken不存在",
    "104008": "accessToken校验失败", "104009": "超过失败次数限制获取Token", "104010": "配置错误", "104011": "手机号不能为空",
    "104012": "本机号码校验失败", "104014": "busineseType校验失败", "104015": "运管配置错误", "104016": "开放配置错误",
    "104018": "正在处理，请稍后", "104020": "电信取号异常", "104021": "联通取号异常", "104022": "内部熔断",
    "105001": "联通网关取号失败", "105002": "移动网关取号失败", "105003": "电信网关取号失败", "105025": "已超限",
    "105112": "时间戳非法", "105113": "APPID非法或为空", "105117": "TRACEID为空", "108001": "businessType is null",
    "110023": "应用没有权益", "110024": "businessType配置错误", "110025": "权益已失效", "110026": "Origin校验失败",
    "110028": "微信appid列表为空", "110029": "微信appid校验失败", "110030": "appScene错误", "111002": "黑名单号码用户",
    "130010": "参数为空", "130030": "参数为空", "130035": "其他错误", "170001": "referer校验失败", "-10000": "取号异常",
    "-10001": "取号失败", "-10008": "超过预设取号阈值", "-10009": "时间超期", "-10011": "运营商不匹配",
    "-10016": "安全校验失败", "-20005": "签名非法", "-99999": "服务内部错误",
  ]

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
