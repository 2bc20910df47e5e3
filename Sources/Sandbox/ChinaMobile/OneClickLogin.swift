internal import Cryptography
internal import JSON
internal import Networking

/// One-click login of H5 pages and WeChat mini-programs: `POST /h5/onekeylogin/tokenValidate`
/// (`specs/china-mobile.md` §1). Some parameters are HTTP header fields, the others are in a JSON body.
struct OneClickLogin: VendorEndpoint {
  static let path = "/h5/onekeylogin/tokenValidate"

  let core: SandboxCore

  private struct Parameters {
    let version, appId, traceId, timestamp, token, sign, userInformation: String
  }

  func answer(_ request: HTTPRequest, at now: Int64) -> VendorAnswer {
    let shape = OneClickShape(
      traceId: request.headers["traceId"] ?? "", appId: request.headers["appId"] ?? "", now: now)
    do throws(Refusal) {
      guard request.method == "POST" else { throw Refusal("103003") }
      guard VendorFields.saysJSON(request) else { throw Refusal("103005") }
      return try login(request, shape, now)
    } catch {
      return shape.refusal(error.code, error.message)
    }
  }

  private func login(_ request: HTTPRequest, _ shape: OneClickShape, _ now: Int64) throws(Refusal) -> VendorAnswer {
    let parameters = try read(request)
    guard core.isCurrent(parameters.timestamp, at: now) else { throw Refusal("105112") }
    guard let app = core.accounts.apps[parameters.appId], app.product == .h5 || app.product == .weChatMiniProgram
    else { throw Refusal("104000") }
    guard request.headers["businessType"] == "8" else { throw Refusal("104001") }
    if let code = app.refuses[.login] { throw Refusal(code) }
    guard app.allowedAddresses.allow(request.remoteAddress) else { throw Refusal("104017") }
    guard isSigned(parameters, by: app) else { throw Refusal("104013") }
    let token = try redeem(parameters, now)
    guard let msisdn = try? app.msisdnKey.encrypt(Array(token.phoneNumber.utf8), .ecb) else { throw Refusal("103005") }
    return VendorAnswer(code: "103000", shape: shape, headers: shape.headers, fault: token.fault) { writer in
      writer.member("resultCode", "103000")
      writer.member("desc", "success")
      writer.member("serviceTime", ChinaTime.stamp(now))
      writer.object("data") { writer in
        writer.member("msisdn", Base64.encode(msisdn))
        writer.key("expandParams")
        writer.null()
        writer.member("securityPhone", PhoneText.mask(token.phoneNumber))
      }
    }
  }

  /// Parameters that belong in the header are not accepted in the body.
  private func read(_ request: HTTPRequest) throws(Refusal) -> Parameters {
    func header(_ name: String) throws(Refusal) -> String {
      guard let value = request.headers[name], !value.isEmpty else { throw Refusal("103002") }
      return value
    }
    let version = try header("interfaceVersion")
    let appId = try header("appId")
    let traceId = try header("traceId")
    let timestamp = try header("timestamp")
    _ = try header("businessType")
    guard version == "2.0" || version == "1.0" else { throw Refusal("103005") }
    guard let body = try? JSONValue.parse(request.body, duplicateKeys: .refused), body.kind == .object else {
      throw Refusal("103005")
    }
    let fields = VendorFields(value: body, missing: "103002", wrongType: "103005")
    _ = try fields.optional("expandParams")
    return Parameters(
      version: version, appId: appId, traceId: traceId, timestamp: timestamp, token: try fields.required("token"),
      sign: try fields.required("sign"), userInformation: try fields.required("userInformation"))
  }

  /// SHA256withRSA in upper-case hexadecimal digits (§1.2). Lower case is not documented, so it is rejected.
  private func isSigned(_ parameters: Parameters, by app: ChinaMobileApp) -> Bool {
    guard !parameters.sign.utf8.contains(where: { $0 >= UInt8(ascii: "a") }),
      let signature = Hex.decode(parameters.sign)
    else { return false }
    let plain =
      parameters.appId + parameters.traceId + parameters.timestamp + parameters.token + parameters.version
    return app.clientKey?.verify(signature, of: plain, .sha256) ?? false
  }

  private func redeem(_ parameters: Parameters, _ now: Int64) throws(Refusal) -> Token {
    do throws(TokenStore.Problem) {
      return try core.redeem(
        parameters.token, .oneClick, account: parameters.appId, operation: .login,
        inputs: ["userInformation": parameters.userInformation], at: now)
    } catch {
      throw Refusal(error == .otherInputs ? "104008" : "104007")
    }
  }
}

/// Responses of one-click login (§1.4).
struct OneClickShape: AnswerShape {
  let traceId: String
  let appId: String
  let now: Int64

  var codeKey: String { "resultCode" }

  var headers: HTTPFields {
    HTTPFields(["traceId": traceId, "appId": appId, "timestamp": ChinaTime.stamp(now)])
  }

  func refusal(_ code: String, _ message: String?) -> VendorAnswer {
    VendorAnswer(code: code, shape: self, headers: headers) { writer in
      writer.member("resultCode", code)
      writer.member("desc", message ?? CodeMessages.oneClick[code] ?? "fail")
      writer.member("serviceTime", ChinaTime.stamp(now))
    }
  }
}
