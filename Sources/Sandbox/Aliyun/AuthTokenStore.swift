/// The valid pairs of AccessToken and JwtToken.
struct AuthTokenStore: Sendable {
  private var byAccessToken: [String: AuthToken] = [:]
  private var byJwtToken: [String: AuthToken] = [:]
  private var sweep = SweepSchedule()

  mutating func add(_ token: AuthToken) {
    sweep.sweepIfDue(byAccessToken.count) {
      let since = token.mintedAt - AuthToken.jwtTokenLife
      byAccessToken = byAccessToken.filter { $0.value.mintedAt >= since }
      byJwtToken = byJwtToken.filter { $0.value.mintedAt >= since }
      return byAccessToken.count
    }
    byAccessToken[token.accessToken] = token
    byJwtToken[token.jwtToken] = token
  }

  func accessToken(_ text: String) -> AuthToken? { byAccessToken[text] }

  func jwtToken(_ text: String) -> AuthToken? { byJwtToken[text] }
}
