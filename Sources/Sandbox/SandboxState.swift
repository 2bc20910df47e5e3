/// The state of all simulated vendors.
struct SandboxState: Sendable {
  var tokens = TokenStore()
  var limits = NumberLimits()
  var authTokens = AuthTokenStore()
  var camaraGrants = CAMARAGrants()
  var weChatTokens = WeChatAccessTokens()
  var nonces = NonceStore()
  var armed = ArmedFaults()
  var requests = RequestLog()
  var phone = BrowserPhone()
}
