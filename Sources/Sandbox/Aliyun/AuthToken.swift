/// What Aliyun's GetAuthToken hands out for a page (`specs/aliyun.md` §5).
struct AuthToken: Sendable {
  static let accessTokenLife: Int64 = 10 * 60_000
  static let jwtTokenLife: Int64 = 3_600_000

  let accessToken: String
  let jwtToken: String
  let account: String
  let scheme: AliyunScheme
  /// What BizType asked for; nil where it was left out, as older SDKs do.
  let operation: Operation?
  let mintedAt: Int64
}
