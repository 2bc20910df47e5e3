private import ChinaMobile
private import Cryptography
private import JSON
public import NumberAuth

/// China Mobile number verification for quick apps (`vendor-documents/china-mobile-quick-app.txt`,
/// `specs/china-mobile.md §2`).
///
/// Account fields: `appId`, `appKey`, `privateKey` (client), `platformPublicKey`; `matchCodes` and `mismatchCodes`, the
/// result codes for verdicts (no document defines them; until the vendor has confirmed them, no result is a match);
/// `preSignForm`; `sdkVersion`, the version for jssdk.getSign (the page's default if it is missing); `openType`, 1
/// (default) for China Mobile or 0 for three carriers; `isTest` 0 selects the SDK's test environment, which requires
/// `testNumber`, because it only simulates the acquisition of the number (§3.3).
public struct ChinaMobileQuickApp: ClientPreparing, ClientSigning, NumberVerifying {
  static let target = "/NumberAbility/h5/verifyVmMobileApi.htm"
  static let version = "1.0"

  public let table: FailureTable
  private let appId: String
  private let appKey: Secret
  private let rsa: RSAVerification
  private let matchCodes: [String]
  private let mismatchCodes: [String]
  private let preSign: PreSign
  private let clientParameters: JSONFragment

  public init(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    appId = try settings.required("appId").revealed
    appKey = try settings.required("appKey")
    rsa = try RSAVerification(settings, privateKey: "privateKey")
    matchCodes = Self.codes(settings.optional("matchCodes"))
    mismatchCodes = Self.codes(settings.optional("mismatchCodes"))
    if let both = matchCodes.first(where: mismatchCodes.contains) {
      throw AccountFault(field: "mismatchCodes", "the code '\(both)' is in both matchCodes and mismatchCodes")
    }
    preSign = PreSign(appId: appId, form: try settings.choice("preSignForm", default: PreSign.Form.documented))
    clientParameters = try Self.clientParameters(settings, appId: appId, form: preSign.form)
  }

  private static func clientParameters(
    _ settings: AccountSettings, appId: String, form: PreSign.Form
  ) throws(AccountFault) -> JSONFragment {
    let version = settings.optional("sdkVersion")?.revealed
    if let version, !PreSign.isVersion(version, form: form) {
      throw AccountFault(field: "sdkVersion", "'sdkVersion' must be a version such as 1.2 for this 'preSignForm'")
    }
    let openType = settings.optional("openType")?.revealed ?? "1"
    let isTest = settings.optional("isTest")?.revealed ?? ""
    let testNumber = settings.optional("testNumber")?.revealed
    if isTest == "0" {
      guard openType == "1" else {
        throw AccountFault(field: "openType", "'openType' must be 1 in the test environment ('isTest' is 0)")
      }
      guard testNumber != nil else {
        throw AccountFault(field: "testNumber", "'testNumber' is required for the test environment ('isTest' is 0)")
      }
    } else if testNumber != nil {
      throw AccountFault(field: "testNumber", "'testNumber' is only for the test environment ('isTest' is not 0)")
    }
    if let testNumber, PhoneNumber(testNumber)?.text != testNumber {
      throw AccountFault(field: "testNumber", "'testNumber' must be a mobile number of 11 digits")
    }
    return JSONFragment {
      $0.object {
        $0.member("appId", appId)
        if let version { $0.member("version", version) }
        $0.member("openType", openType)
        $0.member("expandParams", testNumber.map { "phoneNum=\($0)" } ?? "")
        $0.member("isTest", isTest)
      }
    }
  }

  private static func codes(_ list: Secret?) -> [String] {
    (list?.revealed ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
  }

  /// The data of jssdk.getImgSrc and jssdk.getTokenInfo (§3.3, §3.4.1), without the signature that `sign` returns, and
  /// the version for jssdk.getSign (§1.2).
  public func prepare(_ call: PrepareClient, _ context: CallContext) throws(Failure) -> Exchange<ClientParameters> {
    .answer(ClientParameters(parameters: clientParameters))
  }

  public func privateKeyUse(at stage: Stage) -> PrivateKeyUse { stage == .sign || stage == .verify ? .request : [] }

  /// Signs the text that jssdk.getSign returned (§1.2) with RSA. Throws `invalidRequest` for any other text, because
  /// the same key signs verifications.
  public func sign(_ call: SignClient, _ context: CallContext) throws(Failure) -> Exchange<ClientSignature> {
    try preSign.check(call.preSign)
    let signature = try rsa.privateKey.signature(of: call.preSign, .md5, stage: .sign)
    return .answer(ClientSignature(sign: Secret(Base64.encode(signature))))
  }

  public func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    guard let userInformation = call.userInformation, !userInformation.isEmpty else {
      throw .gateway(.invalidRequest, "'userInformation' is missing: the SDK returns it with the token.")
    }
    let timestamp = context.now.chinaTime17
    let msgId = context.nonce
    let phoneNum = try rsa.phoneNum(call.phoneNumber, appKey: appKey, timestamp: timestamp)
    let sign = try rsa.sign(appId + msgId + phoneNum + timestamp + call.token.revealed + Self.version)
    let request = VendorRequest.chinaMobile(Self.target) {
      $0.object("header") {
        $0.member("version", Self.version)
        $0.member("msgId", msgId)
        $0.member("appId", appId)
        $0.member("timestamp", timestamp)
      }
      $0.object("body") {
        $0.member("expandParams", "")
        $0.member("phoneNum", phoneNum)
        $0.member("token", call.token.revealed)
        $0.member("sign", sign)
        $0.member("userInformation", userInformation)
      }
    }
    return .send(request) { response throws(Failure) in try read(response, msgId: msgId) }
  }

  private func read(_ response: VendorResponse, msgId: String) throws(Failure) -> VerifiedNumber {
    let answer = try response.json(stage: .verify, table)
    let (code, message) = answer.chinaMobileResult()
    return try Failure.naming(answer.object("body")?.text(of: "taskId")) { () throws(Failure) in
      try answer.checkMessageId(msgId, response)
      let transaction = answer.object("body")?.text(of: "taskId")
      // Compared byte by byte, because `==` considers a Kelvin sign equal to a K.
      let trimmed = code.map(FailureTable.trim) ?? ""
      if matchCodes.contains(where: { $0.hasSameBytes(as: trimmed) }) {
        return VerifiedNumber(verdict: .match, vendorTransaction: transaction, billed: .yes)
      }
      if mismatchCodes.contains(where: { $0.hasSameBytes(as: trimmed) }) {
        return VerifiedNumber(verdict: .mismatch, vendorTransaction: transaction, billed: .yes)
      }
      // The table contains only failures and the verdict `unknown`; the account defines the codes of the other verdicts.
      let row = try table.judge(code, message: message, stage: .verify, status: response.status)
      return VerifiedNumber(verdict: .unknown, vendorTransaction: transaction, billed: row.billed)
    }
  }
}
