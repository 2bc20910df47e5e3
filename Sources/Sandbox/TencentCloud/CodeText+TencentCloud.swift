extension CodeText {
  /// `specs/other-vendors.md` §4: what Tencent's SMS interfaces answer, for the document has no table of its own.
  static let tencentCloud: [String: String] = [
    "0": "OK", "1001": "sig check failed", "1004": "request package format error", "1006": "no permission",
    "1007": "other error", "1021": "request time is out of range",
  ]
}
