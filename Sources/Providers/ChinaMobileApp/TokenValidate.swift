import ChinaMobile
import Cryptography
import JSON
import NumberAuth

/// openapi/rs/tokenValidate: checks whether the token belongs to the number (`specs/china-mobile.md §4`).
final class TokenValidate: Sendable {
  static let target = "/openapi/rs/tokenValidate"
  static let version = "1.0"

  enum KeyType: String, CaseIterable {
    /// The number as a SHA-256 digest, the request signed with HMAC-SHA256.
    case hmac = "0"
    /// The number encrypted for the platform, the request signed with MD5withRSA.
    case rsa = "1"
  }

  /// The document defines every parameter as a string, but a working client sends keyType as a number.
  enum KeyTypeForm: String, CaseIterable { case text, number }

  private enum Mode: Sendable {
    case hmac(HMACKey)
    case rsa(RSAVerification)
  }

  private let table: FailureTable
  private let appId: String
  private let appKey: Secret
  private let mode: Mode
  private let keyTypeForm: KeyTypeForm

  /// nil if the account has no appKey, because it is used only for login.
  init?(_ settings: AccountSettings) throws(AccountFault) {
    table = settings.table
    appId = try settings.required("appId").revealed
    keyTypeForm = try settings.choice("keyTypeForm", default: .text)
    let keyType = try settings.choice("keyType", default: KeyType.hmac)
    guard let appKey = settings.optional("appKey") else {
      if keyType == .rsa { throw AccountFault(field: "appKey", "'appKey' is missing; 'keyType: \"1\"' needs it") }
      return nil
    }
    self.appKey = appKey
    switch keyType {
    case .hmac: mode = .hmac(HMACKey(.sha256, key: appKey.revealed))
    case .rsa:
      mode = .rsa(try RSAVerification(settings, privateKey: "privateKey", because: "'keyType: \"1\"' needs it"))
    }
  }

  var privateKeyUse: PrivateKeyUse { if case .rsa = mode { .request } else { [] } }

  func verify(_ call: Verify, _ context: CallContext) throws(Failure) -> Exchange<VerifiedNumber> {
    let msgId = context.nonce
    let timestamp = context.now.chinaTime17
    let token = call.token.revealed
    let keyType: KeyType
    let phoneNum: String
    let sign: String
    switch mode {
    case .hmac(let key):
      keyType = .hmac
      let number = DigestAlgorithm.sha256.hex(.upper) {
        $0.append(call.phoneNumber.text)
        $0.append(appKey.revealed)
        $0.append(timestamp)
      }
      phoneNum = number
      sign = key.hex(.upper) { input in
        signedValues(msgId: msgId, phoneNum: number, timestamp: timestamp, token: token) { input.append($0) }
      }
    case .rsa(let rsa):
      keyType = .rsa
      phoneNum = try rsa.phoneNum(call.phoneNumber, appKey: appKey, timestamp: timestamp)
      var text = ""
      signedValues(msgId: msgId, phoneNum: phoneNum, timestamp: timestamp, token: token) { text += $0 }
      sign = try rsa.sign(text)
    }
    let request = VendorRequest.chinaMobile(Self.target) {
      $0.object("header") {
        $0.member("version", Self.version)
        $0.member("msgId", msgId)
        $0.member("timestamp", timestamp)
        $0.member("appId", appId)
      }
      $0.object("body") {
        $0.member("openType", openType(call.carrier))
        $0.member("requesterType", call.channel == .h5 ? "1" : "0")
        switch keyTypeForm {
        case .text: $0.member("keyType", keyType.rawValue)
        case .number: $0.member("keyType", keyType == .rsa ? 1 : 0)
        }
        $0.member("phoneNum", phoneNum)
        $0.member("token", token)
        $0.member("sign", sign)
      }
    }
    return .send(request) { [self] response throws(Failure) in try read(response, msgId: msgId) }
  }

  /// The signed values, sorted by parameter name; phoneNum as it is sent.
  private func signedValues(
    msgId: String, phoneNum: String, timestamp: String, token: String, _ append: (String) -> Void
  ) {
    append(appId)
    append(msgId)
    append(phoneNum)
    append(timestamp)
    append(token)
    append(Self.version)
  }

  private func openType(_ carrier: Carrier?) -> String {
    switch carrier {
    case .chinaMobile: "1"
    case .chinaUnicom: "2"
    case .chinaTelecom: "3"
    case nil: "0"
    }
  }

  private func read(_ response: VendorResponse, msgId: String) throws(Failure) -> VerifiedNumber {
    let answer = try response.json(stage: .verify, table)
    let (code, message) = answer.chinaMobileResult()
    return try Failure.naming(answer.object("body")?.text(of: "taskId")) { () throws(Failure) in
      let row = try table.judge(code, message: message, stage: .verify, status: response.status)
      try answer.checkMessageId(msgId, response)
      let body = answer.object("body")
      let verdict: Verdict = if case .verdict(let verdict) = row.meaning { verdict } else { .unknown }
      let assist = verdict == .mismatch ? body?.text(of: "accessToken").map(Secret.init) : nil
      return VerifiedNumber(
        verdict: verdict, smsAssistToken: assist, vendorTransaction: body?.text(of: "taskId"), billed: row.billed)
    }
  }
}
