internal import Cryptography
internal import JSON
internal import Networking

/// Shanyan's two interfaces: `POST /open/flashsdk/mobile-query` for one-click login and
/// `POST /open/flashsdk/mobile-validate` for verification (`specs/other-vendors.md` §5).
struct ShanyanCall: VendorEndpoint {
  static let loginPath = "/open/flashsdk/mobile-query"
  static let verifyPath = "/open/flashsdk/mobile-validate"

  let core: SandboxCore
  let operation: Operation

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = ShanyanShape()
    do throws(Refusal) {
      guard request.method == "POST", let form = FormFields(request), let appId = form["appId"],
        let text = form["token"], let sign = form["sign"]
      else { throw Refusal("400001") }
      guard let account = core.accounts.shanyan[appId] else { throw Refusal("400901") }
      guard account.allowedAddresses.allow(request.remoteAddress) else { throw Refusal("400102") }
      guard sign == Hex.encode(account.appKey.authenticate(form.joined(without: "sign"))) else {
        throw Refusal("403000")
      }
      if let code = account.refuses[operation] { throw Refusal(code) }
      switch operation {
      case .login: return try login(form, text, account, shape, now)
      case .verify: return try verify(form, text, account, shape, now)
      }
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func login(
    _ form: FormFields, _ text: String, _ account: ShanyanAccount, _ shape: ShanyanShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let encryptionKey: RSAPublicKey?
    switch form["encryptType"] {
    case nil, "0": encryptionKey = nil
    case "1":
      guard let key = account.encryptionKey else { throw Refusal("415000") }
      encryptionKey = key
    default: throw Refusal("400001")
    }
    let token = try redeem(text, account, now)
    let plain = Array(token.phoneNumber.utf8)
    let ciphertext =
      try? encryptionKey?.encrypt(plain) ?? account.numberKey.encrypt(plain, .cbc(iv: account.numberIV))
    guard let ciphertext else { throw Refusal("500002") }
    return shape.success(token.fault) { $0.member("mobileName", Hex.encode(ciphertext)) }
  }

  private func verify(
    _ form: FormFields, _ text: String, _ account: ShanyanAccount, _ shape: ShanyanShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    guard let mobile = form["mobile"] else { throw Refusal("400201") }
    guard PhoneText.isMobileNumber(mobile) else { throw Refusal("400001") }
    let token = try redeem(text, account, now)
    return shape.success(token.fault) { $0.member("isVerify", token.phoneNumber == mobile ? "1" : "0") }
  }

  private func redeem(_ text: String, _ account: ShanyanAccount, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(text, .shanyan, account: account.appId, operation: operation, at: now)
    } catch {
      throw Refusal("500003")
    }
  }
}

/// Responses of Shanyan's interfaces (§5). Codes are strings.
struct ShanyanShape: AnswerShape {
  var codeKey: String { "code" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.member("code", code)
      writer.member("message", message ?? CodeMessages.shanyan[code] ?? "系统异常")
      writer.member("chargeStatus", 0)
    }
  }

  func success(_ fault: Fault?, _ data: (inout JSONWriter) -> Void) -> VendorAnswer {
    VendorAnswer(code: "200000", shape: self, fault: fault) { writer in
      writer.member("code", "200000")
      writer.member("message", CodeMessages.shanyan["200000"] ?? "")
      writer.member("chargeStatus", 1)
      writer.object("data") { writer in
        data(&writer)
        writer.member("tradeNo", RandomText.hex(16))
      }
    }
  }
}
