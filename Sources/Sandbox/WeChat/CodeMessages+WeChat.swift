extension CodeMessages {
  /// The global codes of WeChat's server interfaces.
  static let weChat: [String: String] = [
    "-1": "system error", "40001": "invalid credential, access_token is invalid or not latest",
    "40002": "invalid grant_type", "40013": "invalid appid", "40014": "invalid access_token", "40029": "invalid code",
    "40125": "invalid appsecret", "40164": "invalid ip, not in whitelist", "41001": "access_token missing",
    "41002": "appid missing", "41004": "appsecret missing", "42001": "access_token expired",
    "43002": "require POST method", "44002": "empty post data", "45009": "reach max api daily quota limit",
    "45011": "api minute-quota reach limit, must slower, retry next minute", "47001": "data format error",
    "48001": "api unauthorized", "48004": "api forbidden for irregularities", "50002": "user limited",
  ]
}
