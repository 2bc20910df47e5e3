internal import Cryptography
internal import JSON

/// A JWT that an application signs with RS256: the assertion of the JWT bearer grant (RFC 7523), or the authentication of
/// the application (private_key_jwt).
struct ClientAssertion {
  let account: CAMARAAccount
  let subject: String
  let scope: String

  /// Throws `invalid_client` or `invalid_grant`.
  init(
    _ text: String, audience path: String, _ accounts: [String: CAMARAAccount], at now: Int64
  ) throws(Refusal) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let claims = Self.object(parts[1]), let header = Self.object(parts[0]),
      header["alg"]?.string == "RS256", let signature = Base64.decodeAnyForm(parts[2]),
      let account = claims["iss"]?.string.flatMap({ accounts[$0] }),
      account.clientKey.verify(signature, of: parts[0] + "." + parts[1], .sha256)
    else { throw Refusal("invalid_client") }
    guard let issued = claims["iat"]?.int, let end = claims["exp"]?.int, end - issued <= 300,
      Int64(end) * 1000 > now, Int64(issued) * 1000 <= now + 5000, claims["aud"]?.string?.hasSuffix(path) == true,
      claims["jti"]?.string?.isEmpty == false, let subject = claims["sub"]?.string
    else { throw Refusal("invalid_grant") }
    self.account = account
    self.subject = subject
    scope = claims["scope"]?.string ?? ""
  }

  private static func object(_ part: String) -> JSONValue? {
    Base64.decodeAnyForm(part).flatMap { try? JSONValue.parse($0, duplicateKeys: .refused) }
  }
}
