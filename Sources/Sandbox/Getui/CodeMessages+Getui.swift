extension CodeMessages {
  /// `specs/other-vendors.md` §3; 40040 is in the table of Getui's older SDKs.
  static let getui: [String: String] = [
    "20000": "成功", "40004": "应用无效", "40005": "APPID为空", "40009": "未知错误", "40031": "IP受限", "40032": "参数错误",
    "40040": "无效token", "50000": "服务异常", "50001": "服务异常", "60001": "业务ID错误", "60002": "请求过快",
    "60004": "没有权限", "60008": "sign验证失败",
  ]

  /// Getui's client documents: the values of errorCode in a callback.
  static let getuiSDK: [String: String] = [
    "-10001": "sdk初始化失败", "-10003": "接口请求超时", "-20100": "传入参数错误", "-20102": "appid无效或者签名无效",
    "-20104": "预登录无效", "-20200": "无网络可用", "-20201": "未插手机电话卡", "-20202": "未开启蜂窝网络", "-20203": "不支持的运营商",
    "-20301": "登录授权页退出", "-20500": "获取运营商APPID失败", "-30001": "服务器返回的其他错误", "-40001": "运营商返回的其他错误",
  ]
}
