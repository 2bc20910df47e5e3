/// The access tokens that WeChat has issued to mini-programs.
struct WeChatAccessTokens: Sendable {
  /// Milliseconds.
  static let life: Int64 = 7200 * 1000
  /// In the last five minutes of a token, its successor is issued, and both are valid.
  static let overlap: Int64 = 300 * 1000

  private struct Issued: Sendable {
    let text: String
    let expiresAt: Int64
  }

  /// By appId; the newest is last. At most two for each app.
  private var issued: [String: [Issued]] = [:]

  /// The current token, or a new one near the end of its lifetime. With `isForced`, the former ones become invalid.
  mutating func token(of appId: String, isForced: Bool, at now: Int64) -> (text: String, secondsLeft: Int64) {
    var tokens = isForced ? [] : (issued[appId] ?? []).filter { $0.expiresAt > now }
    if tokens.last.map({ $0.expiresAt - now < Self.overlap }) ?? true {
      tokens = tokens.suffix(1) + [Issued(text: RandomText.alphanumeric(136), expiresAt: now + Self.life)]
    }
    issued[appId] = tokens
    let current = tokens[tokens.count - 1]
    return (current.text, (current.expiresAt - now) / 1000)
  }

  /// The app to which a token was issued; nil if the token is unknown or has expired.
  func app(of text: String, at now: Int64) -> String? {
    issued.first { $0.value.contains { $0.text == text && $0.expiresAt > now } }?.key
  }
}
