extension CodeMessages {
  /// `specs/other-vendors.md` §1 and the code table of JiGuang's REST document.
  static let jiGuang: [String: String] = [
    "8000": "get phone success", "8001": "get phone fail", "9000": "verify consistent",
    "9001": "verify not consistent", "9002": "unknown result", "9003": "token expired or not exist",
    "9004": "config not found", "9005": "verify interval is less than the minimum limit",
    "9006": "frequency of verifying single number is beyond the maximum limit", "9007": "beyond daily frequency limit",
    "9010": "miss auth", "9011": "auth failed", "9012": "parameter invalid", "9013": "request method not supported",
    "9014": "appkey is blocked", "9015": "http media type not supported", "9018": "appKey no money",
    "9031": "not validate user", "9099": "bad server",
  ]

  /// getToken and loginAuth in JiGuang's client documents.
  static let jiGuangSDK: [String: String] = [
    "2001": "fetch token failed", "6001": "fetch loginToken failed", "6002": "login cancelled",
    "7001": "preLogin failed",
  ]
}
