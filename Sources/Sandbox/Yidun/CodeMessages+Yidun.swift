extension CodeMessages {
  /// `specs/other-vendors.md` §2.
  static let yidun: [String: String] = [
    "200": "ok", "400": "bad request", "401": "forbidden", "405": "param error", "410": "signature failure",
    "420": "request expired", "429": "request over quota", "430": "replay attack", "440": "decode error",
    "450": "wrong token", "503": "service unavailable", "507": "insufficient balance", "508": "qps over limit",
    "1002": "other error",
  ]
}
