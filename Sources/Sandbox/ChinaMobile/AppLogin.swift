internal import Cryptography
internal import JSON
internal import Networking

/// One-click login of apps: `POST /unisdk/rsapi/loginTokenValidate` (`specs/china-mobile.md` §3; server-API document,
/// chapter 1). The request selects MD5 or RSA for its signature.
struct AppLogin: VendorEndpoint {
  static let path = "/unisdk/rsapi/loginTokenValidate"

  let core: SandboxCore

  private struct Parameters {
    let version, msgId, systemTime, strictCheck, appId, token, sign: String
    let isRSA: Bool
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let body = try? JSONValue.parse(request.body, duplicateKeys: .refused)
    let shape = AppLoginShape(msgId: body?["msgid"]?.string ?? "", now: now)
    do throws(Refusal) {
      guard request.method == "POST", VendorFields.saysJSON(request) else { throw Refusal("103211") }
      guard !request.body.isEmpty, let body, body.kind == .object else { throw Refusal("103412") }
      return try login(body, request.remoteAddress, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func login(
    _ body: JSONValue, _ address: String, _ shape: AppLoginShape, _ now: Int64
  ) throws(Refusal) -> VendorAnswer {
    let parameters = try read(body)
    guard parameters.version == "2.0", parameters.msgId.utf8.count <= 36,
      parameters.strictCheck == "0" || parameters.strictCheck == "1", core.isCurrent(parameters.systemTime, at: now)
    else { throw Refusal("103414") }
    guard let app = core.accounts.apps[parameters.appId], app.product == .app else { throw Refusal("103119") }
    if let code = app.refuses[.login] { throw Refusal(code) }
    guard parameters.strictCheck == "0" || app.allowedAddresses.allow(address) else { throw Refusal("103511") }
    guard isSigned(parameters, by: app) else { throw Refusal("103101") }
    guard parameters.token.hasPrefix("STsid") else { throw Refusal("103113") }
    let token = try redeem(parameters, now)
    return VendorAnswer(code: "103000", shape: shape, fault: token.fault) { writer in
      writer.member("inresponseto", parameters.msgId)
      writer.member("resultCode", "103000")
      writer.member("msisdn", msisdn(of: token, for: app, parameters))
      writer.member("systemtime", ChinaTime.stamp(now))
      writer.member("taskId", RandomText.hex(16))
    }
  }

  private func read(_ body: JSONValue) throws(Refusal) -> Parameters {
    let fields = VendorFields(value: body, missing: "103414", wrongType: "103211")
    _ = try fields.optional("expandparams")
    let algorithm = try fields.optional("encryptionalgorithm")
    let token = try fields.optional("token")
    let parameters = Parameters(
      version: try fields.required("version"), msgId: try fields.required("msgid"),
      systemTime: try fields.required("systemtime"), strictCheck: try fields.required("strictcheck"),
      appId: try fields.required("appid"), token: token, sign: try fields.required("sign"),
      // Every value other than "RSA" selects MD5.
      isRSA: algorithm == "RSA")
    guard !token.isEmpty else { throw Refusal("103811") }
    return parameters
  }

  /// Accepts hexadecimal digits in both cases, because working clients send either (§3.2, §3.3).
  private func isSigned(_ parameters: Parameters, by app: ChinaMobileApp) -> Bool {
    guard let signature = Hex.decode(parameters.sign) else { return false }
    if parameters.isRSA {
      guard app.encryptionKey != nil else { return false }
      return app.signingKey?.verify(signature, of: parameters.appId + parameters.token, .sha256) ?? false
    }
    let plain =
      parameters.appId + parameters.version + parameters.msgId + parameters.systemTime + parameters.strictCheck
      + parameters.token + (app.appSecret ?? app.appKey)
    return constantTimeEqual(signature, DigestAlgorithm.md5.hash(plain))
  }

  private func redeem(_ parameters: Parameters, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.state.withLock { state throws(TokenStore.Problem) in
        let token = try state.tokens.find(
          parameters.token, .app, account: parameters.appId, operation: .login, at: now)
        state.useUpAppToken(token)
        return token
      }
    } catch {
      switch error {
      case .otherAccount: throw Refusal("103133")
      case .otherOperation: throw Refusal("105018")
      case .unknown, .otherInputs: throw Refusal("104201")
      }
    }
  }

  /// The plain number in MD5 mode; in RSA mode the number encrypted with application public key 2, in hexadecimal
  /// (§3.3).
  private func msisdn(of token: Token, for app: ChinaMobileApp, _ parameters: Parameters) -> String {
    guard parameters.isRSA else { return token.phoneNumber }
    let ciphertext = try? app.encryptionKey?.encrypt(Array(token.phoneNumber.utf8))
    return Hex.encode(ciphertext ?? [])
  }
}

extension SandboxState {
  /// Consumes the token of an app and removes it from the unused tokens of its number.
  mutating func useUpAppToken(_ token: Token) {
    guard tokens.consume(token) else { return }
    limits.removeUnused(token.text, NumberLimits.Key(account: token.account, phoneNumber: token.phoneNumber))
  }
}

/// Responses of loginTokenValidate (§3.4). The document does not show a failure; `desc` is taken from similar
/// interfaces.
struct AppLoginShape: AnswerShape {
  let msgId: String
  let now: Int64

  var codeKey: String { "resultCode" }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self) { writer in
      writer.member("inresponseto", msgId)
      writer.member("resultCode", code)
      writer.member("systemtime", ChinaTime.stamp(now))
      writer.member("desc", message ?? CodeMessages.appLogin[code] ?? "fail")
    }
  }
}
