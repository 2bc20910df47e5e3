/// The pair of tokens that Aliyun's GetAuthToken returns for a page (`specs/aliyun.md` §5).
struct AuthToken: Sendable {
  /// Lifetimes of the two tokens, in milliseconds.
  static let accessTokenLife: Int64 = 10 * 60_000
  static let jwtTokenLife: Int64 = 3_600_000

  let accessToken: String
  let jwtToken: String
  let account: String
  let scheme: AliyunScheme
  /// The operation of BizType; nil if BizType is missing, as in requests of older SDKs.
  let operation: Operation?
  let mintedAt: Int64
}
