import Cryptography
public import JSON
public import NumberAuth

/// One-click login with a jssdk token, shared by H5 and the WeChat mini-program (`specs/china-mobile.md §1`).
public struct OneClickLogin: Sendable {
  static let target = "/h5/onekeylogin/tokenValidate"
  static let businessType = "8"

  public let table: FailureTable
  let appId: String
  let appKey: Secret
  let privateKey: RSAPrivateKey
  let interfaceVersion: String
  let decryption: Decryption

  /// How the AES key of `msisdn` is derived from the appKey: the document does not define it
  /// (`specs/china-mobile.md §1.5`).
  enum KeyDerivation: String, CaseIterable {
    /// Tries the first 16 characters, then the whole appKey, until the decrypted number matches its mask.
    case automatic
    case first16 = "first-16"
    case whole
  }

  struct Decryption: Sendable {
    let keys: [AESKey]

    init(_ appKey: Secret, _ derivation: KeyDerivation) throws(AccountFault) {
      let bytes = Array(appKey.revealed.utf8)
      var candidates: [[UInt8]] = []
      if derivation != .whole { candidates.append(Array(bytes.prefix(16))) }
      if derivation != .first16, !candidates.contains(bytes) { candidates.append(bytes) }
      keys = candidates.compactMap { try? AESKey($0) }
      if keys.isEmpty {
        throw AccountFault(field: "appKey", "'appKey' has \(bytes.count) characters; AES requires 16 or 32")
      }
    }
  }

  public init(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    appId = try settings.required("appId").revealed
    appKey = try settings.required("appKey")
    privateKey = try settings.privateKey("privateKey")
    interfaceVersion = settings.optional("interfaceVersion")?.revealed ?? "2.0"
    decryption = try Decryption(appKey, try settings.choice("decryptionKey", default: KeyDerivation.automatic))
  }

  // MARK: Prepare

  /// The signed arguments of the jssdk's getTokenInfo (`specs/china-mobile.md §1.7`). msgId equals traceId.
  public func clientParameters(_ context: CallContext, _ more: (inout JSONWriter) -> Void) -> JSONFragment {
    let version = "2.0"
    let timestamp = context.now.chinaTime17
    let traceId = context.nonce
    let plain = appId + Self.businessType + traceId + timestamp + traceId + version + appKey.revealed
    let sign = Hex.encode(DigestAlgorithm.md5.hash(plain), .upper)
    return JSONFragment {
      $0.object {
        $0.member("version", version)
        $0.member("appId", appId)
        $0.member("sign", sign)
        $0.member("traceId", traceId)
        $0.member("timestamp", timestamp)
        $0.member("openType", "1")
        $0.member("expandParams", "")
        more(&$0)
      }
    }
  }

  // MARK: Login

  /// The request is signed with RSA. The response is encrypted with AES, which needs no private key.
  public static func privateKeyUse(at stage: Stage) -> PrivateKeyUse { stage == .login ? .request : [] }

  public func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    guard let userInformation = call.userInformation, !userInformation.isEmpty else {
      throw .gateway(.invalidRequest, "'userInformation' is missing: the SDK returns it with the token.")
    }
    let timestamp = context.now.chinaTime17
    let plain = appId + context.nonce + timestamp + call.token.revealed + interfaceVersion
    let sign = try privateKey.signature(of: plain, .sha256, stage: .login)
    let request = VendorRequest.chinaMobile(
      Self.target,
      headers: [
        .init("interfaceVersion", interfaceVersion), .init("appId", appId), .init("traceId", context.nonce),
        .init("timestamp", timestamp), .init("businessType", Self.businessType),
      ]
    ) {
      $0.member("token", call.token.revealed)
      $0.member("sign", Hex.encode(sign, .upper))
      $0.member("userInformation", userInformation)
      $0.member("expandParams", "")
    }
    return .send(request) { response throws(Failure) in try read(response) }
  }

  private func read(_ response: VendorResponse) throws(Failure) -> RetrievedNumber {
    let answer = try response.json(stage: .login, table)
    let (code, message) = answer.chinaMobileResult()
    return try Failure.naming(response.header("traceId")) { () throws(Failure) in
      let row = try table.judge(code, message: message, stage: .login, status: response.status)
      guard let data = answer.object("data"), let ciphertext = data["msisdn"]?.string else {
        throw response.incompleteSuccess(.login, missing: "msisdn", billed: row.billed)
      }
      let number = try decrypt(ciphertext, mask: data["securityPhone"]?.string, response, billed: row.billed)
      return RetrievedNumber(
        phoneNumber: number, vendorTransaction: response.header("traceId"), billed: row.billed)
    }
  }

  private func decrypt(
    _ ciphertext: String, mask: String?, _ response: VendorResponse, billed: Billing
  ) throws(Failure) -> PhoneNumber {
    guard let bytes = Base64.decodeAnyForm(ciphertext) else {
      throw response.protocolError(.login, "msisdn is not Base64.", billed: billed)
    }
    var hasMismatch = false
    for key in decryption.keys {
      guard let plain = try? key.decrypt(bytes, .ecb),
        let number = PhoneNumber(String(decoding: plain, as: UTF8.self))
      else { continue }
      guard let mask = mask.map(FailureTable.trim), !mask.isEmpty else { return number }
      if number.agrees(withMask: mask) { return number }
      hasMismatch = true
    }
    if hasMismatch {
      throw response.protocolError(.login, "The decrypted number does not match the masked number.", billed: billed)
    }
    throw Failure(
      .encryptionRejected, stage: .login, detail: "msisdn cannot be decrypted with the account's appKey.",
      billed: billed, delivery: .answered)
  }
}
