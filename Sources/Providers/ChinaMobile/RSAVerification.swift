public import Cryptography
public import NumberAuth

/// The RSA mode of number verification, shared by the quick app (`specs/china-mobile.md §2`) and keyType 1 of
/// openapi/rs/tokenValidate (§4). The number is encrypted for the platform; the request is signed with MD5withRSA.
public struct RSAVerification: Sendable {
  public let privateKey: RSAPrivateKey
  let platformKey: RSAPublicKey

  public init(_ settings: AccountSettings, privateKey: String, because: String? = nil) throws(AccountFault) {
    self.privateKey = try settings.privateKey(privateKey, because: because)
    platformKey = try settings.publicKey("platformPublicKey", because: because)
  }

  /// The number, the appKey and the request's timestamp, encrypted with PKCS#1 v1.5, in Base64.
  public func phoneNum(_ number: PhoneNumber, appKey: Secret, timestamp: String) throws(Failure) -> String {
    Base64.encode(
      try platformKey.ciphertext(of: number.text + appKey.revealed + timestamp, stage: .verify))
  }

  public func sign(_ plain: String) throws(Failure) -> String {
    Base64.encode(try privateKey.signature(of: plain, .md5, stage: .verify))
  }
}
