public import Cryptography
public import NumberAuth

/// The RSA form of number verification, which the quick app (`specs/china-mobile.md §2`) and keyType 1 of
/// openapi/rs/tokenValidate (§4) share: the number encrypted for the platform, the request signed MD5withRSA.
public struct RSAVerification: Sendable {
  public let privateKey: RSAPrivateKey
  let platformKey: RSAPublicKey

  public init(_ settings: AccountSettings, privateKey: String, because: String? = nil) throws(AccountFault) {
    self.privateKey = try settings.privateKey(privateKey, because: because)
    platformKey = try settings.publicKey("platformPublicKey", because: because)
  }

  /// Base64 of PKCS#1 v1.5 over number, appKey and the request's own timestamp.
  public func phoneNum(_ number: PhoneNumber, appKey: Secret, timestamp: String) throws(Failure) -> String {
    Base64.encode(
      try platformKey.ciphertext(of: number.digits + appKey.revealed + timestamp, stage: .verify))
  }

  public func sign(_ plain: String) throws(Failure) -> String {
    Base64.encode(try privateKey.signature(of: plain, .md5, stage: .verify))
  }
}
