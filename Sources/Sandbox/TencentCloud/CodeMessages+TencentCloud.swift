extension CodeMessages {
  /// Codes of Tencent's SMS interfaces, because the document of this interface has no table (`specs/other-vendors.md`
  /// §4).
  static let tencentCloud: [String: String] = [
    "0": "OK", "1001": "sig check failed", "1004": "request package format error", "1006": "no permission",
    "1007": "other error", "1021": "request time is out of range",
  ]
}
