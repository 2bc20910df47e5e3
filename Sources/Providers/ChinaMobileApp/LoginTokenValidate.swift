import ChinaMobile
import Cryptography
import JSON
import NumberAuth

/// unisdk/rsapi/loginTokenValidate: exchanges the token for the number (`specs/china-mobile.md §3`).
final class LoginTokenValidate: Sendable {
  static let target = "/unisdk/rsapi/loginTokenValidate"
  static let version = "2.0"

  enum SignatureMode: String, CaseIterable { case md5, rsa }

  /// Apps created before 2018-12-26 that have not been upgraded sign with the appKey (document, note 1).
  enum MD5Key: String, CaseIterable {
    case appSecret
    case appKey
  }

  private enum Mode: Sendable {
    case md5(key: Secret)
    case rsa(sign: RSAPrivateKey, decrypt: RSAPrivateKey)
  }

  private let table: FailureTable
  private let appId: String
  private let strictCheck: String
  private let mode: Mode

  /// nil if the account has no key for this interface, because it is used only for verification.
  init?(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    appId = try settings.required("appId").revealed
    strictCheck = settings.optional("strictCheck")?.revealed ?? "0"
    switch try settings.choice("signature", default: SignatureMode.md5) {
    case .rsa:
      let because = "'signature: rsa' needs it"
      mode = .rsa(
        sign: try settings.privateKey("signPrivateKey", because: because),
        decrypt: try settings.privateKey("decryptPrivateKey", because: because))
    case .md5:
      let field = try settings.choice("md5Key", default: MD5Key.appSecret)
      guard let key = settings.optional(field.rawValue) else { return nil }
      mode = .md5(key: key)
    }
  }

  var privateKeyUse: PrivateKeyUse { if case .rsa = mode { [.request, .answer] } else { [] } }

  func login(_ call: Login, _ context: CallContext) throws(Failure) -> Exchange<RetrievedNumber> {
    let msgid = context.nonce
    let systemtime = context.now.chinaTime17
    let token = call.token.revealed
    let sign: String
    var algorithm = ""
    switch mode {
    case .md5(let key):
      sign = DigestAlgorithm.md5.hex(.upper) {
        $0.append(appId)
        $0.append(Self.version)
        $0.append(msgid)
        $0.append(systemtime)
        $0.append(strictCheck)
        $0.append(token)
        $0.append(key.revealed)
      }
    case .rsa(let key, _):
      sign = Hex.encode(try key.signature(of: appId + token, .sha256, stage: .login))
      algorithm = "RSA"
    }
    let request = VendorRequest.chinaMobile(Self.target) {
      $0.member("version", Self.version)
      $0.member("msgid", msgid)
      $0.member("systemtime", systemtime)
      $0.member("strictcheck", strictCheck)
      $0.member("appid", appId)
      $0.member("expandparams", "")
      $0.member("token", token)
      $0.member("sign", sign)
      $0.member("encryptionalgorithm", algorithm)
    }
    return .send(request) { [self] response throws(Failure) in try read(response, msgid: msgid) }
  }

  private func read(_ response: VendorResponse, msgid: String) throws(Failure) -> RetrievedNumber {
    let answer = try response.json(stage: .login, table)
    let (code, message) = answer.chinaMobileResult()
    return try Failure.naming(answer.text(of: "taskId")) { () throws(Failure) in
      let row = try table.judge(code, message: message, stage: .login, status: response.status)
      if let echoed = answer.text(of: "inresponseto"), echoed != msgid {
        throw response.protocolError(
          .login, "The response belongs to another request (inresponseto).", billed: row.billed)
      }
      guard let msisdn = answer.text(of: "msisdn") else {
        throw response.incompleteSuccess(.login, missing: "msisdn", billed: row.billed)
      }
      let number = try number(from: msisdn, response, billed: row.billed)
      return RetrievedNumber(
        phoneNumber: number, vendorTransaction: answer.text(of: "taskId"), billed: row.billed)
    }
  }

  /// Plain digits in MD5 mode. In RSA mode hexadecimal or Base64: the document does not define the encoding
  /// (`specs/china-mobile.md §3.3`).
  private func number(from msisdn: String, _ response: VendorResponse, billed: Billing) throws(Failure) -> PhoneNumber {
    if let plain = PhoneNumber(msisdn) { return plain }
    guard case .rsa(_, let key) = mode else {
      throw response.protocolError(.login, "msisdn is not a mainland mobile number.", billed: billed)
    }
    guard let bytes = Hex.decodeWrapped(msisdn) ?? Base64.decodeAnyForm(msisdn) else {
      throw response.protocolError(.login, "msisdn is neither hexadecimal nor Base64.", billed: billed)
    }
    guard let plain = try? key.decrypt(bytes) else {
      throw Failure(
        .encryptionRejected, stage: .login, detail: "msisdn cannot be decrypted with the account's key.",
        billed: billed, delivery: .answered)
    }
    guard let number = PhoneNumber(String(decoding: plain, as: UTF8.self)) else {
      throw response.protocolError(.login, "The decrypted msisdn is not a mainland mobile number.", billed: billed)
    }
    return number
  }
}
